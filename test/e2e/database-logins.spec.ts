import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { type EmbeddedPostgres, removeEmbeddedPostgres, startEmbeddedPostgres } from '#embedded-postgres';
import { endingOfApi, startApiProcess } from '../support/api-process.js';
import { request } from '../support/http.js';
import { refusalAtStart } from '../support/start-refusal.js';

const OWNER = 'ringfence_owner';
const PASSWORD = 'päss:word/@';
const settings = { app: 'acme app', system: 'acme_system' };

/** A server of the file's own: roles belong to the whole server. Its owner of the tables is no superuser. */
describe('the logins of the API', () => {
  let directory: string;
  let server: EmbeddedPostgres;
  let env: { MIGRATION_DATABASE_URL: string; DATABASE_URL: string; SYSTEM_DATABASE_URL: string };

  beforeAll(async () => {
    directory = await mkdtemp(path.join(os.tmpdir(), 'ringfence-logins-'));
    await chmod(directory, 0o755);
    const logged = { log_statement: 'all', log_min_error_statement: 'error' };
    server = await startEmbeddedPostgres({ dataDir: path.join(directory, 'postgres'), settings: logged });
    await sql(
      `create role ${OWNER} login createrole nosuperuser password '${PASSWORD}'`,
      `create database acme owner ${OWNER}`,
      'create database other',
    );
    env = {
      MIGRATION_DATABASE_URL: addressOf(OWNER),
      DATABASE_URL: addressOf(settings.app),
      SYSTEM_DATABASE_URL: addressOf(settings.system),
    };
  }, 60_000);
  afterAll(async () => {
    await removeEmbeddedPostgres(path.join(directory, 'postgres'));
    await rm(directory, { recursive: true, force: true });
  });

  function addressOf(login: string): string {
    const url = new URL(server.url);
    url.username = encodeURIComponent(login);
    url.password = encodeURIComponent(PASSWORD);
    url.pathname = '/acme';
    return url.href;
  }

  async function sql(...statements: string[]): Promise<Record<string, unknown>[]> {
    const client = new pg.Client(server.url);
    await client.connect();
    try {
      let rows: Record<string, unknown>[] = [];
      for (const statement of statements) rows = (await client.query<Record<string, unknown>>(statement)).rows;
      return rows;
    } finally {
      await client.end();
    }
  }

  const migrate = (settings: Record<string, string>) => run('migrate.js', ['run'], settings);

  async function run(script: string, args: string[], settings: Record<string, string>) {
    const child = spawn(process.execPath, [path.resolve('dist/scripts', script), ...args], {
      env: { PATH: process.env['PATH'], ...settings },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += String(chunk)));
    const [code] = (await once(child, 'close')) as [number];
    return { code, lines: output.trimEnd().split('\n') };
  }

  it('are made by an owner that may make roles and is no superuser, once, and no password is in the log', async () => {
    const first = await migrate(env);
    expect(first).toMatchObject({ code: 0 });
    expect(first.lines.slice(-5)).toEqual([
      'Only ringfence_app may make temporary tables.',
      'Made the login acme app.',
      'Let acme app become ringfence_app.',
      'Made the login acme_system.',
      'Let acme_system become ringfence_system.',
    ]);
    expect(await migrate(env)).toEqual({ code: 0, lines: ['Nothing to do: every migration has run.'] });
    const log = await readFile(path.join(directory, 'postgres.log'), 'utf8');
    expect(log.match(/create role "acme\S* ?\S*" login .*/g)).toEqual([
      expect.stringMatching(/password 'SCRAM-SHA-256\$/),
      expect.stringMatching(/password 'SCRAM-SHA-256\$/),
    ]);
  });

  it('serve the API, which holds the tenants of the owner apart', async () => {
    const api = await startApiProcess(server.url, { ...env, MIGRATION_DATABASE_URL: '' });
    try {
      expect((await request(`${api.url}/readyz`)).status).toBe(200);
      const admin = { RINGFENCE_ADMIN_PASSWORD: 'correct horse battery', SYSTEM_DATABASE_URL: env.SYSTEM_DATABASE_URL };
      const made = await run('create-admin.js', ['--organization', 'Acme', '--email', 'admin@acme.test'], admin);
      expect(made).toMatchObject({ code: 0 });
      const body = { email: 'admin@acme.test', password: admin.RINGFENCE_ADMIN_PASSWORD };
      const session = await request(`${api.url}/api/v1/auth/login`, { body });
      const token = session.body.accessToken as string;
      expect((await request(`${api.url}/api/v1/agents`, { token })).body).toEqual([]);
      const [sessions] = await sql(
        `select array_agg(distinct usename::text order by usename::text) as logins from pg_stat_activity
         where application_name like 'ringfence%'`,
      );
      expect(sessions).toEqual({ logins: [settings.app, settings.system] });
    } finally {
      await api.stop();
    }
  });

  it('are as little the roles of the owner as of anybody else', async () => {
    const members = await sql(
      `select m.roleid::regrole::text as role, m.member::regrole::text as member from pg_auth_members m
       where m.set_option and m.roleid::regrole::text like 'ringfence_%' order by 1, 2`,
    );
    expect(members).toEqual([
      { role: 'ringfence_app', member: `"${settings.app}"` },
      { role: 'ringfence_definer', member: OWNER },
      { role: 'ringfence_system', member: settings.system },
    ]);
  });

  it('are made by a start with AUTO_MIGRATE as well, which then forgets the owner', async () => {
    const addresses = { ...env, DATABASE_URL: addressOf('other_app'), SYSTEM_DATABASE_URL: addressOf('other_system') };
    const api = await startApiProcess(server.url, { ...addresses, AUTO_MIGRATE: 'true' });
    try {
      expect((await request(`${api.url}/readyz`)).status).toBe(200);
      expect(await sql(`select from pg_stat_activity where usename = '${OWNER}'`)).toEqual([]);
    } finally {
      await api.stop();
    }
    expect((await endingOfApi({ ...env, MIGRATION_DATABASE_URL: '', AUTO_MIGRATE: 'true' })).lines.at(-1)).toMatch(
      /MIGRATION_DATABASE_URL: is needed with AUTO_MIGRATE/,
    );
  });

  it.each([
    [
      'the owner',
      () => ({ DATABASE_URL: env.MIGRATION_DATABASE_URL }),
      /nocreaterole.* owns .* owner for MIGRATION_DATA/,
    ],
    [
      'one of another database',
      () => ({ SYSTEM_DATABASE_URL: env.SYSTEM_DATABASE_URL.replace(/acme$/, 'other') }),
      /: SYSTEM_DATABASE_URL leads to another database than DATABASE_URL\.$/,
    ],
    ['the superuser', () => ({ DATABASE_URL: server.url.replace(/postgres$/, 'acme') }), /postgres, a superuser, /],
    [
      'a login that is missing',
      () => ({ DATABASE_URL: addressOf('nobody') }),
      /DATABASE_URL does not sign in .*migration:/,
    ],
    [
      'the login of the system for requests',
      () => ({ DATABASE_URL: env.SYSTEM_DATABASE_URL }),
      /acme_system may become more than ringfence_app; run "revoke ringfence_system from acme_system"/,
    ],
    [
      'the login of requests for the system',
      () => ({ SYSTEM_DATABASE_URL: env.DATABASE_URL }),
      /acme app may become more than ringfence_system; run "revoke ringfence_app from "acme app""/,
    ],
  ])('do not include %s: the API does not start', async (_name, others, message) => {
    const refusal = await refusalAtStart({ ...env, ...others() });
    expect(refusal).toMatch(/^StartupRefusal: The call gate cannot be served: .*[.]$/);
    expect(refusal).toMatch(message);
    expect(refusal).not.toContain(PASSWORD);
  });

  it.each([
    [
      'may make databases',
      [`create role grown login createdb noinherit password 'x'`],
      /"alter role grown nocreatedb"/,
    ],
    [
      'may become another role',
      [`create role grown login noinherit password 'x'`, 'create role auditor', 'grant auditor to grown'],
      /grown may become more than ringfence_app; run "revoke auditor from grown"/,
    ],
    ['owns the tables', [], /ringfence_owner nocreaterole.* owns /],
    [
      'inherits',
      [`create role grown login inherit in role ringfence_app password 'x'`],
      /"alter role grown noinherit"/,
    ],
  ])('are complained of, not mended, where one is there and %s', async (_name, statements, message) => {
    await sql(...statements);
    try {
      const login = statements.length > 0 ? 'grown' : OWNER;
      const { code, lines } = await migrate({ ...env, DATABASE_URL: addressOf(login) });
      expect({ code, line: lines.at(-1) }).toEqual({ code: 1, line: expect.stringMatching(message) });
    } finally {
      await sql('drop role if exists grown', 'drop role if exists auditor');
    }
  });

  it('have to be two', async () => {
    const { code, lines } = await migrate({ ...env, SYSTEM_DATABASE_URL: env.DATABASE_URL });
    expect({ code, line: lines.at(-1) }).toEqual({ code: 1, line: expect.stringMatching(/sign in as acme app both/) });
  });

  it('are left alone where no address names them', async () => {
    const { code, lines } = await migrate({ MIGRATION_DATABASE_URL: env.MIGRATION_DATABASE_URL });
    expect({ code, lines: lines.slice(-2) }).toEqual({
      code: 0,
      lines: [
        expect.stringMatching(/^DATABASE_URL is not set/),
        expect.stringMatching(/^SYSTEM_DATABASE_URL is not set/),
      ],
    });
  });

  it('are not made without the address of the owner', async () => {
    expect(await migrate({ DATABASE_URL: env.DATABASE_URL })).toEqual({
      code: 1,
      lines: [expect.stringMatching(/^Set MIGRATION_DATABASE_URL /)],
    });
  });
});
