import { SignInPurge } from '../../apps/api/src/modules/auth/sessions/sign-in-purge.js';
import { type RunningApi, startApi } from '../support/api.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { addMember, createOrganization, createUser, PASSWORD } from '../support/fixtures.js';
import { request } from '../support/http.js';

let db: TestDatabase;
let api: RunningApi;
let organizationId: string;
let userId: string;

beforeAll(async () => {
  db = await createTestDatabase();
  api = await startApi({ databaseUrl: db.url });
  organizationId = await createOrganization(db, { slug: 'acme', name: 'Acme', timeZone: 'Europe/Berlin' });
  userId = await createUser(db, { organizationId, role: 'manager', email: 'Manager@Example.test', name: 'Mia' });
});

afterAll(async () => {
  await api?.close();
  await db?.drop();
});

const auth = (path: string) => `${api.url}/api/v1/auth/${path}`;
const OWN_SCRIPT = { 'x-requested-with': 'fetch' };

function signIn(email: string, password = PASSWORD, headers: Record<string, string> = {}) {
  return request(auth('login'), { body: { email, password }, headers });
}

/** The refresh token that an answer sets. */
function refreshTokenOf(headers: Headers): string {
  return /ringfence_refresh=([^;]+)/.exec(headers.get('set-cookie') ?? '')?.[1] ?? '';
}

async function refreshTokenFor(email: string): Promise<string> {
  return refreshTokenOf((await signIn(email)).headers);
}

function refresh(token: string, headers: Record<string, string> = OWN_SCRIPT) {
  return request(auth('refresh'), { method: 'POST', headers: { ...headers, cookie: `ringfence_refresh=${token}` } });
}

/** Moves what happened to the tokens of the database into the past, so that no test has to wait. */
function age(interval: string): Promise<unknown> {
  return db.query('update refresh_tokens set replaced_at = replaced_at - $1::interval', [interval]);
}

async function waitingForLocks(): Promise<number> {
  const [row] = await db.query(
    `select count(*)::int from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
  );
  return row!['count'] as number;
}

async function auditOf(action: string, subjectId: string) {
  return db.query('select * from audit_events where action = $1 and subject_id = $2 order by id desc', [
    action,
    subjectId,
  ]);
}

describe('POST /auth/login', () => {
  it('answers an access token for 15 minutes and who signed in, whatever the case of the e-mail', async () => {
    const { status, body, headers } = await signIn(' manager@EXAMPLE.test ');
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(body).toEqual({
      accessToken: expect.stringMatching(/^eyJ/),
      expiresIn: 900,
      user: {
        id: userId,
        email: 'Manager@Example.test',
        name: 'Mia',
        role: 'manager',
        platformAdmin: false,
        organization: { id: organizationId, slug: 'acme', name: 'Acme', timeZone: 'Europe/Berlin', currency: 'USD' },
        permissions: expect.arrayContaining(['numbers:read', 'usage:read']),
      },
    });
  });

  it('sets the refresh token where no script and no other site reaches it', async () => {
    const { headers } = await signIn('manager@example.test');
    const attributes = headers.get('set-cookie')!.split('; ').slice(1).sort();
    expect(attributes).toEqual(['HttpOnly', 'Max-Age=1209600', 'Path=/api/v1/auth', 'SameSite=Strict']);
  });

  it('keeps the cookie to this host alone when people reach the console over https', async () => {
    await createUser(db, { organizationId, role: 'agent', email: 'https@example.test' });
    const secure = await startApi({ databaseUrl: db.url, env: { PUBLIC_URL: 'https://ringfence.example' } });
    const at = (path: string, options: Parameters<typeof request>[1]) =>
      request(`${secure.url}/api/v1/auth/${path}`, { method: 'POST', ...options });
    try {
      const { headers } = await at('login', { body: { email: 'https@example.test', password: PASSWORD } });
      const [cookie, ...attributes] = headers.get('set-cookie')!.split('; ');
      expect(cookie).toMatch(/^__Host-ringfence_refresh=[\w-]{43}$/);
      expect(attributes.sort()).toEqual(['HttpOnly', 'Max-Age=1209600', 'Path=/', 'SameSite=Strict', 'Secure']);
      // A cookie without the prefix may have been planted by another host of the domain.
      const planted = cookie!.replace('__Host-', '');
      expect((await at('refresh', { headers: { ...OWN_SCRIPT, cookie: planted } })).status).toBe(401);
      expect((await at('refresh', { headers: { ...OWN_SCRIPT, cookie: cookie! } })).status).toBe(200);
      const out = await at('logout', { headers: { ...OWN_SCRIPT, cookie: cookie! } });
      expect(out.headers.get('set-cookie')).toMatch(/^__Host-ringfence_refresh=;.*Path=\/;.*Secure/);
    } finally {
      await secure.close();
    }
  });

  it('stores a hash of the refresh token, not the token', async () => {
    const token = await refreshTokenFor('manager@example.test');
    const [row] = await db.query(`select count(*)::int from refresh_tokens where token_hash = sha256($1::bytea)`, [
      Buffer.from(token),
    ]);
    expect(row).toEqual({ count: 1 });
  });

  it('gives wrong password, unknown e-mail and disabled user the same answer', async () => {
    const disabled = await createUser(db, { organizationId, role: 'agent', email: 'disabled@example.test' });
    await db.query('update users set disabled_at = now() where id = $1', [disabled]);
    const answers = await Promise.all([
      signIn('manager@example.test', 'wrong'),
      signIn('nobody@example.test'),
      signIn('disabled@example.test'),
    ]);
    for (const { status, body, headers } of answers) {
      expect(status).toBe(401);
      expect(headers.get('set-cookie')).toBeNull();
      expect({ ...body, requestId: '' }).toEqual({ ...answers[0].body, requestId: '' });
    }
    expect(answers[0].body.code).toBe('invalid_credentials');
  });

  it('refuses who is a member of no organization', async () => {
    await createUser(db, { organizationId: null, role: 'agent', email: 'nowhere@example.test' });
    const { status, body } = await signIn('nowhere@example.test');
    expect([status, body.code]).toEqual([403, 'permission_denied']);
  });

  it('begins the session of a platform administrator without membership in the platform organization', async () => {
    await createUser(db, { organizationId: null, role: 'owner', email: 'platform@example.test', platformAdmin: true });
    const { body } = await signIn('platform@example.test');
    expect(body.user).toMatchObject({ role: null, platformAdmin: true, organization: { slug: 'platform' } });
    expect(body.user.permissions).toContain('platform:manage');
  });

  it('leaves sign-ins and refused ones of known users in the audit log', async () => {
    const id = await createUser(db, { organizationId, role: 'agent', email: 'audited@example.test' });
    await signIn('audited@example.test');
    await signIn('audited@example.test', 'wrong');
    expect(await auditOf('session.started', id)).toMatchObject([{ actor_id: id, actor_label: 'audited@example.test' }]);
    // A refusal is recorded after its answer.
    await eventually(async () => (await auditOf('session.refused', id)).length === 1);
    expect(await auditOf('session.refused', id)).toMatchObject([
      {
        actor_id: id,
        actor_label: 'audited@example.test',
        changes: { reason: 'wrong_password', address: '127.0.0.1' },
      },
    ]);
  });

  it('begins a session of its own, whatever cookie came along', async () => {
    const planted = await refreshTokenFor('manager@example.test');
    await createUser(db, { organizationId, role: 'agent', email: 'fixed@example.test' });
    const { headers } = await signIn('fixed@example.test', PASSWORD, { cookie: `ringfence_refresh=${planted}` });
    expect(refreshTokenOf(headers)).not.toBe(planted);
    expect((await refresh(planted)).body.user.email).toBe('Manager@Example.test');
    expect((await refresh(refreshTokenOf(headers))).body.user.email).toBe('fixed@example.test');
  });

  it('begins no session by a password that was changed while it was compared', async () => {
    const id = await createUser(db, { organizationId, role: 'agent', email: 'changing@example.test' });
    const change = await db.connect();
    try {
      await change.query('begin');
      await change.query(`update users set password_hash = password_hash || ' ' where id = $1`, [id]);
      const signingIn = signIn('changing@example.test');
      await eventually(async () => (await waitingForLocks()) === 1);
      await change.query('commit');
      const { status, body } = await signingIn;
      expect([status, body.code]).toEqual([401, 'invalid_credentials']);
    } finally {
      await change.end();
    }
    expect(await db.query('select from sessions where user_id = $1', [id])).toEqual([]);
  });

  it.each([
    ['without a password', { email: 'manager@example.test' }, 'password'],
    ['with a password that is no text', { email: 'manager@example.test', password: { $ne: 1 } }, 'password'],
    ['with an endless password', { email: 'manager@example.test', password: 'x'.repeat(257) }, 'password'],
    ['with an endless e-mail', { email: 'x'.repeat(255), password: 'x' }, 'email'],
    ['with an unknown field', { email: 'a', password: 'x', admin: true }, 'admin'],
  ])('refuses a body %s', async (_what, body, field) => {
    const answer = await request(auth('login'), { body });
    expect([answer.status, answer.body.code]).toEqual([400, 'validation_failed']);
    expect(Object.keys(answer.body.errors)).toEqual([field]);
  });
});

describe('POST /auth/refresh', () => {
  it('replaces the refresh token at each use', async () => {
    const first = await refreshTokenFor('manager@example.test');
    const { status, headers, body } = await refresh(first);
    expect(status).toBe(200);
    expect(body).toMatchObject({ expiresIn: 900, user: { id: userId } });
    const second = refreshTokenOf(headers);
    expect(second).not.toBe(first);
    expect((await refresh(second)).status).toBe(200);
  });

  it('ends the session when a replaced token comes back', async () => {
    const first = await refreshTokenFor('manager@example.test');
    const second = refreshTokenOf((await refresh(first)).headers);
    await age('11 seconds');
    const reused = await refresh(first);
    expect([reused.status, reused.body.code]).toEqual([401, 'refresh_token_invalid']);
    expect((await refresh(second)).status).toBe(401);
    expect((await auditOf('session.reuse_detected', userId)).length).toBe(1);
  });

  it('leaves other sign-ins of the user alone when one session ends', async () => {
    const other = await refreshTokenFor('manager@example.test');
    const first = await refreshTokenFor('manager@example.test');
    await refresh(first);
    await age('11 seconds');
    await refresh(first);
    expect((await refresh(other)).status).toBe(200);
  });

  it('lets two tabs refresh at once: a token replaced less than ten seconds ago still counts', async () => {
    const first = await refreshTokenFor('manager@example.test');
    const answers = await Promise.all([refresh(first), refresh(first)]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    const tokens = answers.map(({ headers }) => refreshTokenOf(headers));
    expect(new Set([first, ...tokens]).size).toBe(2);
    for (const token of tokens) expect((await refresh(token)).status).toBe(200);
  });

  it('replaces a token once, however often it is sent at once', async () => {
    const first = await refreshTokenFor('manager@example.test');
    const answers = await Promise.all(Array.from({ length: 20 }, () => refresh(first)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    const successors = new Set(answers.map(({ headers }) => refreshTokenOf(headers)));
    expect(successors.size).toBe(1);
    const [stored] = await db.query(
      `select count(*)::int from refresh_tokens where session_id = (
         select session_id from refresh_tokens where token_hash = sha256($1::bytea))`,
      [Buffer.from(first)],
    );
    expect(stored).toEqual({ count: 2 });
  });

  it('ends the session when a replaced token comes back after the next one was used, however soon', async () => {
    const first = await refreshTokenFor('manager@example.test');
    const second = refreshTokenOf((await refresh(first)).headers);
    const third = refreshTokenOf((await refresh(second)).headers);
    expect((await refresh(first)).status).toBe(401);
    for (const token of [second, third]) expect((await refresh(token)).status).toBe(401);
  });

  it('stores nothing that a token could be made of', async () => {
    const first = await refreshTokenFor('manager@example.test');
    const second = refreshTokenOf((await refresh(first)).headers);
    const rows = JSON.stringify(await db.query('select t::text from refresh_tokens t'));
    for (const token of [first, second]) {
      expect(rows).not.toContain(token);
      expect(rows).not.toContain(Buffer.from(token, 'base64url').toString('hex'));
    }
  });

  it('never leaves a usable token behind when reuse and rotation meet', async () => {
    const first = await refreshTokenFor('manager@example.test');
    let live = refreshTokenOf((await refresh(first)).headers);
    await age('11 seconds');
    const answers = await Promise.all([refresh(first), refresh(live), refresh(first), refresh(live)]);
    for (const { headers, status } of answers) if (status === 200) live = refreshTokenOf(headers);
    expect((await refresh(live)).status).toBe(401);
  });

  it('refuses a token that has expired, is made up, or is missing', async () => {
    const token = await refreshTokenFor('manager@example.test');
    await db.query(`update refresh_tokens set expires_at = now() where token_hash = sha256($1::bytea)`, [
      Buffer.from(token),
    ]);
    const answers = [await refresh(token), await refresh('made-up'), await refresh('')];
    answers.push(await request(auth('refresh'), { method: 'POST', headers: OWN_SCRIPT }));
    for (const { status, body } of answers) expect([status, body.code]).toEqual([401, 'refresh_token_invalid']);
  });

  it('refuses who was disabled or removed since', async () => {
    const id = await createUser(db, { organizationId, role: 'agent', email: 'leaving@example.test' });
    const token = await refreshTokenFor('leaving@example.test');
    await db.query('delete from memberships where user_id = $1', [id]);
    expect((await refresh(token)).status).toBe(401);
    await addMember(db, organizationId, id, 'agent');
    expect((await refresh(token)).status).toBe(401);
  });

  it('leaves expired tokens, sessions and counters to a job, which removes nothing else', async () => {
    const token = await refreshTokenFor('manager@example.test');
    await db.query(`insert into sign_in_counters (key, points, expire)
      select 'pair:' || n, 1, extract(epoch from now()) * 1000 + (n - 1500) * 1000000 from generate_series(1, 3000) n`);
    const [old] = await db.query(
      `with old as (
         insert into sessions (user_id, organization_id, expires_at) values ($1, $2, now() - interval '1 day') returning id)
       insert into refresh_tokens (session_id, token_hash, expires_at)
       select id, sha256('old'), now() - interval '1 day' from old returning session_id`,
      [userId, organizationId],
    );
    await api.app.get(SignInPurge, { strict: false }).run();
    expect(await db.query(`select from refresh_tokens where token_hash = sha256('old')`)).toEqual([]);
    expect(await db.query('select from sessions where id = $1', [old!['session_id']])).toEqual([]);
    const [left] = await db.query(
      `select count(*)::integer as counters from sign_in_counters where key ~ '^pair:\\d+$'`,
    );
    expect(left).toEqual({ counters: 1_500 });
    expect((await refresh(token)).status).toBe(200);
  });

  it.each(['refresh', 'logout'])('takes %s only as a script of our own sends it', async (path) => {
    const token = await refreshTokenFor('manager@example.test');
    const { status, body } = await request(auth(path), {
      method: 'POST',
      headers: { cookie: `ringfence_refresh=${token}` },
    });
    expect([status, body.code]).toEqual([403, 'permission_denied']);
    const asJson = await refresh(token, OWN_SCRIPT);
    expect(asJson.status).toBe(200);
  });

  it('takes a JSON body instead of the header', async () => {
    const token = await refreshTokenFor('manager@example.test');
    const { status } = await request(auth('refresh'), { body: {}, headers: { cookie: `ringfence_refresh=${token}` } });
    expect(status).toBe(200);
  });
});

describe('POST /auth/logout', () => {
  const signOut = (token: string) =>
    request(auth('logout'), { method: 'POST', headers: { ...OWN_SCRIPT, cookie: `ringfence_refresh=${token}` } });

  it('ends the session and clears the cookie', async () => {
    const first = await refreshTokenFor('manager@example.test');
    const token = refreshTokenOf((await refresh(first)).headers);
    const { status, headers } = await signOut(token);
    expect(status).toBe(204);
    expect(headers.get('set-cookie')).toMatch(/^ringfence_refresh=;.*Path=\/api\/v1\/auth.*Expires=Thu, 01 Jan 1970/);
    expect((await refresh(token)).status).toBe(401);
    expect((await refresh(first)).status).toBe(401);
    expect((await auditOf('session.ended', userId)).length).toBe(1);
  });

  it('is fine with a session that has ended, and with none', async () => {
    expect((await signOut('made-up')).status).toBe(204);
    expect((await request(auth('logout'), { method: 'POST', headers: OWN_SCRIPT })).status).toBe(204);
  });
});

describe('GET /auth/me', () => {
  it('answers who is signed in', async () => {
    const { body: session } = await signIn('manager@example.test');
    const { status, body } = await request(auth('me'), { token: session.accessToken });
    expect(status).toBe(200);
    expect(body).toEqual(session.user);
  });

  it('shows a member of two organizations in the one that the request names', async () => {
    const other = await createOrganization(db, { slug: 'second' });
    await addMember(db, other, userId, 'agent');
    const { body: session } = await signIn('manager@example.test');
    const { body } = await request(auth('me'), {
      token: session.accessToken,
      headers: { 'x-organization-id': other },
    });
    expect(body).toMatchObject({ role: 'agent', organization: { slug: 'second' } });
  });
});
