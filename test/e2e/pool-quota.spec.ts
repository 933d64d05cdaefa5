import { type RunningApi, startApi } from '../support/api.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { createApiKey, createOrganization, createPhoneNumber, createUser, signIn } from '../support/fixtures.js';
import { request } from '../support/http.js';

const POOL = '00000000-0000-7000-8000-000000000001';
const QUOTA = 5;

let db: TestDatabase;
let apis: RunningApi[];
let root: string;
let organizationId: string;
let key: string;

beforeAll(async () => {
  db = await createTestDatabase();
  apis = [await startApi({ databaseUrl: db.url }), await startApi({ databaseUrl: db.url })];
  await createUser(db, { organizationId: null, role: 'owner', email: 'root@quota.test', platformAdmin: true });
  root = await signIn(apis[0]!.url, 'root@quota.test');
});

beforeEach(async () => {
  organizationId = await createOrganization(db);
  key = (await createApiKey(db, { organizationId, scopes: ['numbers:read', 'numbers:write'] })).key;
  expect((await setQuota(QUOTA)).status).toBe(200);
});

afterAll(async () => {
  for (const api of apis ?? []) await api.close();
  await db?.drop();
});

const v1 = (path: string, process = 0) => `${apis[process]!.url}/api/v1/${path}`;
const setQuota = (poolQuota: unknown, id = organizationId) =>
  request(v1(`organizations/${id}`), { method: 'PUT', token: root, body: { poolQuota } });
const step = (id: string, name: string, process = 0) =>
  request(v1(`phone-numbers/${id}/${name}`, process), { apiKey: key, body: {} });
const bulk = (body: object, process = 0) =>
  request(v1('phone-numbers/bulk', process), { apiKey: key, body: { operation: 'claim', ...body } });

async function pooled(count: number): Promise<string[]> {
  const ids: string[] = [];
  while (ids.length < count) ids.push(await createPhoneNumber(db, { organizationId: POOL }));
  return ids;
}

async function held(): Promise<{ claimed: number; reserved: number }> {
  const [row] = await db.query(
    `select count(*) filter (where organization_id = $1)::integer as claimed,
       count(*) filter (where reserved_by = $1 and reserved_until > now())::integer as reserved
     from phone_numbers where organization_id = $1 or reserved_by = $1`,
    [organizationId],
  );
  return row as { claimed: number; reserved: number };
}

describe('the quota of pool numbers', () => {
  it('lets 50 claims at once, at two API processes, take exactly what it allows', async () => {
    const ids = await pooled(50);
    const answers = await Promise.all(ids.map((id, index) => step(id, 'claim', index % 2)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(QUOTA);
    const refused = answers.filter(({ status }) => status !== 200);
    expect(new Set(refused.map(({ status, body }) => `${status} ${body.code}`))).toEqual(
      new Set(['409 pool_quota_reached']),
    );
    expect(await held()).toEqual({ claimed: QUOTA, reserved: 0 });
    expect(refused[0]!.body.detail).toBe(
      'The organization holds 5 numbers of the pool, claimed or reserved, and its quota is 5. ' +
        'Release or unreserve some first, or ask the platform administrator to raise the quota.',
    );
  });

  it('counts claims, reservations and bulk claims together, also when all of them come at once', async () => {
    const ids = await pooled(60);
    await Promise.all([
      ...ids.slice(0, 15).map((id, index) => step(id, 'reserve', index % 2)),
      ...ids.slice(15, 30).map((id, index) => step(id, 'claim', index % 2)),
      ...[0, 1, 2].map((part) => bulk({ ids: ids.slice(30 + 10 * part, 40 + 10 * part) }, part % 2)),
    ]);
    const { claimed, reserved } = await held();
    expect(claimed + reserved).toBe(QUOTA);
  });

  it('lets a bulk claim take what fits, refuse the rest by name, and preview the same', async () => {
    const ids = await pooled(20);
    const preview = await bulk({ ids, preview: true });
    expect(preview.body).toMatchObject({ applied: false, total: 20, done: QUOTA, refused: 15 });
    const { status, body } = await bulk({ ids });
    expect(status).toBe(200);
    expect(body).toEqual({ ...preview.body, preview: false, applied: true });
    const codes = (body.items as { outcome: string; code: string | null }[]).map(({ code }) => code);
    expect(codes.filter((code) => code === 'pool_quota_reached')).toHaveLength(15);
    expect(await held()).toEqual({ claimed: QUOTA, reserved: 0 });
  });

  it('refuses a bulk claim as a whole when all or nothing was meant', async () => {
    const { body } = await bulk({ ids: await pooled(QUOTA + 1), allOrNothing: true });
    expect(body).toMatchObject({ applied: false, refused: 1 });
    expect(await held()).toEqual({ claimed: 0, reserved: 0 });
    expect((await bulk({ ids: await pooled(QUOTA), allOrNothing: true })).body).toMatchObject({
      applied: true,
      done: 5,
    });
  });

  it('gives room back with a release, an end of a reservation, and a reservation that has run out', async () => {
    const [claimed, reserved, expiring, another, next] = (await pooled(5)) as [string, string, string, string, string];
    await setQuota(3);
    expect((await step(claimed, 'claim')).status).toBe(200);
    expect((await step(reserved, 'reserve')).status).toBe(200);
    expect((await step(expiring, 'reserve')).status).toBe(200);
    for (const name of ['claim', 'reserve']) {
      expect((await step(another, name)).body).toMatchObject({ status: 409, code: 'pool_quota_reached' });
    }
    expect((await step(claimed, 'release')).status).toBe(200);
    expect((await step(another, 'claim')).status).toBe(200);
    expect((await step(next, 'claim')).status).toBe(409);
    expect((await step(reserved, 'unreserve')).status).toBe(200);
    expect((await step(next, 'claim')).status).toBe(200);
    expect((await step(claimed, 'claim')).status).toBe(409);
    await db.query(`update phone_numbers set reserved_until = now() - interval '1 second' where id = $1`, [expiring]);
    expect((await step(claimed, 'claim')).status).toBe(200);
    expect((await step(expiring, 'reserve')).status).toBe(409);
  });

  it('counts a number once that is reserved, reserved for longer and then claimed', async () => {
    const [id, other] = (await pooled(2)) as [string, string];
    await setQuota(1);
    expect((await step(id, 'reserve')).status).toBe(200);
    expect((await step(id, 'reserve')).status).toBe(200);
    expect((await step(other, 'reserve')).status).toBe(409);
    expect((await bulk({ ids: [id, other] })).body).toMatchObject({ done: 1, refused: 1 });
    expect((await step(other, 'claim')).status).toBe(409);
    expect(await held()).toEqual({ claimed: 1, reserved: 0 });
  });

  it('leaves what is held when it is lowered, and lets nothing more be taken until there is room', async () => {
    const ids = await pooled(4);
    for (const id of ids.slice(0, 3)) await step(id, 'claim');
    await setQuota(1);
    expect(await held()).toEqual({ claimed: 3, reserved: 0 });
    expect((await step(ids[3]!, 'claim')).body.detail).toContain('holds 3 numbers of the pool');
    for (const id of ids.slice(0, 2)) await step(id, 'release');
    expect((await step(ids[3]!, 'claim')).status).toBe(409);
    await step(ids[2]!, 'release');
    expect((await step(ids[3]!, 'claim')).status).toBe(200);
  });

  it('does not bind the platform organization, which keeps numbers of its own pool', async () => {
    const platform = (await createApiKey(db, { organizationId: POOL, scopes: ['numbers:write'] })).key;
    for (const id of await pooled(QUOTA + 1)) {
      const answer = await request(v1(`phone-numbers/${id}/reserve`), { apiKey: platform, body: {} });
      expect(answer.status).toBe(200);
    }
  });
});

describe('who sets the quota', () => {
  it('is the platform administrator, and the organization reads of it', async () => {
    await createUser(db, { organizationId, role: 'owner', email: 'owner@quota.test' });
    const token = await signIn(apis[0]!.url, 'owner@quota.test');
    const current = () => request(v1('organizations/current'), { token });
    expect((await setQuota(7)).body.poolQuota).toBe(7);
    const { body: record } = await current();
    expect(record.poolQuota).toBe(7);
    const change = (body: object) => request(v1('organizations/current'), { method: 'PUT', token, body });
    expect((await change({ ...record, name: 'Renamed' })).body).toMatchObject({ name: 'Renamed', poolQuota: 7 });
    const refused = await change({ poolQuota: 8 });
    expect([refused.status, refused.body.errors]).toEqual([400, { poolQuota: 'cannot be changed' }]);
    const foreign = await request(v1(`organizations/${organizationId}`), {
      method: 'PUT',
      token,
      body: { poolQuota: 8 },
    });
    expect(foreign.status).toBe(403);
    const events = await db.query(
      `select changes from audit_events where organization_id = $1 and changes ? 'poolQuota' order by id`,
      [organizationId],
    );
    expect(events.map(({ changes }) => changes)).toEqual([
      { poolQuota: { from: 100, to: QUOTA } },
      { poolQuota: { from: QUOTA, to: 7 } },
    ]);
  });

  it('cannot be the role that the organization’s requests run as', async () => {
    const client = await db.connect();
    try {
      await client.query('begin; set local role ringfence_app');
      await client.query(`select set_config('ringfence.organization_ids', $1, true)`, [`{${organizationId}}`]);
      const raise = client.query('update organizations set pool_quota = 1000 where id = $1', [organizationId]);
      await expect(raise).rejects.toMatchObject({ code: '42501' });
    } finally {
      await client.end();
    }
  });

  it.each([-1, 1.5, '5', 1_000_001, null])('cannot set it to %j', async (poolQuota) => {
    const { status, body } = await setQuota(poolQuota);
    expect([status, Object.keys(body.errors)]).toEqual([400, ['poolQuota']]);
  });

  it('gives the platform organization none', async () => {
    const { body } = await request(v1(`organizations/${POOL}`), { token: root });
    expect(body.poolQuota).toBe(null);
    expect(await setQuota(5, POOL)).toMatchObject({ status: 409, body: { code: 'conflict' } });
    const same = await request(v1(`organizations/${POOL}`), { method: 'PUT', token: root, body });
    expect(same.status).toBe(200);
  });

  it('gives a new organization what is asked for, or 100', async () => {
    const make = (slug: string, more: object = {}) =>
      request(v1('organizations'), { token: root, body: { slug, name: slug, ...more } });
    expect((await make('usual')).body.poolQuota).toBe(100);
    expect((await make('large', { poolQuota: 2_000 })).body.poolQuota).toBe(2_000);
    const none = await make('none', { poolQuota: null });
    expect([none.status, Object.keys(none.body.errors)]).toEqual([400, ['poolQuota']]);
  });
});
