import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { TEMPORARY_TABLES } from '../../apps/api/src/platform/database/logins.js';
import { loginSettings } from './logins.js';

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests assert on rows of any shape
export type Row = Record<string, any>;

/** A migrated database of a test file's own. */
export interface TestDatabase {
  /** Address for the owner of the tables. */
  url: string;
  /** Addresses for the logins of the API. */
  appUrl: string;
  systemUrl: string;
  /** Runs SQL as the owner, past row-level security. */
  query(sql: string, parameters?: readonly unknown[]): Promise<Row[]>;
  /** A connection of the caller's own, for transactions. The caller ends it. */
  connect(): Promise<pg.Client>;
  drop(): Promise<void>;
}

/** The environment variables by which the global set-up tells the workers where the server is. */
export const SERVER_URL = 'RINGFENCE_TEST_SERVER_URL';
export const TEMPLATE = 'RINGFENCE_TEST_TEMPLATE';

const OBJECT_IN_USE = '55006';

/** Clones the migrated template: some 30 ms, against a second for the migrations. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const serverUrl = process.env[SERVER_URL];
  const template = process.env[TEMPLATE];
  if (!serverUrl || !template) throw new Error('The global set-up of the tests did not run');
  const name = `${template}_${randomUUID().slice(0, 8)}`;
  await asAdmin(serverUrl, (admin) => clone(admin, template, name));
  const url = databaseUrl(serverUrl, name);
  const { DATABASE_URL: appUrl, SYSTEM_DATABASE_URL: systemUrl } = loginSettings(url);
  const pool = new pg.Pool({ connectionString: url, max: 4 });
  let dropping = false;
  // A connection that is just ending hears that its database is dropped.
  pool.on('error', (error) => {
    if (!dropping) throw error;
  });
  return {
    url,
    appUrl,
    systemUrl,
    query: async (sql, parameters) => (await pool.query<Row>(sql, parameters ? [...parameters] : [])).rows,
    connect: async () => {
      const client = new pg.Client(url);
      await client.connect();
      return client;
    },
    drop: async () => {
      dropping = true;
      await pool.end();
      await asAdmin(serverUrl, (admin) => admin.query(`drop database if exists "${name}" with (force)`));
    },
  };
}

/** The address of another database on the same server. */
export function databaseUrl(serverUrl: string, name: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.toString();
}

export async function asAdmin<T>(serverUrl: string, work: (admin: pg.Client) => Promise<T>): Promise<T> {
  const admin = new pg.Client(serverUrl);
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.end();
  }
}

/** PostgreSQL refuses to copy a template that another copy is being made of in some moments; then it is tried again. */
async function clone(admin: pg.Client, template: string, name: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await admin.query(`create database "${name}" template "${template}"`);
      // A copy has all of the template but the privileges of the database itself.
      for (const statement of TEMPORARY_TABLES(name)) await admin.query(statement);
      return;
    } catch (error) {
      if ((error as { code?: string }).code !== OBJECT_IN_USE || attempt === 50) throw error;
      await admin.query('select pg_sleep(0.1)');
    }
  }
}
