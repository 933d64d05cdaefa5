import pg from 'pg';
import { type EmbeddedPostgres } from '#embedded-postgres';
import { APP_SESSION, SYSTEM_SESSION } from '../../apps/api/src/platform/database/connection-options.js';
import { migrationDataSource } from '../../apps/api/src/platform/database/data-source.js';
import { migrateDatabase } from '../../apps/api/src/platform/database/migrate-database.js';
import { loginOf, LoginRefusal, prepareLogins } from '../../apps/api/src/platform/database/logins.js';
import { isBehind, readSchemaState, schemaComplaint } from '../../apps/api/src/platform/health/schema-state.js';
import { StartRefusal } from './home.js';
import { loginsBeside } from './logins.js';

const DATABASE = 'ringfence';

/** The address of the demo's database on its server, made on the first start. */
export async function createDatabase(postgres: EmbeddedPostgres): Promise<string> {
  await withClient(postgres.url, async (client) => {
    const existing = await client.query('select from pg_database where datname = $1', [DATABASE]);
    if (existing.rowCount === 0) await client.query(`create database ${DATABASE}`);
  });
  const url = new URL(postgres.url);
  url.pathname = `/${DATABASE}`;
  return url.toString();
}

/**
 * Migrates as the owner and makes the logins of the API.
 *
 * @returns the settings by which the API signs in
 * @throws StartRefusal when a newer version has migrated the data
 */
export async function migrate(databaseUrl: string, prefix = 'ringfence') {
  const settings = loginsBeside(databaseUrl, prefix);
  const source = migrationDataSource(databaseUrl);
  await source.initialize();
  try {
    const state = await readSchemaState((sql) => source.query(sql));
    if (state.unknown.length > 0) throw new StartRefusal(schemaComplaint(state)!);
    if (isBehind(state)) await migrateDatabase(source);
    await prepareLogins(
      (sql, parameters) => source.query(sql, parameters),
      [APP_SESSION, SYSTEM_SESSION].map((rules) => loginOf(settings[rules.setting], rules)),
    );
    return settings;
  } catch (error) {
    throw error instanceof LoginRefusal ? new StartRefusal(error.message) : error;
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
