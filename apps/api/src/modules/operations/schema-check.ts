import { Injectable, Logger } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { readSchemaState, schemaComplaint } from '../../platform/health/schema-state.js';

/** Asks the database whether this version can work with it. */
@Injectable()
export class SchemaCheck {
  private readonly logger = new Logger('Readiness');

  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  /** What is wrong, in words fit for everybody who can reach the server; null when nothing is. */
  async complaint(): Promise<string | null> {
    try {
      const state = await this.dataSource.transaction(async (manager) => {
        // The list of migrations belongs to the role that signed in; the role of requests has no business with it.
        await manager.query('set local role none');
        return readSchemaState((sql) => manager.query(sql));
      });
      return schemaComplaint(state);
    } catch (error) {
      this.logger.warn(`The database cannot be asked: ${error instanceof Error ? error.message : String(error)}`);
      return 'The database cannot be reached.';
    }
  }
}
