import { mkdtemp, chmod, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { type EmbeddedPostgres, removeEmbeddedPostgres, startEmbeddedPostgres } from '#embedded-postgres';
import pg from 'pg';
import { migrationDataSource } from '../../apps/api/src/platform/database/data-source.js';
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
    const migrations = migrationDataSource(server.url);
    await migrations.initialize();
    await migrations.runMigrations();
    await migrations.destroy();
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
    const db = { url: server.url, query, connect: () => Promise.reject(new Error()), drop: () => Promise.resolve() };
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
    'alter role postgres reset all',
    'alter role ringfence_app nosuperuser nobypassrls',
    'alter table clients owner to postgres',
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
      ['alter role postgres set synchronous_commit = off'],
      /: synchronous_commit is off/,
    ],
    [
      'transactions are read-only',
      ['alter role postgres set default_transaction_read_only = on'],
      /transactions are read-only; set default_transaction_read_only to off/,
    ],
    ['the role has BYPASSRLS', ['alter role ringfence_app bypassrls'], /ringfence_app bypasses .*nobypassrls/],
    ['the role is a superuser', ['alter role ringfence_app superuser'], /ringfence_app bypasses .*nosuperuser/],
    [
      'the role may become one that has BYPASSRLS',
      ['create role auditor bypassrls', 'grant auditor to ringfence_app'],
      /may become auditor, .*revoke auditor from ringfence_app/,
    ],
    ['the role owns a table', ['alter table clients owner to ringfence_app'], /ringfence_app owns clients/],
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
      /may act as ringfence_system, .*revoke ringfence_system from ringfence_app/,
    ],
  ];

  afterEach(() => sql(...SAFE));

  it.each(BROKEN)('is refused at the start when %s', async (_name, statements, words) => {
    await sql(...statements);
    const ending = await endingOfApi({ DATABASE_URL: server.url });
    expect(ending).toEqual({ code: 1, lines: [expect.stringMatching(/^The call gate cannot be served: /)] });
    expect(ending.lines[0]).toMatch(words);
  });

  it('names everything that is wrong in one message', async () => {
    await sql('alter system set fsync = off', 'alter system set full_page_writes = off', reload);
    await sql('alter role ringfence_app bypassrls');
    const ending = await endingOfApi({ DATABASE_URL: server.url });
    expect(ending.lines).toEqual([expect.stringMatching(/fsync and full_page_writes are off, .*bypasses row-level/)]);
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
    expect((await endingOfApi({ DATABASE_URL: server.url })).lines).toEqual([
      expect.stringMatching(/^The call gate cannot be served: the server is a standby .*primary/),
    ]);
    await sql('select pg_promote()');
    await eventually(async () => (await ask()).body.allowed === true);
    await eventually(async () => (await readiness()) === 'ready');
  }, 60_000);
});
