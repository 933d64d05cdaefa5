import { mkdtemp, chmod, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { type EmbeddedPostgres, removeEmbeddedPostgres, startEmbeddedPostgres } from '#embedded-postgres';
import pg from 'pg';
import { type RunningApi, startApi } from '../support/api.js';
import { endingOfApi } from '../support/api-process.js';
import { eventually } from '../support/eventually.js';
import {
  createAgent,
  createApiKey,
  createAssignment,
  createOrganization,
  createPhoneNumber,
} from '../support/fixtures.js';
import { request } from '../support/http.js';
import { loginSettings, migrateWithLogins } from '../support/logins.js';
import { refusalAtStart } from '../support/start-refusal.js';

const APP_LOGIN = 'ringfence_test_app_login';
const SYSTEM_LOGIN = 'ringfence_test_system_login';

/** A server of the file's own, for the settings and roles that it breaks belong to the whole server. */
describe('a database on which calls must not be decided', () => {
  let directory: string;
  let dataDir: string;
  let server: EmbeddedPostgres;
  let api: RunningApi;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- decisions and problems
  let ask: () => Promise<{ status: number; body: any }>;

  beforeAll(async () => {
    directory = await mkdtemp(path.join(os.tmpdir(), 'ringfence-safety-'));
    await chmod(directory, 0o755);
    dataDir = path.join(directory, 'postgres');
    server = await startEmbeddedPostgres({ dataDir });
    await migrateWithLogins(server.url);
    api = await startApi({ databaseUrl: server.url });
    ask = await caller();
  }, 60_000);

  afterAll(async () => {
    await api?.close();
    await removeEmbeddedPostgres(dataDir);
    await rm(directory, { recursive: true, force: true });
  });

  async function sql(...statements: string[]): Promise<void> {
    const client = new pg.Client({ connectionString: server.url, options: '-c default_transaction_read_only=off' });
    await client.connect();
    try {
      for (const statement of statements) await client.query(statement);
    } finally {
      await client.end();
    }
  }

  /** Asks the gate for a call that is allowed wherever calls are decided. */
  async function caller() {
    const pool = new pg.Pool({ connectionString: server.url, max: 1 });
    const query = async (text: string, parameters: readonly unknown[] = []) =>
      (await pool.query<Record<string, unknown>>(text, [...parameters])).rows;
    const { DATABASE_URL: appUrl, SYSTEM_DATABASE_URL: systemUrl } = loginSettings(server.url);
    const urls = { url: server.url, appUrl, systemUrl };
    const db = { ...urls, query, connect: () => Promise.reject(new Error()), drop: () => Promise.resolve() };
    const organizationId = await createOrganization(db, { defaultAllowedCountries: ['CA'] });
    const agentId = await createAgent(db, { organizationId });
    const phoneNumberId = await createPhoneNumber(db, { organizationId });
    await createAssignment(db, { organizationId, agentId, phoneNumberId, dailyLimit: 1_000_000 });
    const { key } = await createApiKey(db, { organizationId, scopes: ['calls:authorize'] });
    await pool.end();
    return () =>
      request(`${api.url}/api/v1/call-gate/authorize`, { apiKey: key, body: { agentId, destination: '+14165550123' } });
  }

  /** What the readiness probe says; its answer holds for a second. */
  async function readiness(): Promise<string> {
    const { status, body } = await request(`${api.url}/readyz`);
    return status === 200 ? 'ready' : (body.detail as string);
  }

  const end = `select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'ringfence%'`;
  const reload = 'select pg_reload_conf()';

  const SAFE = [
    'alter system reset all',
    reload,
    'alter database postgres reset all',
    `alter role ${APP_LOGIN} reset all`,
    ...['ringfence_app', APP_LOGIN, SYSTEM_LOGIN].map(
      (role) => `alter role ${role} nosuperuser noinherit nobypassrls nocreaterole nocreatedb noreplication`,
    ),
    'alter table clients owner to postgres',
    'alter database postgres owner to postgres',
    `grant ringfence_app to ${APP_LOGIN} with inherit false, admin false`,
    `grant ringfence_system to ${SYSTEM_LOGIN} with inherit false`,
    `revoke ringfence_system from ${APP_LOGIN}`,
    `revoke ringfence_app from ${SYSTEM_LOGIN}`,
    `revoke pg_read_all_data from ${SYSTEM_LOGIN}`,
    'alter table agents enable row level security, force row level security',
    'revoke ringfence_system from ringfence_app',
    'drop role if exists auditor',
  ];

  /** What is broken, and the words by which an operator finds it. */
  const BROKEN: [name: string, statements: string[], words: RegExp][] = [
    ['fsync is off', ['alter system set fsync = off', reload], /: fsync is off, .*set to on/],
    ['full_page_writes is off', ['alter system set full_page_writes = off', reload], /: full_page_writes is off/],
    [
      'synchronous_commit is off for the database',
      ['alter database postgres set synchronous_commit = off'],
      /: synchronous_commit is off/,
    ],
    [
      'synchronous_commit is off for the role that signs in',
      [`alter role ${APP_LOGIN} set synchronous_commit = off`],
      /: synchronous_commit is off/,
    ],
    [
      'transactions are read-only',
      [`alter role ${APP_LOGIN} set default_transaction_read_only = on`],
      /transactions are read-only; set default_transaction_read_only to off/,
    ],
    ['the role has BYPASSRLS', ['alter role ringfence_app bypassrls'], /"alter role ringfence_app nobypassrls"/],
    ['the role is a superuser', ['alter role ringfence_app superuser'], /"alter role ringfence_app nosuperuser"/],
    [
      'the role may become one that has BYPASSRLS',
      ['create role auditor bypassrls', 'grant auditor to ringfence_app'],
      /may become more .*"revoke auditor from ringfence_app"/,
    ],
    [
      'the role owns a table',
      ['alter table clients owner to ringfence_app'],
      /owns table clients, .*MIGRATION_DATABASE_URL/,
    ],
    [
      'the login is a superuser',
      [`alter role ${APP_LOGIN} superuser`],
      /DATABASE_URL signs in as ringfence_test_app_login, a superuser, .*MIGRATION_DATABASE_URL/,
    ],
    ['the login may make roles', [`alter role ${APP_LOGIN} createrole`], /"alter role \w+_app_login nocreaterole"/],
    [
      'the login has BYPASSRLS and may replicate',
      [`alter role ${SYSTEM_LOGIN} bypassrls replication`],
      /"alter role \w+_system_login nobypassrls noreplication"/,
    ],
    ['the login owns a table', [`alter table clients owner to ${APP_LOGIN}`], /_app_login owns table clients/],
    ['the login owns the database', [`alter database postgres owner to ${APP_LOGIN}`], /owns database postgres/],
    [
      'the login of requests may become the system',
      [`grant ringfence_system to ${APP_LOGIN}`],
      /may become more than ringfence_app; run "revoke ringfence_system from \w+_app_login"/,
    ],
    [
      'the login of the system may become the role of requests',
      [`grant ringfence_app to ${SYSTEM_LOGIN}`],
      /may become more than ringfence_system; run "revoke ringfence_app from \w+_system_login"/,
    ],
    [
      'the login reads everything by a role of PostgreSQL',
      [`grant pg_read_all_data to ${SYSTEM_LOGIN}`],
      /"revoke pg_read_all_data from \w+_system_login"/,
    ],
    [
      'the login has the rights of its role without taking it',
      [`grant ringfence_app to ${APP_LOGIN} with inherit true`],
      /without taking the role; .*noinherit/,
    ],
    [
      'the login may not become its role',
      [`revoke ringfence_system from ${SYSTEM_LOGIN}`],
      /_system_login may not become ringfence_system; run .*migration:run/,
    ],
    [
      'row-level security is not enabled',
      ['alter table agents disable row level security'],
      /enabled and forced on agents/,
    ],
    [
      'row-level security is not forced',
      ['alter table agents no force row level security'],
      /enabled and forced on agents/,
    ],
    [
      'the role acts with the policies of the system',
      ['grant ringfence_system to ringfence_app'],
      /may become more than ringfence_app; run "revoke ringfence_system from ringfence_app"/,
    ],
  ];

  afterEach(() => sql(...SAFE));

  it.each(BROKEN)('is refused at the start when %s', async (_name, statements, message) => {
    await sql(...statements);
    const refusal = await refusalAtStart(loginSettings(server.url));
    expect(refusal).toMatch(/^StartupRefusal: The call gate cannot be served: .*[.]$/);
    expect(refusal).toMatch(message);
  });

  it('is taken at the start when nothing is wrong', async () => {
    expect(await refusalAtStart(loginSettings(server.url))).toBeNull();
  });

  it('names everything that is wrong in one message', async () => {
    await sql('alter system set fsync = off', 'alter system set full_page_writes = off', reload);
    await sql('alter role ringfence_app bypassrls');
    const ending = await endingOfApi(loginSettings(server.url));
    expect(ending.lines).toEqual([expect.stringMatching(/fsync and full_page_writes are off, .*nobypassrls/)]);
  });

  it('is refused by connections that open after it became unsafe, until it is safe again', async () => {
    expect((await ask()).body).toMatchObject({ allowed: true });
    await sql('alter system set fsync = off', reload, end);
    await eventually(async () => (await ask()).status === 503);
    const refused = await ask();
    expect([refused.status, refused.body.code]).toEqual([503, 'gate_unavailable']);
    await eventually(async () => (await readiness()).includes('fsync is off'));
    await sql(...SAFE);
    await eventually(async () => (await ask()).body.allowed === true);
    await eventually(async () => (await readiness()) === 'ready');
  });

  it('is refused by readiness at once when a login may become more, and by connections that open then', async () => {
    expect((await ask()).body).toMatchObject({ allowed: true });
    await sql(`grant ringfence_system to ${APP_LOGIN}`);
    await eventually(async () => (await readiness()).includes('may become more'));
    await sql(end);
    await eventually(async () => (await ask()).body.code === 'gate_unavailable');
    await sql(...SAFE);
    await eventually(async () => (await ask()).body.allowed === true);
    await eventually(async () => (await readiness()) === 'ready');
  });

  it('does not decide by settings of the database that would forget what was allowed', async () => {
    await sql('alter database postgres set synchronous_commit = off', end);
    await eventually(async () => (await ask()).body.allowed === true);
    const client = new pg.Client(server.url);
    await client.connect();
    const { rows } = await client.query('show synchronous_commit');
    await client.end();
    expect(rows).toEqual([{ synchronous_commit: 'off' }]);
  });

  it('is refused while it is a standby, and taken once it is promoted', async () => {
    await server.stop();
    await writeFile(path.join(dataDir, 'standby.signal'), '', { mode: 0o666 });
    server = await startEmbeddedPostgres({ dataDir, port: server.port });
    await eventually(async () => (await ask()).body.code === 'gate_unavailable');
    await eventually(async () => (await readiness()).includes('is a standby'));
    expect((await endingOfApi(loginSettings(server.url))).lines).toEqual([
      expect.stringMatching(/^The call gate cannot be served: the server is a standby .*primary/),
    ]);
    await sql('select pg_promote()');
    await eventually(async () => (await ask()).body.allowed === true);
    await eventually(async () => (await readiness()) === 'ready');
  }, 60_000);
});
