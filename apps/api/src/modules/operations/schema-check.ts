import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { readSchemaState, schemaComplaint } from '../../platform/health/schema-state.js';

/** Asks the database whether this version can work with it. */
@Injectable()
export class SchemaCheck {
  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  /** @throws Error saying what is wrong: unreachable, not migrated, migrated by a newer version */
  async demandCurrent(): Promise<void> {
    const state = await this.dataSource.transaction(async (manager) => {
      // The list of migrations belongs to the role that signed in; the role of requests has no business with it.
      await manager.query('set local role none');
      return readSchemaState((sql) => manager.query(sql));
    });
    const complaint = schemaComplaint(state);
    if (complaint !== null) throw new Error(complaint);
  }
}
