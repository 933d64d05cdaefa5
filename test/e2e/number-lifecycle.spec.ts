import { type RunningApi, startApi } from '../support/api.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import {
  createAgent,
  createApiKey,
  createOrganization,
  createPhoneNumber,
  createUser,
  signIn,
} from '../support/fixtures.js';
import { request } from '../support/http.js';

const POOL = '00000000-0000-7000-8000-000000000001';
const scopes = ['numbers:read', 'numbers:write', 'assignments:read', 'assignments:write', 'agents:write'] as const;

let db: TestDatabase;
let api: RunningApi;
let ours: string;
let key: string;
let rivalKey: string;
let platformKey: string;
let alice: string;

beforeAll(async () => {
  db = await createTestDatabase();
  api = await startApi({ databaseUrl: db.url });
  ours = await createOrganization(db);
  const keyFor = async (organizationId: string) =>
    (await createApiKey(db, { organizationId, scopes: [...scopes] })).key;
  key = await keyFor(ours);
  rivalKey = await keyFor(await createOrganization(db));
  platformKey = await keyFor(POOL);
  alice = await createAgent(db, { organizationId: ours, name: 'Front desk' });
});

afterAll(async () => {
  await api?.close();
  await db?.drop();
});

const step = (id: string, name: string, body: object = {}, apiKey = key) =>
  request(`${api.url}/api/v1/phone-numbers/${id}/${name}`, { apiKey, body });
const get = (id: string, apiKey = key) => request(`${api.url}/api/v1/phone-numbers/${id}`, { apiKey });
const remove = (id: string, apiKey = key) =>
  request(`${api.url}/api/v1/phone-numbers/${id}`, { apiKey, method: 'DELETE' });
const pooled = (facts: object = {}) => createPhoneNumber(db, { organizationId: POOL, ...facts });
const own = () => createPhoneNumber(db, { organizationId: ours });
const claimed = async (): Promise<string> => {
  const id = await pooled();
  expect((await step(id, 'claim')).status).toBe(200);
  return id;
};
const actionsOf = async (id: string): Promise<string[]> =>
  (await db.query('select action from audit_events where subject_id = $1 order by id', [id])).map((row) => row.action);

describe('claim', () => {
  it('moves a number from the pool to the organization', async () => {
    const id = await pooled();
    expect((await get(id)).body).toMatchObject({ status: 'available', inPool: true, fromPool: false });
    const { status, body } = await step(id, 'claim');
    expect([status, body.status, body.inPool, body.fromPool]).toEqual([200, 'assigned', false, true]);
    expect(await actionsOf(id)).toEqual(['phone_number.claimed']);
    expect((await get(id, rivalKey)).status).toBe(404);
  });

  it('needs no body', async () => {
    const url = `${api.url}/api/v1/phone-numbers/${await pooled()}/claim`;
    expect((await request(url, { apiKey: key, method: 'POST' })).status).toBe(200);
  });

  it('lets one of many organizations win that claim at once, and tells the others', async () => {
    for (let round = 0; round < 10; round += 1) {
      const id = await pooled();
      const answers = await Promise.all([key, rivalKey, key, rivalKey].map((who) => step(id, 'claim', {}, who)));
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409]);
      const losers = answers.filter(({ status }) => status === 409).map(({ body }) => body.code);
      expect(losers.sort()).toEqual(['conflict', 'phone_number_taken', 'phone_number_taken']);
    }
  });

  it('says that a number is the own already', async () => {
    const { status, body } = await step(await own(), 'claim');
    expect([status, body.code]).toEqual([409, 'conflict']);
    expect(body.detail).toContain('is yours already');
  });

  it('answers 404 for what was never in the pool: nothing, and a number of another organization', async () => {
    const answers = [await step(crypto.randomUUID(), 'claim'), await step(await own(), 'claim', {}, rivalKey)];
    expect(answers.map(({ status, body }) => [status, body.code])).toEqual([
      [404, 'record_not_found'],
      [404, 'record_not_found'],
    ]);
    expect(answers[0]!.body.detail).toBe(answers[1]!.body.detail);
  });

  it('refuses the platform organization, and a number that is not active', async () => {
    expect((await step(await pooled(), 'claim', {}, platformKey)).body.detail).toContain('owns the pool');
    const { status, body } = await step(await pooled({ lifecycle: 'inactive' }), 'claim');
    expect([status, body.detail]).toEqual([409, expect.stringContaining('is not active in the pool')]);
  });
});

describe('reserve', () => {
  it('keeps a number for the organization until its time is over', async () => {
    const id = await pooled();
    const { status, body } = await step(id, 'reserve', { minutes: 5 });
    expect([status, body.status, body.reservedByUs]).toEqual([200, 'reserved', true]);
    expect((await get(id, rivalKey)).body).toMatchObject({ status: 'reserved', reservedByUs: false });
    for (const name of ['claim', 'reserve', 'unreserve']) {
      const refused = await step(id, name, {}, rivalKey);
      expect([refused.status, refused.body.code]).toEqual([409, 'phone_number_reserved']);
      expect(refused.body.detail).toContain(`until ${body.reservedUntil}`);
    }
    await db.query(`update phone_numbers set reserved_until = now() - interval '1 second' where id = $1`, [id]);
    expect((await get(id)).body).toMatchObject({ status: 'available', reservedUntil: null, reservedByUs: false });
    expect((await step(id, 'unreserve')).body.detail).toContain('is not reserved');
    expect((await step(id, 'claim', {}, rivalKey)).status).toBe(200);
  });

  it('is prolonged and ended by its organization, ended by the platform, and claimed by its organization', async () => {
    const id = await pooled();
    const first = await step(id, 'reserve', { minutes: 5 });
    const second = await step(id, 'reserve', { minutes: 50 });
    expect(second.body.reservedUntil > first.body.reservedUntil).toBe(true);
    expect((await step(id, 'unreserve')).body.status).toBe('available');
    await step(id, 'reserve');
    expect((await step(id, 'unreserve', {}, platformKey)).status).toBe(200);
    await step(id, 'reserve');
    expect((await remove(id, platformKey)).body.code).toBe('phone_number_reserved');
    expect((await step(id, 'claim')).body).toMatchObject({ status: 'assigned', reservedUntil: null });
    expect((await step(id, 'reserve')).body).toMatchObject({ status: 409, code: 'conflict' });
    expect((await step(id, 'reserve', {}, rivalKey)).body).toMatchObject({ status: 409, code: 'phone_number_taken' });
  });

  it.each([0, -1, 10_081, 1.5, '5'])('refuses %p minutes', async (minutes) => {
    const { status, body } = await step(await pooled(), 'reserve', { minutes });
    expect([status, Object.keys(body.errors)]).toEqual([400, ['minutes']]);
  });
});

describe('connect', () => {
  it('gives a number one agent for its inbound calls, and takes it off again', async () => {
    const id = await own();
    const { status, body } = await step(id, 'connect', { agentId: alice });
    expect([status, body.status, body.inboundAgentName]).toEqual([200, 'connected', 'Front desk']);
    const again = await step(id, 'connect', { agentId: await createAgent(db, { organizationId: ours }) });
    expect([again.status, again.body.code]).toEqual([409, 'phone_number_connected']);
    expect(again.body.detail).toContain("Disconnect it from the agent 'Front desk' first.");
    expect((await step(id, 'disconnect')).body).toMatchObject({ status: 'assigned', inboundAgentId: null });
    expect((await step(id, 'disconnect')).body.detail).toContain('is not connected');
    expect(await actionsOf(id)).toEqual(['phone_number.connected', 'phone_number.disconnected']);
  });

  it('refuses numbers of the pool, others’ numbers and agents, and agents that are not active', async () => {
    const inPool = await step(await pooled(), 'connect', { agentId: alice });
    expect([inPool.status, inPool.body.detail]).toEqual([409, expect.stringContaining('Claim it first')]);
    expect((await step(await own(), 'connect', { agentId: alice }, rivalKey)).status).toBe(404);
    expect((await step(crypto.randomUUID(), 'connect', { agentId: alice })).status).toBe(404);
    const idle = await createAgent(db, { organizationId: ours, status: 'inactive' });
    expect((await step(await own(), 'connect', { agentId: idle })).body.code).toBe('agent_inactive');
    expect((await step(await own(), 'disconnect', {}, rivalKey)).status).toBe(404);
  });
});

describe('release', () => {
  it('puts a number back as it was in the pool', async () => {
    const id = await pooled({ label: 'Spare' });
    await step(id, 'claim');
    await request(`${api.url}/api/v1/phone-numbers/${id}`, {
      apiKey: key,
      method: 'PUT',
      body: { label: 'Our secret', tags: ['secret'], monthlyCost: '9.99', lifecycle: 'inactive', provider: 'other' },
    });
    const { status, body } = await step(id, 'release');
    expect(status).toBe(200);
    expect(body).toMatchObject({ status: 'available', label: 'Spare', tags: [], monthlyCost: null, fromPool: false });
    expect(body).toMatchObject({ lifecycle: 'active', provider: 'telnyx' });
    expect((await step(id, 'claim', {}, rivalKey)).status).toBe(200);
  });

  it('is refused, by name, while an agent uses the number', async () => {
    const id = await claimed();
    await step(id, 'assign', { agentId: alice });
    await step(id, 'connect', { agentId: alice });
    const details: string[] = [];
    for (const undo of ['disconnect', 'unassign']) {
      const { status, body } = await step(id, 'release');
      expect([status, (await remove(id)).status]).toEqual([409, 409]);
      details.push(body.detail);
      await step(id, undo);
    }
    expect(details[0]).toContain("Disconnect it from the agent 'Front desk' first.");
    expect(details[1]).toContain("Unassign it from the agent 'Front desk' first.");
    expect((await step(id, 'release')).status).toBe(200);
    expect((await step(id, 'release')).body.detail).toContain('is in the pool already');
  });

  it('is for numbers of the pool: own ones are deleted, and claimed ones are not', async () => {
    const id = await own();
    expect((await step(id, 'release')).body.detail).toContain('Delete it instead');
    expect((await step(id, 'release', {}, rivalKey)).status).toBe(404);
    const { status, body } = await remove(await claimed());
    expect([status, body.detail]).toEqual([409, expect.stringContaining('Release it')]);
  });

  it('keeps the counter for the day when the same organization claims again', async () => {
    const id = await claimed();
    await step(id, 'assign', { agentId: alice, dailyLimit: 10 });
    await db.query('update agent_phone_numbers set calls_made_today = 7 where phone_number_id = $1', [id]);
    for (const name of ['unassign', 'release', 'claim']) expect((await step(id, name)).status).toBe(200);
    expect((await step(id, 'assign', { agentId: alice, dailyLimit: 10 })).body.callsMadeToday).toBe(7);
  });
});

describe('one agent, one number', () => {
  const organization = async () => {
    const organizationId = await createOrganization(db);
    await db.query(`update organizations set numbers_per_agent = 'one' where id = $1`, [organizationId]);
    const apiKey = (await createApiKey(db, { organizationId, scopes: [...scopes] })).key;
    const agentId = await createAgent(db, { organizationId });
    const numbers = await Promise.all([1, 2, 3].map(() => createPhoneNumber(db, { organizationId })));
    return { organizationId, apiKey, agentId, numbers };
  };

  it.each(['assign', 'connect'])('lets one of many win that %s numbers to an agent at once', async (name) => {
    const { apiKey, agentId, numbers } = await organization();
    const answers = await Promise.all(numbers.map((id) => step(id, name, { agentId }, apiKey)));
    expect(answers.filter(({ status }) => status < 300)).toHaveLength(1);
    const refused = answers.filter(({ status }) => status >= 300).map(({ body }) => body.code);
    expect(refused).toEqual(['agent_has_number', 'agent_has_number']);
  });

  it('names the number that the agent answers, and the agent that it is to be disconnected from', async () => {
    const { apiKey, agentId, numbers, organizationId } = await organization();
    await db.query(`update agents set name = 'Reception' where id = $1`, [agentId]);
    await db.query(`update phone_numbers set e164 = '+12025550123' where id = $1`, [numbers[0]]);
    expect((await step(numbers[0]!, 'connect', { agentId }, apiKey)).status).toBe(200);
    const refused = await step(numbers[1]!, 'connect', { agentId }, apiKey);
    expect([refused.status, refused.body]).toEqual([
      409,
      expect.objectContaining({
        code: 'agent_has_number',
        detail:
          'The agent answers +12025550123, and the organization gives each agent one number. ' +
          "Disconnect +12025550123 from the agent 'Reception' first, or choose another agent.",
        errors: { agentId: 'answers +12025550123' },
      }),
    ]);

    const limited = await limitedTo(organizationId, { agentId, numberId: numbers[1]! });
    const hidden = await request(`${api.url}/api/v1/phone-numbers/${numbers[1]}/connect`, {
      token: limited,
      body: { agentId },
    });
    expect(hidden.body).toMatchObject({ code: 'agent_has_number', errors: { agentId: 'answers another number' } });
    expect(JSON.stringify(hidden.body)).not.toContain('12025550123');

    expect((await step(numbers[0]!, 'disconnect', {}, apiKey)).status).toBe(200);
    expect((await step(numbers[1]!, 'connect', { agentId }, apiKey)).status).toBe(200);
  });

  /** The session of an admin who sees the agent and the number, for these are of the one client, and no other number. */
  async function limitedTo(organizationId: string, of: { agentId: string; numberId: string }): Promise<string> {
    await createUser(db, { organizationId, role: 'owner', email: 'owner@one.test' });
    const token = await signIn(api.url, 'owner@one.test');
    const post = (path: string, body: object) => request(`${api.url}/api/v1${path}`, { token, body });
    const clientId: string = (await post('/clients', { name: 'Client' })).body.id;
    await db.query('update agents set client_id = $2 where id = $1', [of.agentId, clientId]);
    await db.query('update phone_numbers set client_id = $2 where id = $1', [of.numberId, clientId]);
    await createUser(db, { organizationId, role: 'admin', email: 'limited@one.test', clientIds: [clientId] });
    return signIn(api.url, 'limited@one.test');
  }

  it('never holds together with two numbers, when the setting changes while numbers are assigned', async () => {
    for (let round = 0; round < 10; round += 1) {
      const { organizationId, apiKey, agentId, numbers } = await organization();
      await db.query(`update organizations set numbers_per_agent = 'many' where id = $1`, [organizationId]);
      await Promise.all([
        ...numbers.map((id) => step(id, 'assign', { agentId }, apiKey)),
        db
          .query(`update organizations set numbers_per_agent = 'one' where id = $1`, [organizationId])
          .catch(() => null),
      ]);
      const sql = `select numbers_per_agent as setting, (
          select count(*)::integer from agent_phone_numbers a where a.organization_id = o.id and a.ended_at is null) as live
        from organizations o where o.id = $1`;
      const [{ setting, live }] = (await db.query(sql, [organizationId])) as [{ setting: string; live: number }];
      expect(setting === 'many' || live === 1).toBe(true);
    }
  });
});
