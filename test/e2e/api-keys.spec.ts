import { type RunningApi, startApi } from '../support/api.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { createApiKey, createOrganization, createUser, signIn } from '../support/fixtures.js';
import { request } from '../support/http.js';

let db: TestDatabase;
let api: RunningApi;
let organizationId: string;
let otherId: string;
let token: string;

beforeAll(async () => {
  db = await createTestDatabase();
  api = await startApi({ databaseUrl: db.url });
  organizationId = await createOrganization(db, { slug: 'acme' });
  otherId = await createOrganization(db, { slug: 'rival' });
  await createUser(db, { organizationId, role: 'admin', email: 'admin@example.test', name: 'Ada' });
  token = await signIn(api.url, 'admin@example.test');
});

afterAll(async () => {
  await api?.close();
  await db?.drop();
});

const keys = (path = '') => `${api.url}/api/v1/api-keys${path}`;
function query(parameters: Record<string, unknown>): string {
  const pairs = Object.entries(parameters).map(([name, value]): [string, string] => [name, JSON.stringify(value)]);
  return `?${new URLSearchParams(pairs)}`;
}

/** An empty question to the gate: 400 for a caller who may ask, which is all that these tests want to know. */
function askGate(credentials: { token?: string; apiKey?: string; headers?: Record<string, string> }) {
  return request(`${api.url}/api/v1/call-gate/authorize`, { body: {}, ...credentials });
}

const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` });

describe('POST /api-keys', () => {
  it('shows the key once and stores only its hash', async () => {
    const { status, body, headers } = await request(keys(), {
      token,
      body: { name: ' Dialer ', scopes: ['calls:authorize', 'calls:settle'] },
    });
    expect(status).toBe(201);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(body).toEqual({
      id: expect.any(String),
      key: expect.stringMatching(/^rf_live_[0-9A-Za-z]{36}$/),
      prefix: body.key.slice(0, 12),
      name: 'Dialer',
      scopes: ['calls:authorize', 'calls:settle'],
      status: 'active',
      createdBy: expect.any(String),
      createdByName: 'Ada',
      expiresAt: null,
      revokedAt: null,
      lastUsedAt: null,
      createdAt: expect.any(String),
    });
    const { body: again } = await request(keys(`/${body.id}`), { token });
    expect(again).not.toHaveProperty('key');
    const stored = await db.query('select key_hash, k::text as all from api_keys k where id = $1', [body.id]);
    expect(stored[0]!.key_hash).toHaveLength(32);
    expect(stored[0]!.all).not.toContain(body.key);
    expect((await askGate({ apiKey: body.key })).status).toBe(400);
  });

  it('is audited without the key', async () => {
    const { body } = await request(keys(), { token, body: { name: 'Audited', scopes: ['numbers:read'] } });
    const events = await db.query('select * from audit_events where subject_id = $1', [body.id]);
    expect(events).toMatchObject([{ action: 'api_key.created', actor_label: 'admin@example.test' }]);
    expect(JSON.stringify(events)).not.toContain(body.key);
  });

  it.each([
    ['no name', { scopes: ['numbers:read'] }, 'name'],
    ['a blank name', { name: '  ', scopes: ['numbers:read'] }, 'name'],
    ['an endless name', { name: 'x'.repeat(201), scopes: ['numbers:read'] }, 'name'],
    ['no scopes', { name: 'x', scopes: [] }, 'scopes'],
    ['a scope twice', { name: 'x', scopes: ['numbers:read', 'numbers:read'] }, 'scopes'],
    ['a permission that no key may carry', { name: 'x', scopes: ['keys:manage'] }, 'scopes'],
    ['a scope without the one that it widens', { name: 'x', scopes: ['calls:settle-any'] }, 'scopes'],
    ['a date that is none', { name: 'x', scopes: ['numbers:read'], expiresAt: '2030-02-30' }, 'expiresAt'],
    ['a date in the past', { name: 'x', scopes: ['numbers:read'], expiresAt: '2020-01-01T00:00:00Z' }, 'expiresAt'],
    ['a key of its own', { name: 'x', scopes: ['numbers:read'], key: 'rf_live_mine' }, 'key'],
  ])('refuses %s', async (_what, body, field) => {
    const answer = await request(keys(), { token, body });
    expect([answer.status, answer.body.code]).toEqual([400, 'validation_failed']);
    expect(Object.keys(answer.body.errors)).toEqual([field]);
  });
});

describe('an API key', () => {
  it('is taken as Bearer token, as X-API-Key, and in HTTP Basic as password or user', async () => {
    const { key } = await createApiKey(db, { organizationId, scopes: ['calls:authorize'] });
    const ways = [{ token: key }, { apiKey: key }, { headers: basic(`api:${key}`) }, { headers: basic(`${key}:`) }];
    for (const way of ways) expect((await askGate(way)).status).toBe(400);
  });

  it('is refused when its checksum is wrong, without a look-up', async () => {
    const { key } = await createApiKey(db, { organizationId, scopes: ['calls:authorize'] });
    const { status, body } = await askGate({ apiKey: `${key.slice(0, -1)}${key.endsWith('0') ? '1' : '0'}` });
    expect([status, body.code]).toEqual([401, 'authentication_required']);
    expect(body.detail).toContain('not complete');
  });

  it('is refused when nobody made it', async () => {
    const { key, id } = await createApiKey(db, { organizationId, scopes: ['calls:authorize'] });
    await db.query('delete from api_keys where id = $1', [id]);
    const { status, body } = await askGate({ apiKey: key });
    expect([status, body.code]).toEqual([401, 'authentication_required']);
  });

  it('is refused when it has expired', async () => {
    const expired = { organizationId, scopes: ['calls:authorize' as const], expiresAt: new Date(Date.now() - 1_000) };
    const { key } = await createApiKey(db, expired);
    expect((await askGate({ apiKey: key })).status).toBe(401);
  });

  it('is refused at once when this process revokes it, although it was in use', async () => {
    const { id, key } = await createApiKey(db, { organizationId, scopes: ['calls:authorize'] });
    expect((await askGate({ apiKey: key })).status).toBe(400);
    expect((await request(keys(`/${id}`), { method: 'DELETE', token })).body.status).toBe('revoked');
    expect((await askGate({ apiKey: key })).status).toBe(401);
  });

  it('is refused by every other process soon after it is revoked', async () => {
    const { id, key } = await createApiKey(db, { organizationId, scopes: ['calls:authorize'] });
    expect((await askGate({ apiKey: key })).status).toBe(400);
    const revokedAtMs = Date.now();
    await db.query('update api_keys set revoked_at = now() where id = $1', [id]);
    await eventually(async () => (await askGate({ apiKey: key })).status === 401);
    expect(Date.now() - revokedAtMs).toBeLessThan(1_500);
  });

  it('remembers when it was last used', async () => {
    const { id, key } = await createApiKey(db, { organizationId, scopes: ['calls:authorize'] });
    await askGate({ apiKey: key });
    await eventually(async () => {
      const { body } = await request(keys(`/${id}`), { token });
      return body.lastUsedAt !== null;
    });
  });

  it('does not manage keys', async () => {
    const { key } = await createApiKey(db, { organizationId, scopes: ['numbers:read', 'numbers:write'] });
    expect((await request(keys(), { apiKey: key })).status).toBe(403);
  });
});

describe('GET /api-keys', () => {
  it('lists the keys of the own organization, filtered, sorted and counted', async () => {
    const own = await createOrganization(db);
    await createUser(db, { organizationId: own, role: 'owner', email: 'lister@example.test' });
    const lister = await signIn(api.url, 'lister@example.test');
    const made = [];
    // A search also looks at the beginning of the key, which is random and never has a space.
    for (const name of ['b desk', 'a desk', 'c desk']) {
      made.push(await createApiKey(db, { organizationId: own, scopes: ['numbers:read'], name }));
    }
    await request(keys(`/${made[2]!.id}`), { method: 'DELETE', token: lister });
    const list = async (parameters: Record<string, unknown>) => {
      const { body, headers } = await request(keys(query(parameters)), { token: lister });
      return { names: body.map(({ name }: { name: string }) => name), range: headers.get('content-range') };
    };
    expect(await list({ sort: ['name', 'ASC'], range: [0, 1] })).toEqual({
      names: ['a desk', 'b desk'],
      range: 'api-keys 0-1/3',
    });
    expect(await list({ filter: { status: 'revoked' } })).toEqual({ names: ['c desk'], range: 'api-keys 0-0/1' });
    expect(await list({ filter: { q: 'B DESK' } })).toMatchObject({ names: ['b desk'] });
    expect(await list({ filter: { id: [made[1]!.id] } })).toMatchObject({ names: ['a desk'] });
  });

  it('refuses a filter that it does not know', async () => {
    expect((await request(keys(query({ filter: { status: 'lost' } })), { token })).status).toBe(400);
    expect((await request(keys(query({ filter: { key_hash: 'x' } })), { token })).status).toBe(400);
  });
});

describe('PUT /api-keys/:id', () => {
  it('renames, also when the whole record comes back', async () => {
    const { id } = await createApiKey(db, { organizationId, scopes: ['numbers:read'], name: 'Old' });
    const { body: record } = await request(keys(`/${id}`), { token });
    const { status, body } = await request(keys(`/${id}`), {
      method: 'PUT',
      token,
      body: { ...record, name: 'New' },
    });
    expect(status).toBe(200);
    expect(body).toEqual({ ...record, name: 'New' });
  });

  it.each([
    ['scopes', { scopes: ['numbers:write'] }],
    ['expiresAt', { expiresAt: '2099-01-01T00:00:00Z' }],
  ])('does not change %s', async (field, body) => {
    const { id } = await createApiKey(db, { organizationId, scopes: ['numbers:read'] });
    const answer = await request(keys(`/${id}`), { method: 'PUT', token, body });
    expect([answer.status, Object.keys(answer.body.errors)]).toEqual([400, [field]]);
  });
});

describe('DELETE /api-keys/:id', () => {
  it('answers the revoked record, the second time the same', async () => {
    const { id } = await createApiKey(db, { organizationId, scopes: ['numbers:read'] });
    const first = await request(keys(`/${id}`), { method: 'DELETE', token });
    const second = await request(keys(`/${id}`), { method: 'DELETE', token });
    expect(first.body).toMatchObject({ id, status: 'revoked', revokedAt: expect.any(String) });
    expect(second.body).toEqual(first.body);
    const events = await db.query(`select from audit_events where action = 'api_key.revoked' and subject_id = $1`, [
      id,
    ]);
    expect(events).toHaveLength(1);
  });
});

describe("another organization's key", () => {
  it.each(['GET', 'PUT', 'DELETE'])('is the same 404 to %s as one that does not exist', async (method) => {
    const { id } = await createApiKey(db, { organizationId: otherId, scopes: ['numbers:read'] });
    const body = method === 'PUT' ? { name: 'Mine' } : undefined;
    const theirs = await request(keys(`/${id}`), { method, token, body });
    const nobodys = await request(keys('/0190aaaa-0000-7000-8000-000000000000'), { method, token, body });
    expect([theirs.status, theirs.body.code]).toEqual([404, 'record_not_found']);
    expect({ ...theirs.body, requestId: '' }).toEqual({ ...nobodys.body, requestId: '' });
  });

  it('is not listed', async () => {
    const { id } = await createApiKey(db, { organizationId: otherId, scopes: ['numbers:read'] });
    const { body } = await request(keys(query({ filter: { id: [id] } })), { token });
    expect(body).toEqual([]);
  });
});
