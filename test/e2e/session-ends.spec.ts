import { type RunningApi, startApi } from '../support/api.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { addMember, createApiKey, createOrganization, createUser, PASSWORD, signIn } from '../support/fixtures.js';
import { request } from '../support/http.js';

/** Less than the age at which a process looks again by itself, so that what is seen sooner was heard. */
const HEARD_WITHIN_MS = 1_000;
const SEEN_BY_ITSELF_AFTER_MS = 5_000;
const OWN_SCRIPT = { 'x-requested-with': 'fetch' };

let db: TestDatabase;
let here: RunningApi;
let there: RunningApi;
let serial = 0;

beforeAll(async () => {
  db = await createTestDatabase();
  const start = () => startApi({ databaseUrl: db.url, env: { IMPORT_WORKER: 'false' } });
  [here, there] = await Promise.all([start(), start()]);
  await eventually(async () => {
    const listening = await db.query(
      `select from pg_stat_activity where datname = current_database() and application_name = 'ringfence-access'
         and state = 'idle' and query like 'listen%'`,
    );
    return listening.length === 2;
  });
});

afterAll(async () => {
  await Promise.all([here?.close(), there?.close()]);
  await db?.drop();
});

interface Person {
  id: string;
  organizationId: string;
  email: string;
  token: string;
  /** The refresh cookie. */
  cookie: string;
}

async function person(
  facts: { organizationId?: string; role?: 'owner' | 'agent'; platformAdmin?: boolean } = {},
): Promise<Person> {
  serial += 1;
  const email = `person-${serial}@ends.test`;
  const organizationId = facts.organizationId ?? (await createOrganization(db));
  const { role = 'owner', platformAdmin } = facts;
  const id = await createUser(db, { organizationId, role, email, platformAdmin });
  const { body, headers } = await request(`${here.url}/api/v1/auth/login`, { body: { email, password: PASSWORD } });
  return { id, organizationId, email, token: body.accessToken, cookie: headers.get('set-cookie')!.split(';')[0]! };
}

const at = (api: RunningApi, path: string, options: Parameters<typeof request>[1]) =>
  request(`${api.url}/api/v1${path}`, options);
/** Reads what the guard remembers of the caller; `/auth/me` would ask the database itself. */
const statusFor = async (api: RunningApi, token: string, headers: Record<string, string> = {}) =>
  (await at(api, '/organizations/current', { token, headers })).status;
const withCookie = (path: 'refresh' | 'logout', cookie: string) =>
  at(here, `/auth/${path}`, { method: 'POST', headers: { ...OWN_SCRIPT, cookie } });

/** Both processes remember the caller. */
async function usedInBoth(token: string, headers: Record<string, string> = {}): Promise<void> {
  for (const api of [here, there]) expect(await statusFor(api, token, headers)).toBe(200);
}

/** Makes a change that no trigger tells of, as if the messages were lost. */
async function untold(change: () => Promise<unknown>): Promise<void> {
  const tables = ['api_keys', 'memberships', 'organizations', 'sessions'];
  for (const table of tables) await db.query(`alter table ${table} disable trigger user`);
  await change();
  for (const table of tables) await db.query(`alter table ${table} enable trigger user`);
}

describe('an access token', () => {
  it('ends with its session at sign-out: here at once, there as soon as it is heard', async () => {
    const { token, cookie } = await person();
    await usedInBoth(token);
    expect((await withCookie('logout', cookie)).status).toBe(204);
    const { status, body } = await at(here, '/organizations/current', { token });
    expect([status, body.code]).toEqual([401, 'authentication_required']);
    expect(body.detail).toContain('Sign in again');
    await eventually(async () => (await statusFor(there, token)) === 401, HEARD_WITHIN_MS);
  });

  it('leaves the other sessions of its user alone', async () => {
    const { email, token, cookie } = await person();
    const other = await signIn(here.url, email);
    await withCookie('logout', cookie);
    expect([await statusFor(here, token), await statusFor(here, other)]).toEqual([401, 200]);
  });

  it('ends when a refresh token of its session comes back', async () => {
    const { token, cookie } = await person();
    const next = (await withCookie('refresh', cookie)).body.accessToken as string;
    await usedInBoth(next);
    await db.query(`update refresh_tokens set replaced_at = replaced_at - interval '11 seconds'`);
    expect((await withCookie('refresh', cookie)).status).toBe(401);
    for (const ended of [token, next]) expect(await statusFor(here, ended)).toBe(401);
    await eventually(async () => (await statusFor(there, next)) === 401, HEARD_WITHIN_MS);
    const [row] = await db.query('select ended_reason from sessions order by ended_at desc nulls last limit 1');
    expect(row!['ended_reason']).toBe('token_reused');
  });

  it('ends with the membership that it began in, wherever it is used', async () => {
    const owner = await person();
    const { id, token } = await person({ organizationId: owner.organizationId });
    const second = await createOrganization(db);
    await addMember(db, second, id, 'manager');
    const elsewhere = { 'x-organization-id': second };
    await usedInBoth(token, elsewhere);
    expect((await at(here, `/users/${id}`, { method: 'DELETE', token: owner.token })).status).toBe(200);
    expect(await statusFor(here, token, elsewhere)).toBe(401);
    await eventually(async () => (await statusFor(there, token, elsewhere)) === 401, HEARD_WITHIN_MS);
  });

  it('ends after five seconds where the end of its session was never told', async () => {
    const { id, token } = await person();
    await usedInBoth(token);
    const end = `update sessions set ended_at = now(), ended_reason = 'signed_out' where user_id = $1`;
    await untold(() => db.query(end, [id]));
    expect(await statusFor(there, token)).toBe(200);
    const { now } = performance;
    performance.now = () => now.call(performance) + SEEN_BY_ITSELF_AFTER_MS;
    try {
      expect(await statusFor(there, token)).toBe(401);
    } finally {
      performance.now = now;
    }
  });
});

describe('the process that ends a session', () => {
  it('refuses its access token at once, by itself, at sign-out', async () => {
    const { token, cookie } = await person();
    await usedInBoth(token);
    await untold(() => withCookie('logout', cookie));
    expect([await statusFor(here, token), await statusFor(there, token)]).toEqual([401, 200]);
  });

  it('refuses it when a refresh token comes back', async () => {
    const { token, cookie } = await person();
    await withCookie('refresh', cookie);
    await usedInBoth(token);
    await db.query(`update refresh_tokens set replaced_at = replaced_at - interval '11 seconds'`);
    await untold(() => withCookie('refresh', cookie));
    expect([await statusFor(here, token), await statusFor(there, token)]).toEqual([401, 200]);
  });

  it('refuses it when its user is removed, also in another organization', async () => {
    const owner = await person();
    const { id, token } = await person({ organizationId: owner.organizationId });
    const second = await createOrganization(db);
    await addMember(db, second, id, 'manager');
    const elsewhere = { 'x-organization-id': second };
    await usedInBoth(token, elsewhere);
    await untold(() => at(here, `/users/${id}`, { method: 'DELETE', token: owner.token }));
    expect([await statusFor(here, token, elsewhere), await statusFor(there, token, elsewhere)]).toEqual([401, 200]);
  });

  it('refuses all sessions and keys of an organization that it deletes', async () => {
    const root = await person({ platformAdmin: true });
    const { id, organizationId, token } = await person();
    const guest = await person();
    await addMember(db, organizationId, guest.id, 'manager');
    const second = await createOrganization(db);
    await addMember(db, second, id, 'manager');
    const { key: apiKey } = await createApiKey(db, { organizationId, scopes: ['calls:authorize'] });
    const keyStatus = async () => (await at(here, '/call-gate/authorize', { apiKey, body: {} })).status;
    const [elsewhere, asGuest] = [{ 'x-organization-id': second }, { 'x-organization-id': organizationId }];
    const statuses = async () => [
      await statusFor(here, token),
      await statusFor(here, token, elsewhere),
      await statusFor(here, guest.token, asGuest),
      await keyStatus(),
    ];
    expect(await statuses()).toEqual([200, 200, 200, 400]);
    const path = `/organizations/${organizationId}`;
    await untold(() => at(here, path, { method: 'DELETE', token: root.token }));
    expect(await statuses()).toEqual([401, 401, 403, 401]);
    expect(await statusFor(here, guest.token)).toBe(200);
  });
});

describe('a deleted organization', () => {
  const NEVER = '0190aaaa-0000-7000-8000-000000000000';
  let root: Person;

  beforeAll(async () => {
    root = await person({ platformAdmin: true });
  });

  const remove = async (organizationId: string) => {
    const path = `/organizations/${organizationId}`;
    expect((await at(here, path, { method: 'DELETE', token: root.token })).status).toBe(200);
  };

  it('lets no session and no key in: here at once, there as soon as it is heard', async () => {
    const owner = await person();
    const { organizationId } = owner;
    const agent = await person({ organizationId, role: 'agent' });
    const { key: apiKey } = await createApiKey(db, { organizationId, scopes: ['numbers:read'] });
    const numbers = async (api: RunningApi) => (await at(api, '/phone-numbers', { apiKey })).status;
    for (const { token } of [owner, agent]) await usedInBoth(token);
    for (const api of [here, there]) expect(await numbers(api)).toBe(200);
    await remove(organizationId);
    expect([await statusFor(here, owner.token), await statusFor(here, agent.token), await numbers(here)]).toEqual([
      401, 401, 401,
    ]);
    const write = { token: owner.token, body: { name: 'Late' } };
    expect((await at(here, '/agents', write)).status).toBe(401);
    await eventually(async () => {
      const statuses = [await statusFor(there, owner.token), await statusFor(there, agent.token), await numbers(there)];
      return statuses.every((status) => status === 401);
    }, HEARD_WITHIN_MS);
    expect((await withCookie('refresh', owner.cookie)).status).toBe(401);
    const { status, body } = await at(here, '/auth/login', { body: { email: owner.email, password: PASSWORD } });
    expect([status, body.code]).toEqual([403, 'permission_denied']);
  });

  it('ends the sessions that began in it, also where they act for another organization', async () => {
    const { id, organizationId, token, cookie } = await person();
    const second = await createOrganization(db);
    await addMember(db, second, id, 'manager');
    const elsewhere = { 'x-organization-id': second };
    await usedInBoth(token, elsewhere);
    await remove(organizationId);
    expect(await statusFor(here, token, elsewhere)).toBe(401);
    await eventually(async () => (await statusFor(there, token, elsewhere)) === 401, HEARD_WITHIN_MS);
    expect((await withCookie('refresh', cookie)).status).toBe(401);
    const again = await signIn(here.url, (await emailOf(id))!);
    expect((await at(here, '/auth/me', { token: again })).body.organization.id).toBe(second);
  });

  it('is answered like one that never was, to whoever names it in X-Organization-Id', async () => {
    const doomed = await createOrganization(db);
    const member = await person();
    await addMember(db, doomed, member.id, 'owner');
    const { key: apiKey } = await createApiKey(db, { organizationId: member.organizationId, scopes: ['numbers:read'] });
    const callers = [{ token: root.token }, { token: member.token }, { apiKey }];
    const answers = (api: RunningApi, organizationId: string) =>
      Promise.all(
        callers.map(async (caller) => {
          const headers = { 'x-organization-id': organizationId };
          const { status, body } = await at(api, '/phone-numbers', { ...caller, headers });
          return { status, code: body.code, detail: body.detail };
        }),
      );
    for (const { token } of [root, member]) await usedInBoth(token, { 'x-organization-id': doomed });
    await remove(doomed);
    const expected = await answers(here, NEVER);
    expect(expected.map(({ status }) => status)).toEqual([403, 403, 403]);
    expect(await answers(here, doomed)).toEqual(expected);
    await eventually(
      async () => JSON.stringify(await answers(there, doomed)) === JSON.stringify(expected),
      HEARD_WITHIN_MS,
    );
    expect(await statusFor(here, member.token)).toBe(200);
  });

  it('accepts no key that was made while it was deleted', async () => {
    const { organizationId } = await person();
    await remove(organizationId);
    const { key: apiKey } = await createApiKey(db, { organizationId, scopes: ['numbers:read'] });
    expect((await at(here, '/phone-numbers', { apiKey })).status).toBe(401);
  });

  it('has its uploads called off that have not begun', async () => {
    const { organizationId, token } = await person();
    const upload = await at(here, '/phone-numbers/bulk-upload', {
      token,
      body: '+12025550123,telnyx,US\n',
      headers: { 'content-type': 'text/csv' },
    });
    expect(upload.status).toBe(202);
    await remove(organizationId);
    const worker = await startApi({ databaseUrl: db.url });
    try {
      await eventually(async () => (await statusOf(upload.body.id as string)) === 'canceled', 20_000);
    } finally {
      await worker.close();
    }
    expect(await db.query('select from phone_numbers where organization_id = $1', [organizationId])).toEqual([]);
  });

  const emailOf = async (id: string) => (await db.query('select email from users where id = $1', [id]))[0]!['email'];
  const statusOf = async (id: string) =>
    (await db.query('select status from import_jobs where id = $1', [id]))[0]!.status;
});
