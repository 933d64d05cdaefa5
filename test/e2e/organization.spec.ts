import { type RunningApi, startApi } from '../support/api.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { createOrganization, createUser, signIn } from '../support/fixtures.js';
import { request } from '../support/http.js';
import { accept, tokenOf } from '../support/invitations.js';

const PLATFORM = '00000000-0000-7000-8000-000000000001';

let db: TestDatabase;
let api: RunningApi;
let serial = 0;
let root: string;

beforeAll(async () => {
  db = await createTestDatabase();
  api = await startApi({ databaseUrl: db.url });
  await createUser(db, { organizationId: null, role: 'owner', email: 'root@example.test', platformAdmin: true });
  root = await signIn(api.url, 'root@example.test');
});

afterAll(async () => {
  await api?.close();
  await db?.drop();
});

const organizations = (path = '') => `${api.url}/api/v1/organizations${path}`;

/** An organization with an admin who is signed in. */
async function tenant(timeZone = 'Europe/Berlin') {
  serial += 1;
  const email = `admin-${serial}@example.test`;
  const id = await createOrganization(db, { slug: `tenant-${serial}`, timeZone });
  await createUser(db, { organizationId: id, role: 'admin', email });
  const token = await signIn(api.url, email);
  return {
    id,
    current: () => request(organizations('/current'), { token }),
    change: (body: unknown) => request(organizations('/current'), { method: 'PUT', token, body }),
  };
}

describe('GET /organizations/current', () => {
  it('answers the settings', async () => {
    const { id, current } = await tenant();
    const { status, body } = await current();
    expect(status).toBe(200);
    expect(body).toEqual({
      id,
      kind: 'tenant',
      slug: expect.stringMatching(/^tenant-/),
      name: expect.any(String),
      timeZone: 'Europe/Berlin',
      previousTimeZone: null,
      timeZoneEffectiveAt: null,
      currency: 'USD',
      defaultDailyLimit: 100,
      defaultAllowedCountries: [],
      numbersPerAgent: 'many',
      poolQuota: 100,
      suspended: false,
      createdAt: expect.any(String),
      updatedAt: expect.any(String),
    });
  });
});

describe('PUT /organizations/current', () => {
  it('merges what is sent, also when the whole record comes back, and leaves it in the audit log', async () => {
    const { id, current, change } = await tenant();
    const { body: record } = await current();
    const changes = { name: 'New name', currency: 'EUR', defaultDailyLimit: 7, defaultAllowedCountries: ['DE', 'AT'] };
    const { status, body } = await change({ ...record, ...changes });
    expect(status).toBe(200);
    expect({ ...body, updatedAt: '' }).toEqual({ ...record, ...changes, updatedAt: '' });
    expect((await change({ currency: 'USD' })).body).toMatchObject({ name: 'New name', currency: 'USD' });
    const events = await db.query(`select changes from audit_events where subject_id = $1 order by id`, [id]);
    expect(events[0]).toMatchObject({ changes: { defaultDailyLimit: { from: 100, to: 7 } } });
    expect(events[1]).toEqual({ changes: { currency: { from: 'EUR', to: 'USD' } } });
  });

  it('takes countries by the names that mean them, each once', async () => {
    const { change } = await tenant();
    const { status, body } = await change({ defaultAllowedCountries: ['de', 'DEU', 'UK'] });
    expect([status, body.defaultAllowedCountries]).toEqual([200, ['DE', 'GB']]);
  });

  it.each([
    ['an empty name', { name: ' ' }, 'name'],
    ['an endless name', { name: 'x'.repeat(201) }, 'name'],
    ['null as a name', { name: null }, 'name'],
    ['a zone that does not exist', { timeZone: 'Mars/Olympus' }, 'timeZone'],
    ['an offset as a zone', { timeZone: '+03:00' }, 'timeZone'],
    ['an abbreviation as a zone', { timeZone: 'EST' }, 'timeZone'],
    ['a currency that does not exist', { currency: 'XQZ' }, 'currency'],
    ['a negative limit', { defaultDailyLimit: -1 }, 'defaultDailyLimit'],
    ['a fraction as a limit', { defaultDailyLimit: 1.5 }, 'defaultDailyLimit'],
    ['a limit over the bound', { defaultDailyLimit: 1_000_001 }, 'defaultDailyLimit'],
    ['a country that does not exist', { defaultAllowedCountries: ['ZZ'] }, 'defaultAllowedCountries'],
    ['countries that are no list', { defaultAllowedCountries: 'DE' }, 'defaultAllowedCountries'],
    ['another slug', { slug: 'other' }, 'slug'],
    ['its own suspension', { suspended: true }, 'suspended'],
    ['a larger share of the pool', { poolQuota: 1_000 }, 'poolQuota'],
    ['no bound on its share of the pool', { poolQuota: null }, 'poolQuota'],
    ['an unknown field', { kind2: 'platform' }, 'kind2'],
  ])('refuses %s', async (_what, body, field) => {
    const { change } = await tenant();
    const answer = await change(body);
    expect([answer.status, answer.body.code]).toEqual([400, 'validation_failed']);
    expect(Object.keys(answer.body.errors)).toEqual([field]);
  });
});

describe('a change of the time zone', () => {
  /** Stands the clock of this test's database still. */
  const clockAt = (instant: string) =>
    db.query(
      `create or replace function ringfence_clock() returns timestamptz language sql volatile parallel safe
       as $$ select '${instant}'::timestamptz $$`,
    );

  afterAll(() =>
    db.query(
      `create or replace function ringfence_clock() returns timestamptz language sql volatile parallel safe
       as 'select clock_timestamp()'`,
    ),
  );

  async function zoneOf(id: string) {
    const [row] = await db.query(
      'select time_zone, previous_time_zone, time_zone_effective_at from organizations where id = $1',
      [id],
    );
    return [row!.time_zone, row!.previous_time_zone, row!.time_zone_effective_at?.toISOString() ?? null];
  }

  it('takes effect at the next midnight of the old zone', async () => {
    const { id, change } = await tenant('Europe/Berlin');
    await clockAt('2099-03-01T15:00:00Z');
    const { body } = await change({ timeZone: 'America/New_York' });
    expect(body).toMatchObject({
      timeZone: 'America/New_York',
      previousTimeZone: 'Europe/Berlin',
      timeZoneEffectiveAt: '2099-03-01T23:00:00.000Z',
    });
    expect(await zoneOf(id)).toEqual(['America/New_York', 'Europe/Berlin', '2099-03-01T23:00:00.000Z']);
  });

  it('keeps the zone that counts until then when it is changed once more', async () => {
    const { id, change } = await tenant('Europe/Berlin');
    await clockAt('2099-03-01T15:00:00Z');
    await change({ timeZone: 'America/New_York' });
    await clockAt('2099-03-01T22:59:59Z');
    await change({ timeZone: 'Asia/Tokyo' });
    expect(await zoneOf(id)).toEqual(['Asia/Tokyo', 'Europe/Berlin', '2099-03-01T23:00:00.000Z']);
  });

  it('is taken back by going back to the old zone before that midnight', async () => {
    const { id, change } = await tenant('Europe/Berlin');
    await clockAt('2099-03-01T15:00:00Z');
    await change({ timeZone: 'America/New_York' });
    await change({ timeZone: 'Europe/Berlin' });
    expect(await zoneOf(id)).toEqual(['Europe/Berlin', null, null]);
  });

  it('starts from the new zone once it counts', async () => {
    const { id, change } = await tenant('Europe/Berlin');
    await clockAt('2099-03-01T15:00:00Z');
    await change({ timeZone: 'America/New_York' });
    await clockAt('2099-03-02T12:00:00Z');
    await change({ timeZone: 'Asia/Tokyo' });
    expect(await zoneOf(id)).toEqual(['Asia/Tokyo', 'America/New_York', '2099-03-03T05:00:00.000Z']);
  });

  it('finds the first instant of a day that has no midnight', async () => {
    const { id, change } = await tenant('Asia/Beirut');
    await clockAt('2026-03-28T12:00:00Z');
    await change({ timeZone: 'UTC' });
    // Beirut put its clocks forward from 00:00 to 01:00 on 29 March 2026, at 22:00 UTC the day before.
    expect(await zoneOf(id)).toEqual(['UTC', 'Asia/Beirut', '2026-03-28T22:00:00.000Z']);
  });
});

describe('the organizations of the platform', () => {
  const fresh = () => {
    serial += 1;
    return { slug: `fresh-${serial}`, name: 'Fresh', timeZone: 'Asia/Tokyo', defaultAllowedCountries: ['JP'] };
  };

  it('are created by a platform administrator, who then invites the first owner', async () => {
    const { status, body } = await request(organizations(), { token: root, body: fresh() });
    expect(status).toBe(201);
    expect(body).toMatchObject({ kind: 'tenant', timeZone: 'Asia/Tokyo', defaultAllowedCountries: ['JP'] });
    const email = `first-${serial}@example.test`;
    const owner = await request(`${api.url}/api/v1/users`, {
      token: root,
      headers: { 'x-organization-id': body.id },
      body: { email, role: 'owner' },
    });
    expect([owner.status, owner.body.invitedByName]).toEqual([201, null]);
    await accept(api.url, { token: tokenOf(owner.body), name: 'First', password: 'a long password' });
    const token = await signIn(api.url, email, 'a long password');
    expect((await request(organizations('/current'), { token })).body.id).toBe(body.id);
  });

  it('have slugs of their own', async () => {
    const body = fresh();
    await request(organizations(), { token: root, body });
    const answer = await request(organizations(), { token: root, body });
    expect([answer.status, answer.body.code]).toEqual([409, 'conflict']);
    expect(Object.keys(answer.body.errors)).toEqual(['slug']);
  });

  it.each([
    ['a slug with capitals', { slug: 'Acme' }, 'slug'],
    ['no name', { name: undefined }, 'name'],
    ['a zone that does not exist', { timeZone: 'Nowhere/Land' }, 'timeZone'],
    ['another kind', { kind: 'platform' }, 'kind'],
  ])('are not created with %s', async (_what, facts, field) => {
    const answer = await request(organizations(), { token: root, body: { ...fresh(), ...facts } });
    expect([answer.status, Object.keys(answer.body.errors)]).toEqual([400, [field]]);
  });

  it('are listed, filtered, sorted and counted', async () => {
    await createOrganization(db, { slug: 'findable-b' });
    await createOrganization(db, { slug: 'findable-a' });
    const { body, headers } = await request(organizations('?filter={"q":"FINDABLE"}&sort=["slug","ASC"]&range=[0,0]'), {
      token: root,
    });
    expect(body.map(({ slug }: { slug: string }) => slug)).toEqual(['findable-a']);
    expect(headers.get('content-range')).toBe('organizations 0-0/2');
  });

  it('are suspended and taken up again, except for the platform itself', async () => {
    const { id, current } = await tenant();
    const suspend = (target: string, suspended: boolean) =>
      request(organizations(`/${target}`), { method: 'PUT', token: root, body: { suspended } });
    expect((await suspend(id, true)).body.suspended).toBe(true);
    expect((await current()).body.suspended).toBe(true);
    expect((await suspend(id, false)).body.suspended).toBe(false);
    const { status, body } = await suspend(PLATFORM, true);
    expect([status, body.code]).toEqual([409, 'conflict']);
    const events = await db.query(
      `select organization_id, changes from audit_events where subject_id = $1
       order by occurred_at, organization_id = $1 limit 2`,
      [id],
    );
    // Both see it: who administers the platform, and who administers the organization.
    const changes = { suspended: { from: false, to: true } };
    expect(events).toEqual([
      { organization_id: PLATFORM, changes },
      { organization_id: id, changes },
    ]);
  });

  it('answer 404 when there is none', async () => {
    const path = organizations('/0190aaaa-0000-7000-8000-000000000000');
    for (const method of ['GET', 'PUT']) {
      const { status, body } = await request(path, { method, token: root, ...(method === 'PUT' && { body: {} }) });
      expect([status, body.code]).toEqual([404, 'record_not_found']);
    }
  });

  it('are hidden from everybody else', async () => {
    const { id } = await tenant();
    await createUser(db, { organizationId: id, role: 'owner', email: `owner-of-${id}@example.test` });
    const token = await signIn(api.url, `owner-of-${id}@example.test`);
    for (const [method, path] of [
      ['GET', ''],
      ['POST', ''],
      ['GET', `/${id}`],
      ['PUT', `/${PLATFORM}`],
    ] as const) {
      const { status, body } = await request(organizations(path), {
        method,
        token,
        ...(method !== 'GET' && { body: {} }),
      });
      expect([status, body.code]).toEqual([403, 'permission_denied']);
    }
  });
});
