import { hashPassword } from '../../apps/api/src/modules/auth/auth.public.js';
import { createUser } from '../support/fixtures.js';
import { request } from '../support/http.js';
import { readAccessTable } from './access-table.js';
import { JWT_SECRET } from './callers.js';
import { committedDescription, operationsOf } from './operations.js';
import { exampleRequest, type ExampleRequest } from './requests.js';
import { Tally } from './tally.js';
import { createWorld, type World } from './world.js';

const operations = operationsOf(committedDescription());
const table = readAccessTable();
const tally = new Tally('secrets');

const EMAIL = 'canary-of-secrets@example.test';
const PASSWORD = 'canary-Passw0rd-7f1d5b';
const WRONG_PASSWORD = 'canary-wrong-Passw0rd-93aa';
const CREDENTIALS = 'canary-provider-credentials-51c2';

/** Fields of an answer that hand out a secret, once and to the caller who asked for it. */
const HANDED_OUT = /"(?:accessToken|refreshToken|key|token|link|url)":"([^"]{16,})"/g;

let world: World;
let headers: Record<string, string>;
const log: string[] = [];
/** Everything that was answered: status line aside, headers and body. */
const answers: { about: string; text: string }[] = [];
/** Secrets by what they are, and the answer that may hold each; null for those that none may. */
const secrets = new Map<string, { value: string; answer: string | null }>();

beforeAll(async () => {
  world = await createWorld({ METRICS_TOKEN: 'canary-metrics-token-8d00' }, (line) => log.push(line));
  headers = world.callers.find(({ column }) => column === 'platform')!.headersFor(null);
  await plantSecrets();
  await sendGood();
  await sendBad();
  await sendToBrokenDatabase();
}, 120_000);

afterAll(async () => {
  await world?.close();
  tally.print(`${secrets.size} secrets, ${answers.length} answers, ${log.length} lines of log`);
});

function secret(what: string, value: string, answer: string | null = null): void {
  if ([...secrets.values()].some((known) => known.value === value)) return;
  secrets.set(`${what} ${secrets.size}`, { value, answer });
}

async function plantSecrets(): Promise<void> {
  const { db, own, callers } = world;
  const userId = await createUser(db, { organizationId: own, role: 'admin', email: EMAIL });
  const passwordHash = await hashPassword(PASSWORD);
  await db.query('update users set password_hash = $2 where id = $1', [userId, passwordHash]);
  await db.query(
    `insert into provider_accounts (organization_id, provider, label, sealed_credentials) values ($1, 'twilio', 'Main', $2)`,
    [own, Buffer.from(CREDENTIALS)],
  );
  secret('JWT secret', JWT_SECRET);
  secret('metrics token', 'canary-metrics-token-8d00');
  secret('database password', new URL(db.url).password);
  secret('password', PASSWORD);
  secret('wrong password', WRONG_PASSWORD);
  secret('provider credentials', CREDENTIALS);
  const hashes = await db.query('select distinct password_hash as hash from users');
  for (const { hash } of hashes) secret('password hash', hash as string);
  for (const caller of callers) {
    for (const value of Object.values(caller.headersFor(null))) {
      const credential = value.replace(/^(Bearer|Basic) ?/, '');
      if (credential.length >= 16 && !/^[0-9a-f-]{36}$/.test(credential)) secret('credential', credential);
    }
  }
}

async function send(about: string, sent: ExampleRequest, by = headers): Promise<number> {
  const answer = await world.send(sent, by);
  tally.count(answer.status);
  answers.push({ about, text: `${JSON.stringify(answer.headers)}\n${answer.text}` });
  if (answer.status < 300)
    for (const [, value] of answer.text.matchAll(HANDED_OUT)) secret('handed out', value!, about);
  const cookie = answer.headers['set-cookie']?.split(';')[0]?.split('=')[1];
  if (cookie) secret('cookie', cookie, about);
  return answer.status;
}

/** Every operation as it is meant, so that what it logs and audits on success is seen. */
async function sendGood(): Promise<void> {
  for (const operation of operations) {
    const good = await exampleRequest(operation, table.get(operation.name)?.record ?? null, world.records.other);
    await send(operation.name, good);
  }
  await send('signing in', signIn({ email: EMAIL, password: PASSWORD }));
}

const signIn = (body: unknown): ExampleRequest => ({
  method: 'POST',
  address: '/api/v1/auth/login',
  headers: { 'content-type': 'application/json' },
  body,
  named: [],
});

/** Secrets where they do not belong: wrong, misspelt, in the wrong field, in the address, in what cannot be read. */
async function sendBad(): Promise<void> {
  const { headersFor } = world.callers.find(({ column }) => column === 'key')!;
  const key = headersFor(null)['authorization']!.replace('Bearer ', '');
  const token = headers['authorization']!.replace('Bearer ', '');
  const get = (address: string): ExampleRequest => ({ method: 'GET', address, headers: {}, named: [] });
  await send('wrong password', signIn({ email: EMAIL, password: WRONG_PASSWORD }));
  await send('password in a list', signIn({ email: EMAIL, password: [PASSWORD] }));
  await send('password in an unknown field', signIn({ email: EMAIL, password: PASSWORD, passwort: PASSWORD }));
  await send('password in JSON that is none', {
    ...signIn(null),
    body: `{"email":"${EMAIL}","password":"${PASSWORD}"`,
  });
  await send('password as text', { ...signIn(null), headers: { 'content-type': 'text/plain' }, body: PASSWORD });
  for (const name of ['token', 'access_token', 'api_key', 'apiKey', 'key', 'password', 'secret']) {
    await send(`${name} in the address`, get(`/api/v1/agents?${name}=${key}`));
    await send(`${name} in an address that is nowhere`, get(`/api/v1/nowhere?${name}=${token}`), {});
  }
  await send('key as an id', get(`/api/v1/agents/${key}`));
  await send('key with a character too many', get('/api/v1/agents'), { 'x-api-key': `${key}x` });
  await send('token with a character too many', get('/api/v1/agents'), { authorization: `Bearer ${token}x` });
  await send('key as the user of Basic', get('/api/v1/agents'), { authorization: `Basic ${btoa(`${key}:wrong`)}` });
  await send('token in a cookie', get('/api/v1/auth/me'), { cookie: `ringfence_refresh=${token}` });
  await send('key as the request id', { ...get('/api/v1/agents'), headers: {} }, { 'x-api-key': key, accept: key });
}

/** Every write, while the database refuses each row: what is logged then stands nearest to what was to be written. */
async function sendToBrokenDatabase(): Promise<void> {
  const { db } = world;
  await db.query(`create function refuse() returns trigger language plpgsql as $$
    begin raise exception 'the row % is refused', new; end $$`);
  const tables = await db.query(
    `select relname as name from pg_class where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace`,
  );
  for (const { name } of tables) {
    await db.query(`create trigger refuse before insert or update on ${name} for each row execute function refuse()`);
  }
  for (const operation of operations.filter(({ method }) => method !== 'GET')) {
    // Records that are nowhere end some of these early; what creates needs none.
    const record = table.get(operation.name)?.record ?? null;
    if (record !== null) continue;
    const made = await exampleRequest(operation, null, world.records.other).catch(() => null);
    if (made) await send(`${operation.name}, refused by the database`, made);
  }
  await send('signing in, refused by the database', signIn({ email: EMAIL, password: PASSWORD }));
}

/** Each way in which the value could stand there. */
function spellings(value: string): string[] {
  const bytes = Buffer.from(value);
  const all = [
    value,
    encodeURIComponent(value),
    bytes.toString('base64'),
    bytes.toString('base64url'),
    bytes.toString('hex'),
  ];
  return [...new Set([...all, JSON.stringify(value).slice(1, -1)])];
}

function secretsIn(text: string, about: string | null = null): string[] {
  return [...secrets]
    .filter(([, { answer }]) => answer === null || answer !== about)
    .filter(([, { value }]) => spellings(value).some((spelling) => text.includes(spelling)))
    .map(([what]) => what);
}

describe('no secret stands', () => {
  it('in an answer, but once in the one that hands it out', () => {
    expect(answers.length).toBeGreaterThan(operations.length);
    const leaks = answers.flatMap(({ about, text }) => secretsIn(text, about).map((what) => `${what} in ${about}`));
    expect(leaks).toEqual([]);
  });

  it('in the log', () => {
    expect(log.length).toBeGreaterThan(operations.length);
    const leaks = log.flatMap((line) => secretsIn(line).map((what) => `${what} in ${line.slice(0, 300)}`));
    expect(leaks).toEqual([]);
  });

  it('in an audit event, the rows of an import, or anything else that is written for people to read', async () => {
    for (const name of ['audit_events', 'import_jobs', 'import_rows', 'call_authorizations', 'idempotency_keys']) {
      const rows = await world.db.query(`select to_jsonb(t)::text as text from ${name} t`);
      expect(
        rows.flatMap(({ text }) => secretsIn(text as string).map((what) => `${what} in ${name}: ${text}`)),
      ).toEqual([]);
    }
    expect(await world.db.query('select id from audit_events')).not.toEqual([]);
  });

  it('in the database as it was typed or handed out', async () => {
    const typed = [...secrets].filter(([what]) => !what.startsWith('password hash') && !what.startsWith('provider'));
    const tables = await world.db.query(
      `select relname as name from pg_class where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace`,
    );
    for (const { name } of tables) {
      const rows = await world.db.query(`select to_jsonb(t)::text as text from ${name} t`);
      const text = rows.map((row) => row['text'] as string).join('\n');
      const leaks = typed.filter(([, { value }]) => spellings(value).some((spelling) => text.includes(spelling)));
      expect(leaks.map(([what]) => `${what} in ${name}`)).toEqual([]);
    }
  });

  it.each(['/metrics', '/api/openapi.json', '/readyz', '/api/docs'])('in %s', async (path) => {
    const { body } = await request(`${world.api.url}${path}`, { token: 'canary-metrics-token-8d00' });
    expect(secretsIn(typeof body === 'string' ? body : JSON.stringify(body))).toEqual([]);
  });

  it('that this test would not find', () => {
    for (const [what, { value }] of secrets) {
      expect(secretsIn(`{"a":"${value}"}`)).toContain(what);
      expect(secretsIn(Buffer.from(value).toString('hex'))).toContain(what);
    }
    const kinds = ['JWT', 'database', 'password', 'password hash', 'provider', 'credential', 'handed out', 'cookie'];
    for (const kind of kinds) expect([...secrets.keys()].join()).toContain(kind);
  });
});
