import type { AgentView } from '#contracts';
import { startApi, type RunningApi } from '../support/api.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import {
  createAgent,
  createApiKey,
  createAssignment,
  createOrganization,
  createPhoneNumber,
  createUser,
  signIn,
} from '../support/fixtures.js';
import { request } from '../support/http.js';

const MISSING_ID = '00000000-0000-7000-8000-00000000dead';

describe('/agents', () => {
  let db: TestDatabase;
  let api: RunningApi;
  let organizationId: string;
  let rivalId: string;
  let agentUserId: string;
  let tokens: Record<'admin' | 'manager' | 'agent' | 'rival', string>;

  beforeAll(async () => {
    db = await createTestDatabase();
    api = await startApi({ databaseUrl: db.url });
    organizationId = await createOrganization(db, { timeZone: 'America/New_York' });
    rivalId = await createOrganization(db);
    await createUser(db, { organizationId, role: 'admin', email: 'admin@agents.test' });
    await createUser(db, { organizationId, role: 'manager', email: 'manager@agents.test' });
    agentUserId = await createUser(db, { organizationId, role: 'agent', email: 'agent@agents.test' });
    await createUser(db, { organizationId: rivalId, role: 'admin', email: 'admin@rival.test' });
    tokens = {
      admin: await signIn(api.url, 'admin@agents.test'),
      manager: await signIn(api.url, 'manager@agents.test'),
      agent: await signIn(api.url, 'agent@agents.test'),
      rival: await signIn(api.url, 'admin@rival.test'),
    };
  });

  afterAll(async () => {
    await api?.close();
    await db?.drop();
  });

  function agents(path = '', options: Parameters<typeof request>[1] & { as?: keyof typeof tokens } = {}) {
    const { as = 'admin', ...rest } = options;
    return request(`${api.url}/api/v1/agents${path}`, { token: tokens[as], ...rest });
  }

  function list(filter: object, options: { as?: keyof typeof tokens; sort?: [string, string]; range?: number[] } = {}) {
    const { sort = ['name', 'ASC'], range = [0, 24], as } = options;
    const query = new URLSearchParams({
      filter: JSON.stringify(filter),
      sort: JSON.stringify(sort),
      range: JSON.stringify(range),
    });
    return agents(`?${query}`, { as });
  }

  async function create(body: object): Promise<AgentView> {
    const answer = await agents('', { body });
    expect(answer).toMatchObject({ status: 201 });
    return answer.body as AgentView;
  }

  function put(id: string, body: object) {
    return agents(`/${id}`, { method: 'PUT', body });
  }

  it('creates an agent, active unless told otherwise, and leaves who did it', async () => {
    const agent = await create({ name: '  Alice ', kind: 'ai', externalId: 'vapi-1' });
    expect(agent).toMatchObject({
      name: 'Alice',
      kind: 'ai',
      status: 'active',
      userId: null,
      userEmail: null,
      externalId: 'vapi-1',
      numbersAssigned: 0,
      callsMadeToday: 0,
      dailyLimit: 0,
    });
    expect((await agents(`/${agent.id}`, { as: 'manager' })).body).toEqual(agent);
    expect(await db.query('select action, actor_label from audit_events where subject_id = $1', [agent.id])).toEqual([
      { action: 'agent.created', actor_label: 'admin@agents.test' },
    ]);
  });

  it('shows numbers, limits and the calls of the current usage day', async () => {
    const { id } = await create({ name: 'Counting', kind: 'ai' });
    for (const [callsMadeToday, lastResetDate] of [
      [5, undefined],
      [40, '2020-01-01'],
    ] as const) {
      const phoneNumberId = await createPhoneNumber(db, { organizationId });
      await createAssignment(db, {
        organizationId,
        agentId: id,
        phoneNumberId,
        dailyLimit: 50,
        callsMadeToday,
        lastResetDate,
      });
    }
    const ended = await createAssignment(db, {
      organizationId,
      agentId: id,
      phoneNumberId: await createPhoneNumber(db, { organizationId }),
    });
    await db.query('update agent_phone_numbers set ended_at = now() where id = $1', [ended]);
    expect((await agents(`/${id}`)).body).toMatchObject({ numbersAssigned: 2, callsMadeToday: 5, dailyLimit: 100 });
  });

  describe('lists', () => {
    let listing: string;
    const names = (answer: { body: AgentView[] }) => answer.body.map(({ name }) => name);

    beforeAll(async () => {
      listing = await create({ name: 'List Zoe', kind: 'human' }).then(({ id }) => id);
      await create({ name: 'List adam', kind: 'ai', externalId: 'ext_5%' });
      await create({ name: 'List Mia', kind: 'ai', status: 'inactive' });
    });

    it('by words, kind, status and id', async () => {
      expect(names(await list({ q: 'LIST' }))).toEqual(['List adam', 'List Mia', 'List Zoe']);
      expect(names(await list({ q: 'list', kind: 'ai' }))).toEqual(['List adam', 'List Mia']);
      expect(names(await list({ q: 'list', status: 'inactive' }))).toEqual(['List Mia']);
      expect(names(await list({ q: 'ext_5%' }))).toEqual(['List adam']);
      expect(names(await list({ id: [listing, MISSING_ID] }))).toEqual(['List Zoe']);
    });

    it('sorted, a page at a time, with the total', async () => {
      const answer = await list({ q: 'list' }, { sort: ['name', 'DESC'], range: [1, 1] });
      expect(names(answer)).toEqual(['List Mia']);
      expect(answer.headers.get('content-range')).toBe('agents 1-1/3');
    });

    it.each([{ kind: 'robot' }, { status: ['active'] }, { q: 5 }, { q: 'x'.repeat(201) }, { wings: 2 }, { id: ['1'] }])(
      'refuses the filter %j',
      async (filter) => {
        const { status, body } = await list(filter);
        expect({ status, code: body.code }).toEqual({ status: 400, code: 'validation_failed' });
      },
    );

    it('refuses to sort by a figure', async () => {
      expect(await list({}, { sort: ['callsMadeToday', 'ASC'] })).toMatchObject({ status: 400 });
    });
  });

  it('merges what PUT sends, and writes down from what to what', async () => {
    const agent = await create({ name: 'Before', kind: 'human', externalId: 'keep' });
    const { status, body } = await put(agent.id, { name: 'After', status: 'inactive' });
    expect(status).toBe(200);
    expect(body).toMatchObject({ name: 'After', kind: 'human', status: 'inactive', externalId: 'keep' });
    const [event] = await db.query(
      `select changes from audit_events where subject_id = $1 and action = 'agent.updated'`,
      [agent.id],
    );
    expect(event!['changes']).toEqual({
      name: { from: 'Before', to: 'After' },
      status: { from: 'active', to: 'inactive' },
    });
  });

  it('takes the whole record back, also when calls were made meanwhile', async () => {
    const agent = await create({ name: 'Whole', kind: 'ai' });
    const { status, body } = await put(agent.id, { ...agent, callsMadeToday: 3, externalId: 'set' });
    expect(status).toBe(200);
    expect(body).toEqual({ ...agent, externalId: 'set', updatedAt: body.updatedAt });
  });

  it('clears what is set to null', async () => {
    const agent = await create({ name: 'Cleared', kind: 'human', externalId: 'gone', userId: null });
    expect((await put(agent.id, { externalId: null })).body).toMatchObject({ externalId: null });
  });

  it.each([
    [{ id: MISSING_ID }, 'id'],
    [{ createdAt: '2020-01-01T00:00:00.000Z' }, 'createdAt'],
    [{ wings: 2 }, 'wings'],
    [{ name: '' }, 'name'],
    [{ name: null }, 'name'],
    [{ name: 'x'.repeat(201) }, 'name'],
    [{ status: 'tired' }, 'status'],
    [{ status: null }, 'status'],
    [{ kind: 'robot' }, 'kind'],
    [{ externalId: '' }, 'externalId'],
    [{ userId: 'me' }, 'userId'],
    [{ userId: MISSING_ID }, 'userId'],
  ])('refuses the change %j', async (change, field) => {
    const agent = await create({ name: `Refusing ${JSON.stringify(change).slice(0, 100)} ${field}`, kind: 'human' });
    const { status, body } = await put(agent.id, change);
    expect({ status, code: body.code, fields: Object.keys(body.errors) }).toEqual({
      status: 400,
      code: 'validation_failed',
      fields: [field],
    });
  });

  it.each([[{}], [{ name: 'No kind' }], [{ kind: 'ai' }], [{ name: 'nul \u0000', kind: 'ai' }]])(
    'refuses to create %j',
    async (body) => {
      expect(await agents('', { body })).toMatchObject({ status: 400 });
    },
  );

  it('refuses a name, external id or user that another agent has, and names the field', async () => {
    const userId = await createUser(db, { organizationId, role: 'agent' });
    await create({ name: 'Taken', kind: 'human', externalId: 'taken', userId });
    for (const [body, field] of [
      [{ name: 'tAKEN', kind: 'ai' }, 'name'],
      [{ name: 'Free 1', kind: 'ai', externalId: 'taken' }, 'externalId'],
      [{ name: 'Free 2', kind: 'human', userId }, 'userId'],
    ] as const) {
      const answer = await agents('', { body });
      expect(answer).toMatchObject({ status: 409, body: { code: 'conflict' } });
      expect(Object.keys(answer.body.errors)).toEqual([field]);
    }
    const other = await create({ name: 'Other', kind: 'ai' });
    expect(await put(other.id, { name: 'taken' })).toMatchObject({ status: 409, body: { code: 'conflict' } });
  });

  it('lets another organization use the same name', async () => {
    await create({ name: 'Shared name', kind: 'ai' });
    expect(await agents('', { as: 'rival', body: { name: 'Shared name', kind: 'ai' } })).toMatchObject({ status: 201 });
  });

  it('links only members, and only to human agents', async () => {
    const stranger = await createUser(db, { organizationId: rivalId, role: 'agent' });
    const member = await createUser(db, { organizationId, role: 'agent' });
    for (const body of [
      { name: 'Linked', kind: 'human', userId: stranger },
      { name: 'Linked', kind: 'ai', userId: member },
    ]) {
      expect(await agents('', { body })).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
    }
    const agent = await create({ name: 'Linked', kind: 'human', userId: member });
    expect(agent.userEmail).toMatch(/@example\.test$/);
    expect(await put(agent.id, { kind: 'ai' })).toMatchObject({ status: 400 });
    expect(await put(agent.id, { kind: 'ai', userId: null })).toMatchObject({ status: 200 });
  });

  it('deletes an agent, ends its assignments and answers the record', async () => {
    const agent = await create({ name: 'Leaving', kind: 'ai' });
    const phoneNumberId = await createPhoneNumber(db, { organizationId });
    const assignmentId = await createAssignment(db, { organizationId, agentId: agent.id, phoneNumberId });

    const answer = await agents(`/${agent.id}`, { method: 'DELETE' });
    expect(answer).toMatchObject({ status: 200, body: { id: agent.id, name: 'Leaving' } });

    expect(await agents(`/${agent.id}`)).toMatchObject({ status: 404, body: { code: 'record_not_found' } });
    expect(await agents(`/${agent.id}`, { method: 'DELETE' })).toMatchObject({ status: 404 });
    expect(
      await db.query('select ended_at is not null as ended from agent_phone_numbers where id = $1', [assignmentId]),
    ).toEqual([{ ended: true }]);
    const actions = await db.query(
      `select action from audit_events where subject_id = any ($1::uuid[]) and action <> 'agent.created' order by id`,
      [[agent.id, assignmentId]],
    );
    expect(actions.map(({ action }) => action as string).sort()).toEqual(['agent.deleted', 'agent_assignment.ended']);
    await create({ name: 'Leaving', kind: 'ai' });
  });

  it('disconnects the numbers that a deleted agent answered', async () => {
    const agent = await create({ name: 'Answering', kind: 'ai' });
    const phoneNumberId = await createPhoneNumber(db, { organizationId });
    await db.query('update phone_numbers set inbound_agent_id = $2 where id = $1', [phoneNumberId, agent.id]);
    expect(await agents(`/${agent.id}`, { method: 'DELETE' })).toMatchObject({ status: 200 });
    expect(await db.query('select inbound_agent_id from phone_numbers where id = $1', [phoneNumberId])).toEqual([
      { inbound_agent_id: null },
    ]);
    expect(await db.query('select action from audit_events where subject_id = $1', [phoneNumberId])).toEqual([
      { action: 'phone_number.disconnected' },
    ]);
  });

  it('answers the same for an agent of another organization as for none', async () => {
    const foreign = await createAgent(db, { organizationId: rivalId });
    for (const [method, body] of [['GET'], ['DELETE'], ['PUT', { name: 'Mine' }]] as const) {
      const [theirs, missing] = await Promise.all(
        [foreign, MISSING_ID].map((id) => agents(`/${id}`, { method, body })),
      );
      expect(theirs).toMatchObject({ status: 404, body: { code: 'record_not_found' } });
      expect(theirs!.body.detail).toBe(missing!.body.detail);
    }
  });

  it('refuses an id that is no UUID', async () => {
    expect(await agents('/1')).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
  });

  it('shows a user with the role agent nothing but its own agent', async () => {
    const own = await create({ name: 'My own', kind: 'human', userId: agentUserId });
    const other = await create({ name: 'Not mine', kind: 'human' });
    expect((await list({}, { as: 'agent' })).body).toEqual([expect.objectContaining({ id: own.id })]);
    expect(await agents(`/${own.id}`, { as: 'agent' })).toMatchObject({ status: 200 });
    expect(await agents(`/${other.id}`, { as: 'agent' })).toMatchObject({ status: 404 });
  });

  it('lets only those write who may', async () => {
    const agent = await create({ name: 'Protected', kind: 'ai' });
    const { key } = await createApiKey(db, { organizationId, scopes: ['agents:read'] });
    for (const caller of [{ as: 'manager' as const }, { as: 'agent' as const }, { token: key }]) {
      for (const [method, path, body] of [
        ['POST', '', { name: 'No', kind: 'ai' }],
        ['PUT', `/${agent.id}`, { name: 'No' }],
        ['DELETE', `/${agent.id}`],
      ] as const) {
        expect(await agents(path, { method, body, ...caller })).toMatchObject({ status: 403 });
      }
    }
    expect(await agents('', { token: key })).toMatchObject({ status: 200 });
    expect(await agents('', { token: 'nothing' })).toMatchObject({ status: 401 });
  });
});
