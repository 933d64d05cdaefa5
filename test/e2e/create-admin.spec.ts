import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { weaknessOf } from '../../scripts/create-admin/password-strength.js';
import { type RunningApi, startApi } from '../support/api.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { request } from '../support/http.js';

const SCRIPT = path.resolve('dist/scripts/create-admin.js');
const PASSWORD = 'correct horse battery';

let database: TestDatabase;
let api: RunningApi;

beforeAll(async () => {
  database = await createTestDatabase();
  api = await startApi({ databaseUrl: database.url });
});

afterAll(async () => {
  await api.close();
  await database.drop();
});

async function createAdmin(args: string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [SCRIPT, ...args], {
    env: {
      PATH: process.env['PATH'],
      SYSTEM_DATABASE_URL: database.systemUrl,
      RINGFENCE_ADMIN_PASSWORD: PASSWORD,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number];
  return { code, output: output.trimEnd() };
}

const forOrganization = (name: string, email: string) => ['--organization', name, '--email', email];

describe('create-admin', () => {
  it('makes an organization and an owner who can sign in', async () => {
    const made = await createAdmin([
      ...forOrganization('Zoë & Söhne Ltd.', 'Zoe@Example.com'),
      ...['--time-zone', 'Europe/Berlin', '--platform-admin'],
    ]);
    expect(made).toEqual({ code: 0, output: expect.stringContaining('zoe-sohne-ltd, Europe/Berlin') });
    const body = { email: 'zoe@example.com', password: PASSWORD };
    const { body: session } = await request(`${api.url}/api/v1/auth/login`, { body });
    expect(session.user).toMatchObject({
      role: 'owner',
      platformAdmin: true,
      name: 'zoe',
      organization: { name: 'Zoë & Söhne Ltd.', timeZone: 'Europe/Berlin' },
    });
  });

  it('refuses an e-mail that is taken, in any case of letters, and makes nothing', async () => {
    await createAdmin(forOrganization('First', 'taken@example.com'));
    const { code, output } = await createAdmin(forOrganization('Second', 'TAKEN@example.com'));
    expect({ code, output }).toEqual({ code: 1, output: 'There is a user with the e-mail taken@example.com already.' });
    expect(await database.query(`select from organizations where slug = 'second'`)).toEqual([]);
  });

  it.each([
    ['an organization that is taken', forOrganization('First', 'b@example.com'), {}, /There is an organization first/],
    ['no e-mail address', forOrganization('Third', 'nobody'), {}, /^nobody is no e-mail address in/],
    [
      'an e-mail that has several spellings',
      forOrganization('Third', 'admİn@example.com'),
      {},
      /is no e-mail address in/,
    ],
    ['an unknown time zone', [...forOrganization('A', 'c@example.com'), '--time-zone', 'Mars'], {}, /^Mars is no IANA/],
    ['an unknown flag', ['--password', 'x'], {}, /Unknown option '--password'/],
    ['a weak password', forOrganization('B', 'd@example.com'), { RINGFENCE_ADMIN_PASSWORD: 'short' }, /at least 12/],
    ['nobody to ask', ['--email', 'e@example.com'], {}, /^Nobody can be asked for "Organization" here: give --organ/],
    ['no database', [], { SYSTEM_DATABASE_URL: '' }, /^SYSTEM_DATABASE_URL is missing/],
    [
      'a database out of reach',
      [],
      { SYSTEM_DATABASE_URL: 'postgres://x@127.0.0.1:1/x' },
      /^The database cannot be reached/,
    ],
  ])('refuses %s', async (_, args, env, message) => {
    const { code, output } = await createAdmin(args, env);
    expect({ code, output }).toEqual({ code: 1, output: expect.stringMatching(message) });
    expect(output).not.toContain('    at ');
  });
});

describe('weaknessOf', () => {
  it.each(['correct horse battery', 'x9$Lq2!vTz#8', 'Grünes Haus am See', '4hgz7-qpmx2-wle9c'])(
    'takes %s',
    (password) => {
      expect(weaknessOf(password, ['zoe@example.com', 'Zoe', 'Example Ltd'])).toBeNull();
    },
  );

  it.each([
    'short',
    'aaaaaaaaaaaaaa',
    'password1234',
    'ringfence-demo',
    'Password!2026',
    'example-ltd-1',
    '123456789012',
  ])('refuses %s', (password) =>
    expect(weaknessOf(password, ['zoe@example.com', 'Zoe', 'Example Ltd'])).toMatch(/^The password /),
  );
});
