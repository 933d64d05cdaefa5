import { fetchUtils } from 'ra-core';
import simpleRestProvider from 'ra-data-simple-rest';
import { randomUUID } from 'node:crypto';
import { type RunningApi, startApi } from '../support/api.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { createAgent, createAssignment, createOrganization, createUser, signIn } from '../support/fixtures.js';
import { request } from '../support/http.js';

type Provider = ReturnType<typeof simpleRestProvider>;
type RecordOf = { id: string } & Record<string, unknown>;

interface Resource {
  name: string;
  /** Makes one more record. */
  make(): Promise<unknown>;
  /** What PUT takes of a record beside all that it was answered; null where records are not changed by design. */
  change: ((place: number) => object) | null;
  /** Whether records are deleted, one by one. */
  deletes: boolean;
  /** Whether a record that was deleted is told about afterwards, as ended. */
  staysListed?: boolean;
}

let db: TestDatabase;
let api: RunningApi;
let organizationId: string;
let token: string;
let provider: Provider;
let serial = 0;
const next = () => (serial += 1);
const email = 'owner-of-all@example.test';

/** Requests as react-admin sends them, with its own reader, and nothing of the console's in between. */
const withToken: typeof fetchUtils.fetchJson = (url, options = {}) => {
  const headers = new Headers(options.headers ?? { accept: 'application/json' });
  headers.set('authorization', `Bearer ${token}`);
  return fetchUtils.fetchJson(url, { ...options, headers });
};

const create = (resource: string, data: object) => provider.create(resource, { data });
const newNumber = () => `+1415556${String(next()).padStart(4, '0')}`;

async function makeAssignment(): Promise<unknown> {
  const agentId = await createAgent(db, { organizationId });
  const { data } = await create('phone-numbers', { phoneNumber: newNumber(), provider: 'telnyx' });
  return create('agent-assignments', { agentId, phoneNumberId: data.id, dailyLimit: 10 });
}

const upload = () =>
  request(`${api.url}/api/v1/phone-numbers/bulk-upload?dryRun=true`, {
    token,
    body: `${newNumber()},telnyx,US\n`,
    headers: { 'content-type': 'text/csv', prefer: 'wait=5' },
  });

const RESOURCES: Resource[] = [
  {
    name: 'agents',
    make: () => create('agents', { name: `Agent no. ${next()}`, kind: 'ai' }),
    change: (place) => ({ externalId: `external ${place}` }),
    deletes: true,
  },
  {
    name: 'clients',
    make: () => create('clients', { name: `Client ${next()}` }),
    change: (place) => ({ name: `Renamed client ${place}` }),
    deletes: true,
  },
  {
    name: 'phone-numbers',
    make: () => create('phone-numbers', { phoneNumber: newNumber(), provider: 'telnyx' }),
    change: () => ({ label: 'Changed' }),
    deletes: true,
  },
  {
    name: 'agent-assignments',
    make: makeAssignment,
    change: () => ({ dailyLimit: 77 }),
    deletes: true,
  },
  {
    name: 'users',
    make: () => createUser(db, { organizationId, role: 'agent' }),
    change: () => ({ role: 'manager' }),
    deletes: true,
  },
  {
    name: 'api-keys',
    make: () => create('api-keys', { name: `Key ${next()}`, scopes: ['calls:authorize'] }),
    change: () => ({ name: 'Renamed key' }),
    deletes: true,
    staysListed: true,
  },
  {
    name: 'invitations',
    make: () => create('users', { email: `invited-${next()}@example.test`, role: 'agent' }),
    change: null,
    deletes: true,
    staysListed: true,
  },
  {
    name: 'organizations',
    make: () => create('organizations', { slug: `org-${next()}`, name: 'One more' }),
    change: () => ({ name: 'Renamed organization' }),
    deletes: true,
  },
  { name: 'imports', make: upload, change: null, deletes: false },
  // What happened is written by what happens: each agent leaves an event.
  {
    name: 'audit-events',
    make: () => create('agents', { name: `Agent no. ${next()}`, kind: 'ai' }),
    change: null,
    deletes: false,
  },
];

/** What is asked of records that nobody may lose: the caller's own account and the organization that it works in. */
const mine = new Set<string>();

beforeAll(async () => {
  db = await createTestDatabase();
  api = await startApi({ databaseUrl: db.url });
  organizationId = await createOrganization(db, { defaultAllowedCountries: ['US'] });
  mine.add(organizationId);
  mine.add(await createUser(db, { organizationId, role: 'owner', email, platformAdmin: true }));
  token = await signIn(api.url, email);
  provider = simpleRestProvider(`${api.url}/api/v1`, withToken);
});

afterAll(async () => {
  await api?.close();
  await db?.drop();
});

const page = (resource: string, parameters: object = {}) =>
  provider.getList(resource, {
    pagination: { page: 1, perPage: 500 },
    sort: { field: 'id', order: 'ASC' },
    filter: {},
    ...parameters,
  });
const idsOf = (records: { id: unknown }[]) => records.map(({ id }) => id as string);
const theirs = async (resource: string) =>
  (await page(resource, { sort: { field: 'id', order: 'DESC' } })).data.filter(
    ({ id, kind }) => !mine.has(id as string) && kind !== 'platform',
  ) as RecordOf[];

it('knows every list of the API that takes a sort', async () => {
  const { body } = await request(`${api.url}/api/openapi.json`);
  const lists = Object.entries(body.paths as Record<string, { get?: { parameters?: { name: string }[] } }>)
    .filter(([, { get }]) => get?.parameters?.some(({ name }) => name === 'sort'))
    .map(([path]) => path.replace('/api/v1/', ''));
  expect(lists.sort()).toEqual(RESOURCES.map(({ name }) => name).sort());
});

describe.each(RESOURCES)('$name, through ra-data-simple-rest', ({ name, make, change, deletes, staysListed }) => {
  beforeAll(async () => {
    for (let made = 0; made < 6; made += 1) await make();
  });

  const refusal = (work: Promise<unknown>) =>
    work.then(
      () => null,
      (error: { status: number; body: object }) => error,
    );

  it('is listed by id in both directions, page by page, with its total', async () => {
    const { data, total } = await page(name);
    const ids = idsOf(data);
    expect(ids.length).toBeGreaterThanOrEqual(6);
    expect([total, ids]).toEqual([ids.length, [...ids].sort()]);
    const reversed = await page(name, { sort: { field: 'id', order: 'DESC' } });
    expect(idsOf(reversed.data)).toEqual([...ids].reverse());
    const pages = await Promise.all(
      [1, 2, 3].map((number) => page(name, { pagination: { page: number, perPage: 2 } })),
    );
    expect(pages.flatMap(({ data }) => idsOf(data))).toEqual(ids.slice(0, 6));
    expect(new Set(pages.map(({ total }) => total))).toEqual(new Set([ids.length]));
  });

  it('answers an empty page behind the end, with the total, and the filter {} as none', async () => {
    const { total } = await page(name);
    const search = new URLSearchParams({ filter: '{}', range: '[5000,5024]', sort: '["id","ASC"]' });
    const { status, body, headers } = await request(`${api.url}/api/v1/${name}?${search}`, { token });
    expect([status, body, headers.get('content-range'), headers.get('x-total-count')]).toEqual([
      200,
      [],
      `${name} */${total}`,
      String(total),
    ]);
  });

  it('refuses a filter and an order that it does not know, and says what it takes', async () => {
    const filtered = await refusal(page(name, { filter: { secret: 'x' } }));
    expect(filtered).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
    expect(JSON.stringify(filtered)).toContain('cannot be filtered by; use one of id, ');
    const sorted = await refusal(page(name, { sort: { field: 'secret', order: 'ASC' } }));
    expect(sorted).toMatchObject({
      status: 400,
      body: { errors: { sort: expect.stringContaining('id, ') as string } },
    });
  });

  it('answers the records of a list of ids, without those that are not there', async () => {
    const wanted = (await theirs(name)).slice(0, 2).map(({ id }) => id);
    const { data } = await provider.getMany(name, { ids: [...wanted, randomUUID()] });
    expect(idsOf(data).sort()).toEqual(wanted.sort());
    expect((await provider.getMany(name, { ids: [randomUUID()] })).data).toEqual([]);
  });

  it('answers one record, and a problem for one that is not there', async () => {
    const [record] = await theirs(name);
    const { id } = record!;
    expect((await provider.getOne(name, { id })).data).toMatchObject({ id });
    const absent = await refusal(provider.getOne(name, { id: randomUUID() }));
    expect(absent).toMatchObject({ status: 404, body: { code: 'record_not_found' } });
  });

  it('is changed one by one and several at once, or says that it is not', async () => {
    const records = await theirs(name);
    const [first, second, third] = records as [RecordOf, RecordOf, RecordOf];
    if (change === null) {
      const refused = await refusal(provider.update(name, { id: first.id, data: first, previousData: first }));
      expect(refused).toMatchObject({ status: 405, body: { code: 'method_not_allowed' } });
      return;
    }
    const changed = { ...first, ...change(next()) };
    const { data } = await provider.update(name, { id: first.id, data: changed, previousData: first });
    expect(data).toMatchObject({ id: first.id, ...change(serial) });
    // Names are unique where they are: several records are told what may be the same.
    const several = ['agents', 'clients'].includes(name) ? {} : change(next());
    const ids = [second.id, third.id];
    expect((await provider.updateMany(name, { ids, data: several })).data).toEqual(ids);
  });

  it('is deleted one by one and several at once, or says that it is not', async () => {
    const [first, second, third] = (await theirs(name)) as [RecordOf, RecordOf, RecordOf];
    if (!deletes) {
      const refused = await refusal(provider.delete(name, { id: first.id, previousData: first }));
      expect(refused).toMatchObject({ status: 405, body: { code: 'method_not_allowed' } });
      return;
    }
    const { data } = await provider.delete(name, { id: first.id, previousData: first });
    expect(data.id).toBe(first.id);
    const ids = [second.id, third.id];
    expect((await provider.deleteMany(name, { ids })).data).toEqual(ids);
    const left = (await provider.getMany(name, { ids: [first.id, ...ids] })).data;
    expect(left).toHaveLength(staysListed ? 3 : 0);
  });
});

describe('records that refer to another one', () => {
  const referring = (resource: string, target: string, id: string) =>
    provider.getManyReference(resource, {
      target,
      id,
      pagination: { page: 1, perPage: 25 },
      sort: { field: 'id', order: 'DESC' },
      filter: {},
    });

  it.each([
    ['agents', 'clientId'],
    ['agents', 'userId'],
    ['phone-numbers', 'clientId'],
    ['phone-numbers', 'agentId'],
    ['agent-assignments', 'agentId'],
    ['agent-assignments', 'phoneNumberId'],
    ['audit-events', 'recordId'],
    ['audit-events', 'actorId'],
  ])('%s are found by %s, in the order of ids, and nothing by one that is not there', async (resource, target) => {
    const client = (await create('clients', { name: `Client ${next()}` })).data;
    const userId = await createUser(db, { organizationId, role: 'agent' });
    const fields = { name: `Agent no. ${next()}`, kind: 'human', userId, clientId: client.id };
    const agent = (await create('agents', fields)).data;
    const ofClient = { phoneNumber: newNumber(), provider: 'telnyx', clientId: client.id };
    const number = (await create('phone-numbers', ofClient)).data;
    await createAssignment(db, { organizationId, agentId: agent.id as string, phoneNumberId: number.id as string });
    const id = {
      clientId: client.id,
      userId,
      agentId: agent.id,
      phoneNumberId: number.id,
      recordId: agent.id,
      actorId: [...mine][1],
    }[target] as string;
    const { data, total } = await referring(resource, target, id);
    expect(data.length).toBeGreaterThan(0);
    if (target !== 'recordId' && target !== 'actorId') expect(data.every((record) => record[target] === id)).toBe(true);
    expect(total).toBeGreaterThanOrEqual(data.length);
    expect(idsOf(data)).toEqual(idsOf(data).sort().reverse());
    expect(await referring(resource, target, randomUUID())).toMatchObject({ data: [], total: 0 });
  });
});
