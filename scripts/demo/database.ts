import pg from 'pg';
import { type EmbeddedPostgres } from '#embedded-postgres';
import { migrationDataSource } from '../../apps/api/src/platform/database/data-source.js';
import { readSchemaState, schemaComplaint } from '../../apps/api/src/platform/health/schema-state.js';
import { StartRefusal } from './home.js';

const DATABASE = 'ringfence';

/** The address of the demo's database on its server, made on the first start. */
export async function createDatabase(postgres: EmbeddedPostgres): Promise<string> {
  await withClient(postgres.url, async (client) => {
    const found = await client.query('select from pg_database where datname = $1', [DATABASE]);
    if (found.rowCount === 0) await client.query(`create database ${DATABASE}`);
  });
  const url = new URL(postgres.url);
  url.pathname = `/${DATABASE}`;
  return url.toString();
}

/** @throws StartRefusal when a newer version has migrated the data */
export async function migrate(databaseUrl: string): Promise<void> {
  const source = migrationDataSource(databaseUrl);
  await source.initialize();
  try {
    const state = await readSchemaState((sql) => source.query(sql));
    if (state.unknown.length > 0) throw new StartRefusal(schemaComplaint(state)!);
    if (state.missing.length > 0) await source.runMigrations();
  } finally {
    await source.destroy();
  }
}

export async function withClient<T>(databaseUrl: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
