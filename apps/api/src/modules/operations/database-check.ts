import { Injectable, Logger } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { PoolClient } from 'pg';
import { DataSource } from 'typeorm';
import { APP_SESSION, SYSTEM_SESSION, type SessionRules } from '../../platform/database/connection-options.js';
import { SYSTEM_POOL } from '../../platform/database/database.js';
import { gateComplaint, readDatabaseSafety } from '../../platform/health/database-safety.js';
import { readSchemaState, schemaComplaint } from '../../platform/health/schema-state.js';
import { isSignInRefused } from '../../platform/health/sign-in-complaint.js';
import { type Query, sessionComplaints, UnsafeSessionError } from '../../platform/health/session-safety.js';

/** Asks the database, in a session of each pool, whether this version can work with it and may decide calls on it. */
@Injectable()
export class DatabaseCheck {
  private readonly logger = new Logger('Readiness');

  constructor(
    @InjectDataSource() private readonly appPool: DataSource,
    @InjectDataSource(SYSTEM_POOL) private readonly systemPool: DataSource,
  ) {}

  /** What is wrong, in words fit for any client that can reach the server; null when nothing is. */
  async complaint(): Promise<string | null> {
    try {
      const schema = await inSession(this.systemPool, async (query) =>
        schemaComplaint(await readSchemaState((sql) => query(sql, []) as Promise<{ name: string }[]>)),
      );
      if (schema !== null) return schema;
      const server = await inSession(this.appPool, async (query) => (await readDatabaseSafety(query)).complaints);
      const app = await complaintsOf(this.appPool, APP_SESSION);
      const system = await complaintsOf(this.systemPool, SYSTEM_SESSION);
      return gateComplaint([...server, ...app, ...system]);
    } catch (error) {
      if (error instanceof UnsafeSessionError) return gateComplaint([error.message]);
      this.logger.warn(`The database cannot be asked: ${error instanceof Error ? error.message : String(error)}`);
      return isSignInRefused(error) ? 'The database refuses the logins of the API.' : 'The database cannot be reached.';
    }
  }
}

function complaintsOf(pool: DataSource, rules: SessionRules): Promise<string[]> {
  return inSession(pool, (query, client) => sessionComplaints(client, query, rules));
}

async function inSession<T>(pool: DataSource, work: (query: Query, client: PoolClient) => Promise<T>): Promise<T> {
  const runner = pool.createQueryRunner();
  try {
    const client = (await runner.connect()) as PoolClient;
    return await work((sql, parameters) => runner.query(sql, parameters) as Promise<unknown[]>, client);
  } finally {
    await runner.release();
  }
}
