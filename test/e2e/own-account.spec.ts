import { randomUUID } from 'node:crypto';
import { type RunningApi, startApi } from '../support/api.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { addMember, createApiKey, createOrganization, createUser, PASSWORD } from '../support/fixtures.js';
import { request } from '../support/http.js';

const NEW = 'a password that is new';

let db: TestDatabase;
let api: RunningApi;
let organizationId: string;
let otherId: string;
let serial = 0;

beforeAll(async () => {
  db = await createTestDatabase();
  api = await startApi({ databaseUrl: db.url });
  organizationId = await createOrganization(db, { slug: 'acme' });
  otherId = await createOrganization(db, { slug: 'rival' });
});

afterAll(async () => {
  await api?.close();
  await db?.drop();
});

const auth = (path: string) => `${api.url}/api/v1/auth/${path}`;

interface Session {
  token: string;
  cookie: string;
}

async function logIn(email: string, password = PASSWORD) {
  const { status, body, headers } = await request(auth('login'), { body: { email, password } });
  const cookie = headers.getSetCookie()[0]?.split(';')[0] ?? '';
  return { status, body, session: { token: body.accessToken as string, cookie } };
}

const refresh = (cookie: string) => request(auth('refresh'), { body: {}, headers: { cookie } });

const change = ({ token, cookie }: Session, currentPassword: string, newPassword: string) =>
  request(auth('password'), {
    token,
    body: { currentPassword, newPassword },
    headers: cookie === '' ? {} : { cookie },
  });

async function person(role: 'owner' | 'agent' = 'agent') {
  const email = `person-${(serial += 1)}@example.test`;
  const id = await createUser(db, { organizationId, role, email, name: 'Before' });
  return { id, email, ...(await logIn(email)).session };
}

const events = (id: string, action: string) =>
  db.query('select * from audit_events where subject_id = $1 and action = $2', [id, action]);

describe('POST /auth/password', () => {
  it('changes the password, goes on with this session and ends all others, in every organization', async () => {
    const { id, email, ...here } = await person();
    await addMember(db, otherId, id, 'agent');
    const elsewhere = (await logIn(email)).session;
    await db.query(
      `update sessions set organization_id = $2 where id = (
         select session_id from refresh_tokens where token_hash = sha256(convert_to($1, 'utf8')))`,
      [elsewhere.cookie.split('=')[1], otherId],
    );
    const other = (await logIn(email)).session;
    expect((await change(here, PASSWORD, NEW)).status).toBe(204);
    expect((await refresh(here.cookie)).status).toBe(200);
    for (const { cookie } of [elsewhere, other]) {
      const { status, body } = await refresh(cookie);
      expect([status, body.code]).toEqual([401, 'refresh_token_invalid']);
    }
    const tokens = [here.token, elsewhere.token, other.token];
    const statuses = await Promise.all(tokens.map(async (token) => (await request(auth('me'), { token })).status));
    expect(statuses).toEqual([200, 401, 401]);
    expect([(await logIn(email)).status, (await logIn(email, NEW)).status]).toEqual([401, 200]);
    const trail = await events(id, 'user.password_changed');
    expect(trail).toMatchObject([{ actor_label: email, changes: { address: expect.any(String) } }]);
    expect(JSON.stringify(trail)).not.toMatch(new RegExp(`${PASSWORD}|${NEW}|argon2`));
  });

  it.each<[string, (foreign: string) => string]>([
    ['nothing', () => ''],
    ['the cookie of somebody else', (foreign) => foreign],
    ['a cookie that is none', () => 'ringfence_refresh=none'],
  ])('goes on with the session that asks, and ends no foreign one, when %s comes along', async (_what, cookieOf) => {
    const { email, ...here } = await person();
    const foreign = await person();
    const other = (await logIn(email)).session;
    expect((await change({ token: here.token, cookie: cookieOf(foreign.cookie) }, PASSWORD, NEW)).status).toBe(204);
    expect((await refresh(other.cookie)).status).toBe(401);
    for (const { cookie } of [here, foreign]) expect((await refresh(cookie)).status).toBe(200);
  });

  it('lets no session go on that is being refreshed while the password changes', async () => {
    const { id, ...here } = await person();
    // Like a refresh of another session that has made its next token and not committed yet.
    const refreshing = await db.connect();
    try {
      const [{ id: sessionId }] = (await db.query(
        `insert into sessions (user_id, organization_id, expires_at) values ($1, $2, now() + interval '1 day') returning id`,
        [id, organizationId],
      )) as [{ id: string }];
      await refreshing.query('begin');
      await refreshing.query('select from sessions where id = $1 for update', [sessionId]);
      await refreshing.query(
        `insert into refresh_tokens (session_id, token_hash, expires_at) values ($1, sha256($2), now() + interval '1 day')`,
        [sessionId, randomUUID()],
      );
      let done = false;
      const changing = change(here, PASSWORD, NEW).finally(() => (done = true));
      const waits = `select from pg_locks where locktype in ('transactionid', 'tuple') and not granted`;
      await eventually(async () => done || (await db.query(waits)).length > 0);
      expect(done).toBe(false);
      await refreshing.query('commit');
      expect((await changing).status).toBe(204);
      expect(await db.query('select from sessions where id = $1 and ended_at is null', [sessionId])).toEqual([]);
    } finally {
      await refreshing.end();
    }
  });

  it('lets no session begin with the old password once the change is told', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { email, ...here } = await person();
      const [changed, ...begun] = await Promise.all([
        change(here, PASSWORD, NEW),
        ...Array.from({ length: 6 }, () => logIn(email)),
      ]);
      expect(changed.status).toBe(204);
      for (const { status, session } of begun) {
        if (status === 200) expect((await refresh(session.cookie)).status).toBe(401);
      }
    }
  });

  it('is done once when two change it at the same time', async () => {
    const { email, ...here } = await person();
    const answers = await Promise.all([change(here, PASSWORD, NEW), change(here, PASSWORD, `${NEW} too`)]);
    const statuses = answers.map(({ status }) => status).sort();
    expect([
      [204, 400],
      [204, 409],
    ]).toContainEqual(statuses);
    expect((await logIn(email)).status).toBe(401);
  });

  it.each([
    ['a wrong current password', 'not the password', NEW, 'currentPassword'],
    ['the current password as the new one', PASSWORD, PASSWORD, 'newPassword'],
    ['a short one', PASSWORD, 'eleven char', 'newPassword'],
    ['an endless one', PASSWORD, 'x'.repeat(257), 'newPassword'],
    ['none', PASSWORD, undefined as unknown as string, 'newPassword'],
  ])('refuses %s', async (_what, current, next, field) => {
    const { email, ...here } = await person();
    const { status, body } = await change(here, current, next);
    expect([status, body.code, Object.keys(body.errors)]).toEqual([400, 'validation_failed', [field]]);
    expect((await logIn(email)).status).toBe(200);
  });

  it('refuses the e-mail', async () => {
    const { email, ...here } = await person();
    const { status, body } = await change(here, PASSWORD, email.toUpperCase());
    expect([status, Object.keys(body.errors)]).toEqual([400, ['newPassword']]);
  });

  it('counts wrong guesses as failed attempts to sign in', async () => {
    const { email, ...here } = await person();
    const statuses: number[] = [];
    for (let guess = 0; guess < 11; guess += 1) statuses.push((await change(here, `guess ${guess}`, NEW)).status);
    expect([statuses[0], statuses.at(-1)]).toEqual([400, 429]);
    expect((await logIn(email)).status).toBe(429);
    expect((await request(auth('me'), { token: here.token })).status).toBe(200);
  });

  it('is for people who are signed in', async () => {
    const { key } = await createApiKey(db, { organizationId, scopes: ['numbers:write'] });
    const body = { currentPassword: PASSWORD, newPassword: NEW };
    expect((await request(auth('password'), { token: key, body })).status).toBe(403);
    expect((await request(auth('password'), { body })).status).toBe(401);
  });
});

describe('PUT /auth/me', () => {
  it('changes the own name for every organization', async () => {
    const { id, token } = await person();
    const { status, body } = await request(auth('me'), { method: 'PUT', token, body: { name: '  Zoë  ' } });
    expect([status, body.name, body.id]).toEqual([200, 'Zoë', id]);
    expect((await request(auth('me'), { token })).body.name).toBe('Zoë');
    await request(auth('me'), { method: 'PUT', token, body: { name: 'Zoë' } });
    expect(await events(id, 'user.renamed')).toMatchObject([
      { organization_id: organizationId, changes: { name: { from: 'Before', to: 'Zoë' } } },
    ]);
  });

  it.each([
    ['no name', { name: undefined }, 'name'],
    ['a name of spaces', { name: '   ' }, 'name'],
    ['an endless name', { name: 'x'.repeat(201) }, 'name'],
    ['another e-mail', { email: 'other@example.test' }, 'email'],
    ['a flag', { platformAdmin: true }, 'platformAdmin'],
  ])('refuses %s', async (_what, facts, field) => {
    const { token } = await person();
    const answer = await request(auth('me'), { method: 'PUT', token, body: { name: 'Name', ...facts } });
    expect([answer.status, Object.keys(answer.body.errors)]).toEqual([400, [field]]);
  });

  it('is for people', async () => {
    const { key } = await createApiKey(db, { organizationId, scopes: ['numbers:write'] });
    expect((await request(auth('me'), { method: 'PUT', token: key, body: { name: 'Key' } })).status).toBe(403);
  });
});
