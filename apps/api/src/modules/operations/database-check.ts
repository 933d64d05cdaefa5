import { Injectable, Logger } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { APP_ROLE } from '../../platform/database/connection-options.js';
import { readDatabaseSafety } from '../../platform/health/database-safety.js';
import { readSchemaState, schemaComplaint } from '../../platform/health/schema-state.js';

/** Asks the database whether this version can work with it, and whether calls may be decided on it. */
@Injectable()
export class DatabaseCheck {
  private readonly logger = new Logger('Readiness');

  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  /** What is wrong, in words fit for everybody who can reach the server; null when nothing is. */
  async complaint(): Promise<string | null> {
    try {
      return await this.dataSource.transaction(async (manager) => {
        // The list of migrations belongs to the role that signed in; the role of requests has no business with it.
        await manager.query('set local role none');
        const state = await readSchemaState((sql) => manager.query(sql));
        const schema = schemaComplaint(state);
        if (schema !== null) return schema;
        const query = (sql: string, parameters: unknown[]) => manager.query<unknown[]>(sql, parameters);
        return (await readDatabaseSafety(query, APP_ROLE, 'asking')).complaint;
      });
    } catch (error) {
      this.logger.warn(`The database cannot be asked: ${error instanceof Error ? error.message : String(error)}`);
      return 'The database cannot be reached.';
    }
  }
}
