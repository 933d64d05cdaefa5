import { type RunningApi, startApi } from '../support/api.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { addMember, createAgent, createOrganization, createUser, signIn } from '../support/fixtures.js';
import { request } from '../support/http.js';

let db: TestDatabase;
let api: RunningApi;
let organizationId: string;
let otherId: string;
let ownerId: string;
let owner: string;
let admin: string;
let serial = 0;

beforeAll(async () => {
  db = await createTestDatabase();
  api = await startApi({ databaseUrl: db.url });
  organizationId = await createOrganization(db, { slug: 'acme' });
  otherId = await createOrganization(db, { slug: 'rival' });
  ownerId = await createUser(db, { organizationId, role: 'owner', email: 'owner@example.test', name: 'Olga' });
  await createUser(db, { organizationId, role: 'admin', email: 'admin@example.test', name: 'Ada' });
  owner = await signIn(api.url, 'owner@example.test');
  admin = await signIn(api.url, 'admin@example.test');
});

afterAll(async () => {
  await api?.close();
  await db?.drop();
});

const users = (path = '') => `${api.url}/api/v1/users${path}`;
const change = (id: string, token: string, body: unknown) => request(users(`/${id}`), { method: 'PUT', token, body });
const remove = (id: string, token: string) => request(users(`/${id}`), { method: 'DELETE', token });

describe('GET /users', () => {
  it('lists the members, filtered, sorted and counted', async () => {
    const list = (query: string) => request(users(`?${query}`), { token: admin });
    const { body, headers } = await list('filter={"role":"owner"}&sort=["email","ASC"]');
    expect(body).toMatchObject([{ id: ownerId, email: 'owner@example.test', role: 'owner' }]);
    expect(headers.get('content-range')).toBe('users 0-0/1');
    expect((await list('filter={"q":"OLG"}')).body).toHaveLength(1);
    expect((await list('filter={"role":"king"}')).status).toBe(400);
  });

  it('tells of a person the e-mail and the name, and nothing that is no business of the organization', async () => {
    const { body } = await request(users(`/${ownerId}`), { token: admin });
    expect(body).toEqual({
      id: ownerId,
      email: 'owner@example.test',
      name: 'Olga',
      role: 'owner',
      clientIds: null,
      createdAt: expect.any(String),
      updatedAt: expect.any(String),
    });
    // What they do elsewhere does not show here either.
    await db.query(`update users set password_hash = 'other', disabled_at = now() where id = $1`, [ownerId]);
    expect((await request(users(`/${ownerId}`), { token: admin })).body).toEqual(body);
    await db.query(`update users set disabled_at = null where id = $1`, [ownerId]);
  });
});

describe('PUT /users/:id', () => {
  it('changes the role, also when the whole record comes back, and it counts at once', async () => {
    const id = await createUser(db, { organizationId, role: 'manager', email: 'rising@example.test' });
    const token = await signIn(api.url, 'rising@example.test');
    expect((await request(users(), { token })).status).toBe(403);
    const { body: record } = await request(users(`/${id}`), { token: admin });
    const { status, body } = await change(id, admin, { ...record, role: 'admin' });
    expect([status, body.role]).toEqual([200, 'admin']);
    expect((await request(users(), { token })).status).toBe(200);
    const events = await db.query(
      `select changes from audit_events where subject_id = $1 and action = 'user.updated'`,
      [id],
    );
    expect(events).toEqual([{ changes: { role: { from: 'manager', to: 'admin' } } }]);
  });

  it('does not change the e-mail', async () => {
    const { status, body } = await change(ownerId, owner, { email: 'other@example.test' });
    expect([status, Object.keys(body.errors)]).toEqual([400, ['email']]);
  });

  it('does not rename a person, whose name is their own, whether they are elsewhere as well or not', async () => {
    const id = await createUser(db, { organizationId, role: 'agent', email: 'one-place@example.test' });
    const shared = await createUser(db, { organizationId, role: 'agent', email: 'two-places@example.test' });
    await addMember(db, otherId, shared, 'agent');
    const answers = [await change(id, owner, { name: 'Renamed' }), await change(shared, owner, { name: 'Renamed' })];
    for (const { status, body } of answers) {
      expect([status, body.errors]).toEqual([400, { name: expect.stringContaining('belongs to the person') }]);
    }
  });
});

describe('owners', () => {
  it('are not made, changed or removed by an admin', async () => {
    const second = await createUser(db, { organizationId, role: 'owner', email: 'second@example.test' });
    const manager = await createUser(db, { organizationId, role: 'manager', email: 'wants-up@example.test' });
    const answers = [
      await request(users(), { token: admin, body: { email: 'new-owner@example.test', role: 'owner' } }),
      await change(manager, admin, { role: 'owner' }),
      await change(second, admin, { role: 'agent' }),
      await remove(second, admin),
    ];
    for (const { status, body } of answers) expect([status, body.code]).toEqual([403, 'permission_denied']);
    expect((await remove(second, owner)).status).toBe(200);
  });

  it('are made by an owner', async () => {
    const id = await createUser(db, { organizationId, role: 'manager', email: 'made-owner@example.test' });
    expect((await change(id, owner, { role: 'owner' })).body.role).toBe('owner');
    expect((await change(id, owner, { role: 'manager' })).status).toBe(200);
  });

  it('always leave one behind', async () => {
    const answers = [await change(ownerId, owner, { role: 'admin' }), await remove(ownerId, owner)];
    for (const { status, body } of answers) expect([status, body.code]).toEqual([409, 'conflict']);
  });

  it('always leave one behind, also when two demote each other at once', async () => {
    const small = await createOrganization(db);
    const [one, two] = [
      await createUser(db, { organizationId: small, role: 'owner', email: 'one@example.test' }),
      await createUser(db, { organizationId: small, role: 'owner', email: 'other@example.test' }),
    ];
    const [first, second] = [await signIn(api.url, 'one@example.test'), await signIn(api.url, 'other@example.test')];
    await Promise.all([change(two, first, { role: 'agent' }), change(one, second, { role: 'agent' })]);
    const [left] = await db.query(
      `select count(*)::int from memberships where organization_id = $1 and role = 'owner'`,
      [small],
    );
    expect(left).toEqual({ count: 1 });
  });
});

describe('DELETE /users/:id', () => {
  it('answers the member as they were, ends their sessions here and unlinks their agent', async () => {
    const id = await createUser(db, { organizationId, role: 'agent', email: 'gone@example.test' });
    await createAgent(db, { organizationId, userId: id });
    const session = await request(`${api.url}/api/v1/auth/login`, {
      body: { email: 'gone@example.test', password: 'ringfence-demo' },
    });
    const cookie = session.headers.get('set-cookie')!.split(';')[0]!;
    const { status, body } = await remove(id, admin);
    expect([status, body.email, body.role]).toEqual([200, 'gone@example.test', 'agent']);
    const refreshed = await request(`${api.url}/api/v1/auth/refresh`, { body: {}, headers: { cookie } });
    expect(refreshed.status).toBe(401);
    expect(await db.query('select from agents where user_id = $1', [id])).toEqual([]);
    expect((await remove(id, admin)).status).toBe(404);
  });
});

describe('a user of another organization', () => {
  it.each(['GET', 'PUT', 'DELETE'])('is the same 404 to %s as one who does not exist', async (method) => {
    serial += 1;
    const id = await createUser(db, {
      organizationId: otherId,
      role: 'agent',
      email: `foreign-${serial}@example.test`,
    });
    const body = method === 'PUT' ? { role: 'admin' } : undefined;
    const theirs = await request(users(`/${id}`), { method, token: owner, body });
    const missing = await request(users('/0190aaaa-0000-7000-8000-000000000000'), { method, token: owner, body });
    expect([theirs.status, theirs.body.code]).toEqual([404, 'record_not_found']);
    expect({ ...theirs.body, requestId: '' }).toEqual({ ...missing.body, requestId: '' });
    expect(await db.query('select role from memberships where user_id = $1', [id])).toEqual([{ role: 'agent' }]);
  });

  it('is not listed', async () => {
    const { body } = await request(users('?range=[0,999]'), { token: owner });
    const emails = body.map(({ email }: { email: string }) => email);
    expect(emails.filter((email: string) => email.startsWith('foreign'))).toEqual([]);
  });
});
