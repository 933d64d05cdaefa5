import { type RunningApi, startApi } from '../support/api.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import {
  createAgent,
  createApiKey,
  createAssignment,
  createOrganization,
  createPhoneNumber,
} from '../support/fixtures.js';
import { request } from '../support/http.js';

const POOL = '00000000-0000-7000-8000-000000000001';
const scopes = ['numbers:read', 'numbers:write', 'assignments:read', 'assignments:write'] as const;

let db: TestDatabase;
let api: RunningApi;
let organizationId: string;
let key: string;

beforeAll(async () => {
  db = await createTestDatabase();
  api = await startApi({ databaseUrl: db.url });
});

beforeEach(async () => {
  organizationId = await createOrganization(db);
  key = (await createApiKey(db, { organizationId, scopes: [...scopes] })).key;
});

afterAll(async () => {
  await api?.close();
  await db?.drop();
});

interface Item {
  id: string;
  outcome: string;
  code: string | null;
  message: string | null;
  agentName: string | null;
}

const bulk = (body: object, apiKey = key) => request(`${api.url}/api/v1/phone-numbers/bulk`, { apiKey, body });
const agent = (name?: string) => createAgent(db, { organizationId, name });
const number = (facts: object = {}) => createPhoneNumber(db, { organizationId, ...facts });
const many = async (count: number, facts: object = {}) => {
  const ids: string[] = [];
  for (let made = 0; made < count; made += 1) ids.push(await number(facts));
  return ids;
};
const outcomes = (body: { items: Item[] }) => Object.fromEntries(body.items.map(({ id, outcome }) => [id, outcome]));
const stateOf = (ids: string[]) =>
  db.query(
    `select n.id, n.organization_id, n.lifecycle, n.tags, a.agent_id, a.daily_limit, a.allowed_countries
     from phone_numbers n left join agent_phone_numbers a on a.phone_number_id = n.id and a.ended_at is null
     where n.id = any ($1) order by n.e164`,
    [ids],
  );
const events = () => db.query('select action, changes from audit_events where organization_id = $1', [organizationId]);

describe('an operation on many numbers', () => {
  it('previews exactly what it does, and the preview changes nothing', async () => {
    const [taken, agentId] = [await number(), await agent('Front desk')];
    await createAssignment(db, { organizationId, agentId: await agent('Busy'), phoneNumberId: taken });
    const ids = [...(await many(2)), taken, crypto.randomUUID()];
    const body = { operation: 'assign', ids, agentId, dailyLimit: 7, allowedCountries: ['CA'] };
    const before = await stateOf(ids);
    const preview = await bulk({ ...body, preview: true });
    expect([preview.status, preview.body.applied, await stateOf(ids)]).toEqual([200, false, before]);
    const real = await bulk(body);
    expect(real.body).toEqual({ ...preview.body, preview: false, applied: true });
    expect(real.body).toMatchObject({ total: 4, done: 2, unchanged: 0, refused: 2 });
    const refused = (real.body.items as Item[]).filter(({ outcome }) => outcome === 'refused');
    expect(refused.map(({ code }) => code)).toEqual(['phone_number_assigned', 'record_not_found']);
    expect(refused[0]!.message).toContain(
      "Unassign it from the agent 'Busy' first, or take it away from that agent (reassign: true).",
    );
    expect((await stateOf(ids))[1]).toMatchObject({ agent_id: agentId, daily_limit: 7, allowed_countries: ['CA'] });
    const again = await bulk(body);
    expect(again.body).toMatchObject({ done: 0, unchanged: 2, refused: 2 });
    const trail = await events();
    expect(trail.map(({ action }) => action)).toEqual(['phone_number.bulk_assign']);
    expect(trail[0]!.changes.items).toHaveLength(2);
  });

  it('does nothing at all when one number is refused and all were meant', async () => {
    const ids = await many(2);
    const agentId = await agent();
    await createAssignment(db, { organizationId, agentId, phoneNumberId: ids[0]! });
    const before = await stateOf(ids);
    const { status, body } = await bulk({ operation: 'delete', ids, allOrNothing: true });
    expect([status, body.applied, body.done, body.refused]).toEqual([200, false, 1, 1]);
    expect([await stateOf(ids), await events()]).toEqual([before, []]);
    expect((await bulk({ operation: 'delete', ids })).body).toMatchObject({ applied: true, done: 1, refused: 1 });
    expect((await stateOf(ids)).map(({ lifecycle }) => lifecycle)).toEqual(['active', 'released']);
  });

  it('takes a whole filter, and nobody else’s numbers', async () => {
    const [german] = await many(1, { e164: '+4930901820', countryCode: 'DE' });
    const ids = await many(3);
    const other = await createPhoneNumber(db, { organizationId: await createOrganization(db) });
    const { body } = await bulk({ operation: 'tag', filter: { countryCode: 'US' }, tags: ['us', 'east'] });
    expect(outcomes(body)).toEqual(Object.fromEntries(ids.map((id) => [id, 'done'])));
    expect((await stateOf([german!, other, ...ids])).filter(({ tags }) => tags.length > 0)).toHaveLength(3);
    const again = await bulk({ operation: 'tag', filter: {}, tags: ['east'] });
    expect(again.body).toMatchObject({ done: 1, unchanged: 3 });
    await bulk({ operation: 'untag', filter: {}, tags: ['us'] });
    expect((await stateOf(ids)).map(({ tags }) => tags)).toEqual([['east'], ['east'], ['east']]);
    expect((await bulk({ operation: 'tag', ids: [other], tags: ['mine'] })).body.items[0].code).toBe(
      'record_not_found',
    );
  });

  it('takes 10,000 numbers at most, and says so as people write it', async () => {
    await db.query(
      `insert into phone_numbers (organization_id, e164, country_code, provider)
       select $1, '+1312' || (5550000 + n), 'US', 'other' from generate_series(1, 10001) n`,
      [organizationId],
    );
    const byFilter = await bulk({ operation: 'deactivate', filter: {} });
    expect(byFilter.body.errors).toEqual({
      filter: 'finds more than 10,000 numbers, the most that one request changes; narrow it down',
    });
    const ids = Array.from({ length: 10_001 }, () => crypto.randomUUID());
    const byIds = await bulk({ operation: 'deactivate', ids });
    expect(byIds.body.errors).toEqual({ ids: 'must contain no more than 10,000 elements' });
    expect(await db.query(`select from phone_numbers where lifecycle = 'inactive'`)).toEqual([]);
  });

  it('switches numbers off and on, also for the gate', async () => {
    const ids = await many(2);
    await createAssignment(db, { organizationId, agentId: await agent(), phoneNumberId: ids[0]! });
    const activeForGate = async () =>
      (await db.query('select number_active as on from agent_phone_numbers where phone_number_id = $1', [ids[0]]))[0]!
        .on;
    expect((await bulk({ operation: 'deactivate', ids })).body.done).toBe(2);
    expect(await activeForGate()).toBe(false);
    expect((await bulk({ operation: 'activate', ids })).body.done).toBe(2);
    expect(await activeForGate()).toBe(true);
    expect((await bulk({ operation: 'unassign', ids })).body).toMatchObject({ done: 1, unchanged: 1 });
  });

  it('claims from the pool and releases to it; of two that claim the same, each number has one winner', async () => {
    const pooled = await Promise.all(Array.from({ length: 20 }, () => createPhoneNumber(db, { organizationId: POOL })));
    const rival = await createOrganization(db);
    const rivalKey = (await createApiKey(db, { organizationId: rival, scopes: [...scopes] })).key;
    const answers = await Promise.all([
      bulk({ operation: 'claim', ids: pooled }),
      bulk({ operation: 'claim', ids: [...pooled].reverse() }, rivalKey),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(answers[0].body.done + answers[1].body.done).toBe(20);
    const owners = (await stateOf(pooled)).map((row) => row['organization_id'] as string);
    expect(owners.filter((owner) => owner === organizationId)).toHaveLength(answers[0].body.done);
    expect(owners.filter((owner) => owner === rival)).toHaveLength(answers[1].body.done);
    const [winner, winnerKey] = answers[0].body.done > 0 ? [0, key] : [1, rivalKey];
    const released = await bulk({ operation: 'release', ids: pooled }, winnerKey);
    expect(released.body.done).toBe(answers[winner]!.body.done);
    expect((await bulk({ operation: 'release', ids: await many(1) })).body.items[0].message).toContain(
      'Delete it instead',
    );
  });
});

describe('distribute', () => {
  it('spreads 50 numbers over 10 agents, five each, 200 calls a day', async () => {
    const ids = await many(50);
    const agentIds: string[] = [];
    for (let made = 0; made < 10; made += 1) agentIds.push(await agent());
    const body = { operation: 'distribute', ids, agentIds, dailyLimit: 200, allowedCountries: ['US', 'CA'] };
    const preview = await bulk({ ...body, preview: true });
    const { body: result } = await bulk(body);
    expect(result.items).toEqual(preview.body.items);
    const rows = await stateOf(ids);
    for (const id of agentIds) expect(rows.filter((row) => row['agent_id'] === id)).toHaveLength(5);
    expect(rows.every((row) => row['daily_limit'] === 200 && row['allowed_countries'].join() === 'US,CA')).toBe(true);
    expect((await bulk(body)).body).toMatchObject({ done: 0, refused: 50 });
    expect((await bulk({ ...body, reassign: true })).body).toMatchObject({ done: 50, refused: 0 });
  });

  it('never gives one agent two more than another, and one number only where that is the setting', async () => {
    const ids = await many(7);
    const agentIds = [await agent(), await agent(), await agent()];
    const { body } = await bulk({ operation: 'distribute', ids, agentIds, preview: true });
    const counts = agentIds.map((id) => body.items.filter((item: { agentId: string }) => item.agentId === id).length);
    expect(counts).toEqual([3, 2, 2]);
    await db.query(`update organizations set numbers_per_agent = 'one' where id = $1`, [organizationId]);
    const limited = await bulk({ operation: 'distribute', ids, agentIds });
    expect(limited.body).toMatchObject({ done: 3, refused: 4 });
    expect(limited.body.items[3].code).toBe('agent_has_number');
  });
});

describe('a request that cannot be carried out', () => {
  it.each([
    ['an unknown operation', { operation: 'explode', ids: [POOL] }, 'operation'],
    ['neither ids nor filter', { operation: 'release' }, 'ids'],
    ['both', { operation: 'release', ids: [POOL], filter: {} }, 'ids'],
    ['no ids', { operation: 'release', ids: [] }, 'ids'],
    ['ids that are none', { operation: 'release', ids: ['x'] }, 'ids'],
    ['an unknown filter', { operation: 'release', filter: { colour: 'red' } }, 'filter.colour'],
    ['tags missing', { operation: 'tag', ids: [POOL] }, 'tags'],
    ['the agent missing', { operation: 'assign', ids: [POOL] }, 'agentId'],
    ['the agents missing', { operation: 'distribute', ids: [POOL] }, 'agentIds'],
  ])('refuses %s', async (_what, body, field) => {
    const answer = await bulk(body);
    expect([answer.status, Object.keys(answer.body.errors)]).toEqual([400, [field]]);
  });

  it('refuses agents that are not there or not active, and callers who may not assign', async () => {
    const ids = await many(1);
    expect((await bulk({ operation: 'assign', ids, agentId: crypto.randomUUID() })).status).toBe(404);
    const idle = await createAgent(db, { organizationId, status: 'inactive' });
    expect((await bulk({ operation: 'distribute', ids, agentIds: [idle] })).body.code).toBe('agent_inactive');
    const writer = (await createApiKey(db, { organizationId, scopes: ['numbers:write'] })).key;
    expect((await bulk({ operation: 'unassign', ids }, writer)).body.code).toBe('permission_denied');
    expect((await bulk({ operation: 'tag', ids, tags: ['x'] }, writer)).status).toBe(200);
  });
});
