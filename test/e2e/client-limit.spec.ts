import { type RunningApi, startApi } from '../support/api.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import {
  createAgent,
  createAssignment,
  createOrganization,
  createPhoneNumber,
  createUser,
  signIn,
} from '../support/fixtures.js';
import { request } from '../support/http.js';

const POOL = '00000000-0000-7000-8000-000000000001';
const [OWN, FOREIGN, UNCLAIMED] = ['+12025550101', '+12025550102', '+12025550103'];

let db: TestDatabase;
let api: RunningApi;
let owner: string;
let member: string;
let organizationId: string;
let mine: string;
let theirs: string;
const numbers: Record<string, string> = {};
const agents: Record<string, string> = {};
const assignments: Record<string, string> = {};

beforeAll(async () => {
  db = await createTestDatabase();
  api = await startApi({ databaseUrl: db.url });
  organizationId = await createOrganization(db);
  await createUser(db, { organizationId, role: 'owner', email: 'owner@limit.test' });
  owner = await signIn(api.url, 'owner@limit.test');
  mine = await client('Mine');
  theirs = await client('Theirs');
  for (const [e164, clientId] of [
    [OWN, mine],
    [FOREIGN, theirs],
    [UNCLAIMED, null],
  ] as const) {
    const id = await createPhoneNumber(db, { organizationId, e164, label: 'Front desk' });
    await db.query(`update phone_numbers set client_id = $2, monthly_cost = 2, currency = 'USD' where id = $1`, [
      id,
      clientId,
    ]);
    numbers[e164!] = id;
  }
  await createPhoneNumber(db, { organizationId: POOL, e164: '+12025550104' });
  for (const [name, clientId] of Object.entries({ Mine: mine, Theirs: theirs })) {
    agents[name] = await createAgent(db, { organizationId, name });
    await db.query('update agents set client_id = $2 where id = $1', [agents[name], clientId]);
  }
  for (const [e164, agent] of [
    [OWN, 'Mine'],
    [FOREIGN, 'Theirs'],
    // The organization lets the agent of one client call from a number of none.
    [UNCLAIMED, 'Mine'],
  ] as const) {
    const ids = { organizationId, agentId: agents[agent]!, phoneNumberId: numbers[e164!]! };
    assignments[e164!] = await createAssignment(db, ids);
    await db.query('update phone_numbers set inbound_agent_id = $2 where id = $1', [ids.phoneNumberId, ids.agentId]);
  }
  await createUser(db, { organizationId, role: 'admin', email: 'limited@limit.test', clientIds: [mine] });
  member = await signIn(api.url, 'limited@limit.test');
});

afterAll(async () => {
  await api?.close();
  await db?.drop();
});

type Sent = NonNullable<Parameters<typeof request>[1]>;
const send = (path: string, options: Sent = {}) => request(`${api.url}/api/v1${path}`, { token: member, ...options });
const filtered = (path: string, filter: object) => `${path}?filter=${encodeURIComponent(JSON.stringify(filter))}`;
const numbersIn = (body: { phoneNumber: string }[]) => body.map(({ phoneNumber }) => phoneNumber);
async function client(name: string): Promise<string> {
  return (await send('/clients', { token: owner, body: { name } })).body.id;
}
/** The same question, asked by a member whom nothing limits and by the limited member. */
async function asked(path: string): Promise<[all: string[], limited: string[]]> {
  return [numbersIn((await send(path, { token: owner })).body).sort(), numbersIn((await send(path)).body).sort()];
}

describe('the numbers of a member who is limited to a client', () => {
  it.each([
    ['the list', '/phone-numbers', {}],
    ['a search', '/phone-numbers', { q: 'front' }],
    ['a search by number', '/phone-numbers', { q: '202555010' }],
    ['a filter', '/phone-numbers', { countryCode: 'US', assignment: 'assigned' }],
    ['a filter by label', '/phone-numbers', { label: 'desk' }],
    ['the export', '/phone-numbers/export.json', {}],
    ['an export that searches', '/phone-numbers/export.json', { q: 'front' }],
    ['the assignments', '/agent-assignments', {}],
    ['a search in the assignments', '/agent-assignments', { q: 'front' }],
  ])('are those of the client in %s', async (_, path, filter) => {
    expect(await asked(filtered(path, filter))).toEqual([[OWN, FOREIGN, UNCLAIMED], [OWN]]);
  });

  it('are counted alone in totals', async () => {
    for (const path of ['/phone-numbers', '/agent-assignments']) {
      expect((await send(path)).headers.get('x-total-count')).toBe('1');
    }
  });

  it('are found by id alone among the ids of all', async () => {
    expect(numbersIn((await send(filtered('/phone-numbers', { id: Object.values(numbers) }))).body)).toEqual([OWN]);
    for (const e164 of [FOREIGN!, UNCLAIMED!]) {
      expect((await send(`/phone-numbers/${numbers[e164]}`)).body.code).toBe('record_not_found');
      expect((await send(`/agent-assignments/${assignments[e164]}`)).body.code).toBe('record_not_found');
    }
  });

  it('are those of all their clients for a member with several, with an exact total', async () => {
    await createUser(db, { organizationId, role: 'admin', email: 'two@limit.test', clientIds: [mine, theirs] });
    const token = await signIn(api.url, 'two@limit.test');
    for (const path of ['/phone-numbers', '/agent-assignments']) {
      const sort = encodeURIComponent('["phoneNumber","DESC"]');
      const answer = await send(`${path}?sort=${sort}`, { token });
      expect(numbersIn(answer.body)).toEqual([FOREIGN, OWN]);
      expect([answer.headers.get('x-total-count'), answer.headers.get('x-total-exact')]).toEqual(['2', 'true']);
    }
    const one = await send(filtered('/phone-numbers', { clientId: theirs }), { token });
    expect([numbersIn(one.body), one.headers.get('x-total-count')]).toEqual([[FOREIGN], '1']);
    const none = await send(filtered('/phone-numbers', { clientId: theirs }));
    expect([numbersIn(none.body), none.headers.get('x-total-count')]).toEqual([[], '0']);
  });

  it('stand alone in the exported file', async () => {
    const { body } = await send('/phone-numbers/export.csv');
    expect(body).toContain(OWN);
    expect(body).not.toContain(FOREIGN);
    expect(body).not.toContain(UNCLAIMED);
  });

  it('are counted alone in the summary, beside the pool', async () => {
    expect((await send('/phone-numbers/summary', { token: owner })).body.mine).toBe(3);
    expect((await send('/phone-numbers/summary')).body).toEqual({
      mine: 1,
      connected: 1,
      assigned: 1,
      available: 1,
      byCountry: [{ countryCode: 'US', numbers: 1 }],
      byProvider: [{ provider: 'telnyx', numbers: 1 }],
      monthlyCost: [{ currency: 'USD', amount: '2' }],
    });
  });

  it('are told alone of an agent of theirs', async () => {
    for (const kind of ['agent', 'assistant']) {
      const path = `/phone-numbers/${kind}/${agents['Mine']}`;
      const held = async (token: string) => numbersIn((await send(path, { token })).body.phoneNumbers);
      expect([await held(owner), await held(member)]).toEqual([[OWN, UNCLAIMED], [OWN]]);
      expect((await send(`/phone-numbers/${kind}/${agents['Theirs']}`)).status).toBe(404);
    }
    const path = `/agents/${agents['Mine']}`;
    const count = async (token: string) => (await send(path, { token })).body.numbersAssigned;
    expect([await count(owner), await count(member)]).toEqual([2, 1]);
    expect((await send('/agents')).body).toMatchObject([{ name: 'Mine', numbersAssigned: 1 }]);
  });
});

describe('what a member who is limited to a client changes', () => {
  it('is nothing of others, by id', async () => {
    const other = numbers[FOREIGN!]!;
    const changes = { label: 'Taken over' };
    expect((await send(`/phone-numbers/${other}`, { method: 'PUT', body: changes })).status).toBe(404);
    const sent = { operation: 'tag', ids: Object.values(numbers), tags: ['by id'] };
    const { body } = await send('/phone-numbers/bulk', { body: sent });
    expect(body).toMatchObject({ total: 3, done: 1, refused: 2 });
    const refused = body.items.filter(({ outcome }: { outcome: string }) => outcome === 'refused');
    for (const item of refused) expect(item).toMatchObject({ phoneNumber: null, code: 'record_not_found' });
    expect(await tagged('by id')).toEqual([OWN]);
  });

  it('is nothing of others, by a filter', async () => {
    const { body } = await send('/phone-numbers/bulk', {
      body: { operation: 'tag', filter: { q: 'front' }, tags: ['by filter'] },
    });
    expect(body).toMatchObject({ total: 1, done: 1 });
    expect(await tagged('by filter')).toEqual([OWN]);
    const unassigned = { operation: 'unassign', filter: {}, preview: true };
    expect(numbersIn((await send('/phone-numbers/bulk', { body: unassigned })).body.items)).toEqual([OWN]);
  });

  it('is no upload of anybody, for it may hold numbers of all', async () => {
    const upload = await send('/phone-numbers/bulk-upload', {
      token: owner,
      method: 'POST',
      body: new Uint8Array(Buffer.from('phoneNumber,provider\n+12025550109,telnyx\n')),
      headers: { 'content-type': 'text/csv', prefer: 'wait=30' },
    });
    const path = `/imports/${upload.body.id}`;
    expect((await send(path, { token: owner })).status).toBe(200);
    expect((await send('/imports')).body).toEqual([]);
    expect((await send('/imports', { token: owner })).body).toEqual([expect.objectContaining({ id: upload.body.id })]);
    const answers = await Promise.all([
      send(path),
      send(`${path}/errors.csv`),
      send(`${path}/events`),
      send(`${path}/cancel`, { method: 'POST' }),
      send(`${path}/undo`, { method: 'POST' }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 404));
  });

  it('are no figures of the whole organization', async () => {
    for (const path of ['/usage/summary', '/usage/daily']) expect((await send(path)).status).toBe(403);
    expect((await send('/usage/reset', { body: {} })).status).toBe(403);
  });

  it('is an agent of the client, whatever numbers the organization has given it', async () => {
    const agentId = await createAgent(db, { organizationId, name: 'Leaving' });
    await db.query('update agents set client_id = $2 where id = $1', [agentId, mine]);
    const phoneNumberId = await createPhoneNumber(db, { organizationId });
    await createAssignment(db, { organizationId, agentId, phoneNumberId });
    expect((await send(`/agents/${agentId}`, { method: 'DELETE' })).status).toBe(200);
    const live = 'select from agent_phone_numbers where agent_id = $1 and ended_at is null';
    expect(await db.query(live, [agentId])).toEqual([]);
  });

  const tagged = async (tag: string) =>
    (await db.query('select e164 from phone_numbers where $1 = any (tags)', [tag])).map((row) => row['e164']);
});
