import pg from 'pg';
import type { Logger } from 'pino';
import type { Env } from './config/env.js';
import {
  APP_SESSION,
  type SessionRules,
  startupOptions,
  SYSTEM_SESSION,
} from './platform/database/connection-options.js';
import { migrationDataSource } from './platform/database/data-source.js';
import { migrateDatabase } from './platform/database/migrate-database.js';
import { loginOf, LoginRefusal, prepareLogins } from './platform/database/logins.js';
import { gateComplaint, readDatabaseSafety } from './platform/health/database-safety.js';
import { isBehind, readSchemaState, schemaComplaint } from './platform/health/schema-state.js';
import {
  isPooled,
  loginComplaints,
  poolerComplaint,
  readLoginFacts,
  sessionComplaints,
} from './platform/health/session-safety.js';
import { signInComplaint } from './platform/health/sign-in-complaint.js';
import { reasonOf } from './platform/logging/reason-of.js';
import { StartupRefusal } from './startup-refusal.js';

const CONNECT_TIMEOUT_MS = 5_000;

/** No two servers were started at the same microsecond. */
const WHERE_AM_I = `
  select pg_backend_pid() as pid, concat_ws(' ', d.oid, extract(epoch from pg_postmaster_start_time())) as database
  from pg_database d where d.datname = current_database()`;

type Log = Pick<Logger, 'info' | 'warn'>;

/**
 * Checks, before anything else is built, that the database is there, has the schema of this version, keeps what it
 * acknowledges, and holds tenants apart: in sessions such as each pool opens.
 *
 * @throws StartupRefusal
 */
export async function prepareDatabase(env: Env, log: Log): Promise<void> {
  if (env.AUTO_MIGRATE) await migrate(env, log);
  const databases = new Set<string>();
  const app = await complaintsOf(env.DATABASE_URL, APP_SESSION, databases, log);
  const system = await complaintsOf(env.SYSTEM_DATABASE_URL, SYSTEM_SESSION, databases, log);
  // Both find the same server.
  const complaint = gateComplaint([...new Set([...app, ...system])]);
  if (complaint !== null) throw new StartupRefusal(complaint);
}

/** As the owner of the tables, whose address is not used again. */
async function migrate(env: Env, log: Log): Promise<void> {
  const url = env.MIGRATION_DATABASE_URL!;
  const source = migrationDataSource(url);
  try {
    await source.initialize();
  } catch (error) {
    throw unreachable(url, error);
  }
  try {
    if (isBehind(await readSchemaState((sql) => source.query(sql)))) {
      const { migrations, functions } = await migrateDatabase(source).catch((error: unknown) => {
        throw new StartupRefusal(`The database cannot be migrated, and is as it was: ${reasonOf(error)}`);
      });
      log.info(`Migrated the database: ${[...migrations, ...functions].join(', ')}`);
    }
    const complaint = schemaComplaint(await readSchemaState((sql) => source.query(sql)));
    if (complaint !== null) throw new StartupRefusal(complaint);
    const logins = [loginOf(env.DATABASE_URL, APP_SESSION), loginOf(env.SYSTEM_DATABASE_URL, SYSTEM_SESSION)];
    const done = await prepareLogins((sql, parameters) => source.query(sql, parameters), logins);
    for (const line of done) log.info(line);
  } catch (error) {
    throw error instanceof LoginRefusal ? new StartupRefusal(error.message) : error;
  } finally {
    await source.destroy();
  }
}

/**
 * The first session asks for nothing, and so shows the settings of the server, the database and the login, what the login
 * may do, and a pooler that would refuse the others. The second is one of those that the pool opens.
 *
 * @param databases where other addresses lead; this one has to lead there too, and is added
 */
async function complaintsOf(url: string, rules: SessionRules, databases: Set<string>, log: Log): Promise<string[]> {
  return inSession(url, undefined, rules, async (client) => {
    const { rows } = await client.query<{ pid: number; database: string }>(WHERE_AM_I);
    if (isPooled(client, rows[0]!.pid)) return [poolerComplaint(rules.setting)];
    if (databases.add(rows[0]!.database).size > 1)
      return [`${rules.setting} leads to another database than DATABASE_URL.`];
    const { complaints, warning } = await readDatabaseSafety(queryOf(client));
    if (warning !== null && rules === APP_SESSION) log.warn(warning);
    const login = loginComplaints((await readLoginFacts(queryOf(client), null, rules.role))!, rules);
    return [...complaints, ...(login.length > 0 ? login : await complaintsOfSessions(url, rules))];
  });
}

async function complaintsOfSessions(url: string, rules: SessionRules): Promise<string[]> {
  return inSession(url, startupOptions(rules), rules, async (client) => {
    if (rules === SYSTEM_SESSION) {
      const schema = schemaComplaint(
        await readSchemaState(async (sql) => (await client.query<{ name: string }>(sql)).rows),
      );
      if (schema !== null) throw new StartupRefusal(schema);
    }
    return sessionComplaints(client, queryOf(client), rules);
  });
}

/** @returns what signing in says, where it says what is wrong with the login */
async function inSession(
  url: string,
  options: string | undefined,
  rules: SessionRules,
  work: (client: pg.Client) => Promise<string[]>,
): Promise<string[]> {
  const client = new pg.Client({ connectionString: url, options, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (error) {
    const complaint = signInComplaint(error, rules);
    if (complaint === null) throw unreachable(url, error);
    return [complaint];
  }
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

function queryOf(client: pg.Client) {
  return async (sql: string, parameters: unknown[]) => (await client.query(sql, parameters)).rows as unknown[];
}

function unreachable(url: string, error: unknown): StartupRefusal {
  const { host, port, database } = addressOf(url);
  return new StartupRefusal(`The database ${database} at ${host}:${port} cannot be reached: ${reasonOf(error)}`);
}

function addressOf(databaseUrl: string): { host: string; port: string; database: string } {
  try {
    const { hostname, port, pathname } = new URL(databaseUrl);
    return { host: hostname || 'localhost', port: port || '5432', database: pathname.slice(1) };
  } catch {
    return { host: '(unreadable address)', port: '', database: '' };
  }
}
