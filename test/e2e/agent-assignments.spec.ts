import type { AgentAssignmentView } from '#contracts';
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
const POOL = '00000000-0000-7000-8000-000000000001';

describe('Agent assignments', () => {
  let db: TestDatabase;
  let api: RunningApi;
  let organizationId: string;
  let rivalId: string;
  let ownAgentId: string;
  let tokens: Record<'admin' | 'manager' | 'agent' | 'dialer', string>;

  beforeAll(async () => {
    db = await createTestDatabase();
    api = await startApi({ databaseUrl: db.url });
    organizationId = await createOrganization(db, {
      timeZone: 'Pacific/Kiritimati',
      defaultDailyLimit: 77,
      defaultAllowedCountries: ['US', 'CA'],
    });
    rivalId = await createOrganization(db);
    await createUser(db, { organizationId, role: 'admin', email: 'admin@assign.test' });
    await createUser(db, { organizationId, role: 'manager', email: 'manager@assign.test' });
    const userId = await createUser(db, { organizationId, role: 'agent', email: 'agent@assign.test' });
    ownAgentId = await createAgent(db, { organizationId, name: 'Own', userId });
    tokens = {
      admin: await signIn(api.url, 'admin@assign.test'),
      manager: await signIn(api.url, 'manager@assign.test'),
      agent: await signIn(api.url, 'agent@assign.test'),
      dialer: (await createApiKey(db, { organizationId, scopes: ['calls:authorize'] })).key,
    };
  });

  afterAll(async () => {
    await api?.close();
    await db?.drop();
  });

  type Options = Parameters<typeof request>[1] & { as?: keyof typeof tokens };

  function call(path: string, { as = 'admin', ...options }: Options = {}) {
    return request(`${api.url}/api/v1${path}`, { token: tokens[as], ...options });
  }

  const agent = (name?: string) => createAgent(db, { organizationId, name });
  const number = () => createPhoneNumber(db, { organizationId });

  function assign(phoneNumberId: string, body: object) {
    return call(`/phone-numbers/${phoneNumberId}/assign`, { body });
  }

  function unassign(phoneNumberId: string) {
    return call(`/phone-numbers/${phoneNumberId}/unassign`, { method: 'POST' });
  }

  async function assigned(body: object = {}): Promise<AgentAssignmentView> {
    const answer = await assign(await number(), { agentId: await agent(), ...body });
    expect(answer).toMatchObject({ status: 201 });
    return answer.body as AgentAssignmentView;
  }

  function put(id: string, body: object) {
    return call(`/agent-assignments/${id}`, { method: 'PUT', body });
  }

  async function authorize(agentId: string, destination = '+14165550123'): Promise<string> {
    const { body } = await call('/call-gate/authorize', { as: 'dialer', body: { agentId, destination } });
    return body.reasonCode as string;
  }

  async function auditOf(subjectId: string) {
    const rows = await db.query('select action, changes from audit_events where subject_id = $1 order by id', [
      subjectId,
    ]);
    return rows;
  }

  describe('assigning', () => {
    it('takes limit and countries of the organization when none are given', async () => {
      const agentId = await agent('Defaults');
      const phoneNumberId = await number();
      const { status, body } = await assign(phoneNumberId, { agentId });
      expect(status).toBe(201);
      const [today] = await db.query(
        `select (clock_timestamp() at time zone 'Pacific/Kiritimati')::date::text as date`,
      );
      expect(body).toMatchObject({
        agentId,
        agentName: 'Defaults',
        phoneNumberId,
        dailyLimit: 77,
        allowedCountries: null,
        effectiveCountries: ['US', 'CA'],
        allowedNumberTypes: [],
        paused: false,
        callsMadeToday: 0,
        remaining: 77,
        lastResetDate: today!['date'],
      });
      expect(new Date(body.resetsAt as string).getTime()).toBeGreaterThan(Date.now());
      expect((await call(`/agent-assignments/${body.id}`)).body).toEqual(body);
      expect(await authorize(agentId)).toBe('allowed');
    });

    it('takes what is given, countries in upper case and each once', async () => {
      const body = await assigned({
        dailyLimit: 5,
        allowedCountries: ['gb', 'GG', 'gb '],
        allowedNumberTypes: ['PREMIUM_RATE'],
      });
      expect(body).toMatchObject({
        dailyLimit: 5,
        allowedCountries: ['GB', 'GG'],
        effectiveCountries: ['GB', 'GG'],
        allowedNumberTypes: ['PREMIUM_RATE'],
      });
    });

    it('allows no country with an empty list, which is not the same as none given', async () => {
      const { agentId, effectiveCountries } = await assigned({ allowedCountries: [] });
      expect(effectiveCountries).toEqual([]);
      expect(await authorize(agentId)).toBe('country_not_allowed');
    });

    it('works by POST /agent-assignments as well, and leaves who did it', async () => {
      const body = { agentId: await agent('Posted'), phoneNumberId: await number(), dailyLimit: 9 };
      const answer = await call('/agent-assignments', { body });
      expect(answer).toMatchObject({ status: 201, body });
      expect(await auditOf(answer.body.id as string)).toEqual([
        {
          action: 'agent_assignment.created',
          changes: expect.objectContaining({
            agent: { from: null, to: 'Posted' },
            dailyLimit: { from: null, to: 9 },
          }),
        },
      ]);
    });

    it('gives an agent as many numbers as wanted', async () => {
      const agentId = await agent();
      for (let i = 0; i < 3; i += 1) expect(await assign(await number(), { agentId })).toMatchObject({ status: 201 });
      expect((await call(`/agents/${agentId}`)).body).toMatchObject({ numbersAssigned: 3, dailyLimit: 231 });
    });

    it('refuses a number that is assigned, and says to whom', async () => {
      const phoneNumberId = await number();
      await assign(phoneNumberId, { agentId: await agent('Holder') });
      const { status, body } = await assign(phoneNumberId, { agentId: await agent() });
      expect({ status, code: body.code }).toEqual({ status: 409, code: 'phone_number_assigned' });
      expect(body.detail).toContain(
        "Unassign it from the agent 'Holder' first, or take it away from that agent (reassign: true).",
      );
    });

    it('moves an assigned number with reassign, in one step', async () => {
      const phoneNumberId = await number();
      const [before, after] = [await agent('Before'), await agent('After')];
      const first = (await assign(phoneNumberId, { agentId: before })).body as AgentAssignmentView;
      const answer = await assign(phoneNumberId, { agentId: after, reassign: true });
      expect(answer).toMatchObject({ status: 201, body: { agentName: 'After' } });
      expect(await call(`/agent-assignments/${first.id}`)).toMatchObject({ status: 404 });
      expect([await authorize(before), await authorize(after)]).toEqual(['no_assignment', 'allowed']);
      expect((await auditOf(first.id)).map(({ action }) => action as string)).toEqual([
        'agent_assignment.created',
        'agent_assignment.ended',
      ]);
    });

    it('lets one of many win who assign a number at the same time', async () => {
      const phoneNumberId = await number();
      const agents = await Promise.all(Array.from({ length: 6 }, () => agent()));
      const answers = await Promise.all(agents.map((agentId) => assign(phoneNumberId, { agentId })));
      expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409, 409]);
    });

    it('leaves no number with an agent that is deleted at the same moment', async () => {
      await Promise.all(
        Array.from({ length: 10 }, async () => {
          const [agentId, phoneNumberId] = [await agent(), await number()];
          await Promise.all([assign(phoneNumberId, { agentId }), call(`/agents/${agentId}`, { method: 'DELETE' })]);
        }),
      );
      const left = await db.query(
        `select a.id from agent_phone_numbers a join agents g on g.id = a.agent_id
         where a.ended_at is null and g.deleted_at is not null`,
      );
      expect(left).toEqual([]);
    });

    it('never refreshes an allowance: the same agent and number get their counter back', async () => {
      const { id, agentId, phoneNumberId } = await assigned({ dailyLimit: 2 });
      for (let i = 0; i < 2; i += 1) expect(await authorize(agentId)).toBe('allowed');
      expect(await unassign(phoneNumberId)).toMatchObject({ status: 200, body: { id, callsMadeToday: 2 } });
      expect(await authorize(agentId)).toBe('no_assignment');

      const { body } = await assign(phoneNumberId, { agentId, dailyLimit: 2 });
      expect(body).toMatchObject({ id, callsMadeToday: 2, remaining: 0 });
      expect(await authorize(agentId)).toBe('daily_limit_reached');

      const again = await assign(phoneNumberId, { agentId, dailyLimit: 2, reassign: true });
      expect(again.body).toMatchObject({ id, callsMadeToday: 2 });
      expect(await authorize(agentId)).toBe('daily_limit_reached');
    });

    it('begins unpaused when it comes back', async () => {
      const { id, agentId, phoneNumberId } = await assigned({ dailyLimit: 2 });
      await put(id, { paused: true });
      await unassign(phoneNumberId);
      expect((await assign(phoneNumberId, { agentId, dailyLimit: 2 })).body).toMatchObject({ id, paused: false });
      expect(await authorize(agentId)).toBe('allowed');
    });

    it('refuses an agent that is not active', async () => {
      const agentId = await createAgent(db, { organizationId, status: 'inactive' });
      expect(await assign(await number(), { agentId })).toMatchObject({
        status: 409,
        body: { code: 'agent_inactive' },
      });
    });

    it('refuses a number of the pool and says to claim it first', async () => {
      const pooled = await createPhoneNumber(db, { organizationId: POOL });
      const { status, body } = await assign(pooled, { agentId: await agent() });
      expect({ status, code: body.code }).toEqual({ status: 409, code: 'conflict' });
      expect(body.detail).toContain('Claim it');
    });

    it('answers the same for numbers and agents of others as for none', async () => {
      const foreignNumber = await createPhoneNumber(db, { organizationId: rivalId });
      const foreignAgent = await createAgent(db, { organizationId: rivalId });
      const released = await createPhoneNumber(db, { organizationId, lifecycle: 'released' });
      for (const [phoneNumberId, agentId] of [
        [foreignNumber, await agent()],
        [MISSING_ID, await agent()],
        [released, await agent()],
        [await number(), foreignAgent],
        [await number(), MISSING_ID],
      ] as const) {
        expect(await assign(phoneNumberId, { agentId })).toMatchObject({
          status: 404,
          body: { code: 'record_not_found' },
        });
      }
    });

    it.each([
      [{}, 'agentId'],
      [{ agentId: 'x' }, 'agentId'],
      [{ agentId: MISSING_ID, dailyLimit: -1 }, 'dailyLimit'],
      [{ agentId: MISSING_ID, dailyLimit: 1_000_001 }, 'dailyLimit'],
      [{ agentId: MISSING_ID, dailyLimit: 1.5 }, 'dailyLimit'],
      [{ agentId: MISSING_ID, dailyLimit: '5' }, 'dailyLimit'],
      [{ agentId: MISSING_ID, dailyLimit: null }, 'dailyLimit'],
      [{ agentId: MISSING_ID, allowedCountries: 'US' }, 'allowedCountries'],
      [{ agentId: MISSING_ID, allowedCountries: ['XX'] }, 'allowedCountries'],
      [{ agentId: MISSING_ID, allowedCountries: ['USAX'] }, 'allowedCountries'],
      [{ agentId: MISSING_ID, allowedCountries: [1] }, 'allowedCountries'],
      [{ agentId: MISSING_ID, allowedCountries: Array.from({ length: 300 }, (_, i) => `X${i}`) }, 'allowedCountries'],
      [{ agentId: MISSING_ID, allowedNumberTypes: ['MOBILE'] }, 'allowedNumberTypes'],
      [{ agentId: MISSING_ID, allowedNumberTypes: ['NON_GEOGRAPHIC'] }, 'allowedNumberTypes'],
      [{ agentId: MISSING_ID, allowedNumberTypes: ['UNKNOWN'] }, 'allowedNumberTypes'],
      [{ agentId: MISSING_ID, allowedNumberTypes: null }, 'allowedNumberTypes'],
      [{ agentId: MISSING_ID, reassign: 'yes' }, 'reassign'],
      [{ agentId: MISSING_ID, callsMadeToday: 0 }, 'callsMadeToday'],
    ])('refuses %j', async (body, field) => {
      const answer = await assign(MISSING_ID, body);
      expect({ status: answer.status, code: answer.body.code, fields: Object.keys(answer.body.errors) }).toEqual({
        status: 400,
        code: 'validation_failed',
        fields: [field],
      });
    });
  });

  describe('unassigning', () => {
    it('refuses a number that is not assigned', async () => {
      expect(await unassign(await number())).toMatchObject({ status: 409, body: { code: 'conflict' } });
    });

    it('finds no number of others', async () => {
      expect(await unassign(await createPhoneNumber(db, { organizationId: rivalId }))).toMatchObject({ status: 404 });
    });

    it('works by DELETE as well and answers the record', async () => {
      const assignment = await assigned();
      const path = `/agent-assignments/${assignment.id}`;
      expect(await call(path, { method: 'DELETE' })).toMatchObject({ status: 200, body: { id: assignment.id } });
      expect(await call(path, { method: 'DELETE' })).toMatchObject({ status: 404 });
      expect(await authorize(assignment.agentId)).toBe('no_assignment');
      expect((await auditOf(assignment.id)).at(-1)).toMatchObject({ action: 'agent_assignment.ended' });
    });
  });

  describe('changing', () => {
    it('decides every later call by a changed limit, countries or pause', async () => {
      const { id, agentId } = await assigned({ dailyLimit: 5 });
      expect(await authorize(agentId)).toBe('allowed');
      expect(await put(id, { dailyLimit: 1 })).toMatchObject({ status: 200, body: { dailyLimit: 1, remaining: 0 } });
      expect(await authorize(agentId)).toBe('daily_limit_reached');
      await put(id, { dailyLimit: 5, allowedCountries: ['fr'] });
      expect(await authorize(agentId)).toBe('country_not_allowed');
      await put(id, { allowedCountries: null, paused: true });
      expect(await authorize(agentId)).toBe('assignment_paused');
      expect((await put(id, { paused: false })).body).toMatchObject({
        paused: false,
        effectiveCountries: ['US', 'CA'],
      });
      expect(await authorize(agentId)).toBe('allowed');
    });

    it('writes down from what to what', async () => {
      const { id } = await assigned({ dailyLimit: 5 });
      await put(id, { dailyLimit: 6, allowedCountries: ['US'] });
      expect((await auditOf(id)).at(-1)).toEqual({
        action: 'agent_assignment.updated',
        changes: { dailyLimit: { from: 5, to: 6 }, allowedCountries: { from: null, to: ['US'] } },
      });
    });

    it('takes the whole record back, also when calls were made meanwhile', async () => {
      const assignment = await assigned();
      await authorize(assignment.agentId);
      const { status, body } = await put(assignment.id, { ...assignment, dailyLimit: 10 });
      expect(status).toBe(200);
      expect(body).toMatchObject({ dailyLimit: 10, callsMadeToday: 1, remaining: 9 });
    });

    it.each([
      [{ agentId: MISSING_ID }, 'agentId'],
      [{ phoneNumberId: MISSING_ID }, 'phoneNumberId'],
      [{ id: MISSING_ID }, 'id'],
      [{ paused: 'no' }, 'paused'],
      [{ dailyLimit: 1e9 }, 'dailyLimit'],
      [{ wings: 2 }, 'wings'],
    ])('refuses %j', async (change, field) => {
      const { id } = await assigned();
      const { status, body } = await put(id, change);
      expect({ status, fields: Object.keys(body.errors) }).toEqual({ status: 400, fields: [field] });
    });

    it('finds no assignment of others', async () => {
      const agentId = await createAgent(db, { organizationId: rivalId });
      const phoneNumberId = await createPhoneNumber(db, { organizationId: rivalId });
      const id = await createAssignment(db, { organizationId: rivalId, agentId, phoneNumberId });
      for (const path of [id, MISSING_ID]) {
        expect(await put(path, { dailyLimit: 1 })).toMatchObject({ status: 404, body: { code: 'record_not_found' } });
        expect(await call(`/agent-assignments/${path}`)).toMatchObject({ status: 404 });
        expect(await call(`/agent-assignments/${path}`, { method: 'DELETE' })).toMatchObject({ status: 404 });
      }
    });
  });

  describe('reading', () => {
    let first: AgentAssignmentView;
    let second: AgentAssignmentView;

    beforeAll(async () => {
      const agentId = await agent('Reading Ruth');
      first = (await assign(await number(), { agentId, dailyLimit: 3 })).body as AgentAssignmentView;
      second = (await assign(await number(), { agentId, dailyLimit: 8 })).body as AgentAssignmentView;
      await put(second.id, { paused: true });
    });

    function list(filter: object, options: { sort?: [string, string]; as?: keyof typeof tokens } = {}) {
      const query = new URLSearchParams({
        filter: JSON.stringify(filter),
        sort: JSON.stringify(options.sort ?? ['createdAt', 'DESC']),
      });
      return call(`/agent-assignments?${query}`, { as: options.as });
    }

    const ids = (answer: { body: AgentAssignmentView[] }) => answer.body.map(({ id }) => id);

    it('lists by agent, number, words, pause and id', async () => {
      expect(ids(await list({ agentId: first.agentId }))).toEqual([second.id, first.id]);
      expect(ids(await list({ agentId: [MISSING_ID, first.agentId] }))).toEqual([second.id, first.id]);
      expect(ids(await list({ phoneNumberId: first.phoneNumberId }))).toEqual([first.id]);
      expect(ids(await list({ q: 'reading r' }, { sort: ['phoneNumber', 'ASC'] }))).toEqual([first.id, second.id]);
      expect(ids(await list({ q: first.phoneNumber }))).toEqual([first.id]);
      expect(ids(await list({ agentId: first.agentId, paused: true }))).toEqual([second.id]);
      expect(ids(await list({ id: [first.id] }))).toEqual([first.id]);
    });

    it.each([{ agentId: 'x' }, { agentId: [1] }, { paused: 'yes' }, { dailyLimit: 3 }])(
      'refuses the filter %j',
      async (filter) => {
        expect(await list(filter)).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
      },
    );

    it.each(['dailyLimit', 'callsMadeToday'])('refuses the order of %s, which no index follows', async (field) => {
      const { status, body } = await list({}, { sort: [field, 'DESC'] });
      expect({ status, code: body.code }).toEqual({ status: 400, code: 'validation_failed' });
      expect(body.errors.sort).toContain('agentName, phoneNumber, createdAt');
    });

    it('answers the numbers of an agent with what is left of today', async () => {
      const { status, body } = await call(`/phone-numbers/agent/${first.agentId}`, { as: 'manager' });
      expect(status).toBe(200);
      expect(body).toEqual({
        phoneNumbers: [first, second].map((assignment) => ({
          id: assignment.phoneNumberId,
          phoneNumber: assignment.phoneNumber,
          provider: assignment.provider,
          countryCode: assignment.countryCode,
          dailyLimit: assignment.dailyLimit,
          allowedCountries: null,
          callsMadeToday: 0,
          remaining: assignment.dailyLimit,
          resetsAt: assignment.resetsAt,
        })),
      });
    });

    it('answers the numbers whose calls an agent answers', async () => {
      const agentId = await agent('Assistant');
      const unassigned = await number();
      await db.query('update phone_numbers set inbound_agent_id = $1 where id = any ($2::uuid[])', [
        agentId,
        [unassigned, first.phoneNumberId],
      ]);
      const { body } = await call(`/phone-numbers/assistant/${agentId}`);
      const expected = [
        { id: first.phoneNumberId, dailyLimit: 3, allowedCountries: null, remaining: 3, resetsAt: first.resetsAt },
        { id: unassigned, dailyLimit: 0, allowedCountries: [], remaining: 0, resetsAt: first.resetsAt },
      ];
      expect(body.phoneNumbers).toHaveLength(2);
      expect(body.phoneNumbers).toEqual(expect.arrayContaining(expected.map((row) => expect.objectContaining(row))));
    });

    it('answers for no agent of others', async () => {
      const foreign = await createAgent(db, { organizationId: rivalId });
      for (const id of [foreign, MISSING_ID]) {
        for (const way of ['agent', 'assistant']) {
          expect(await call(`/phone-numbers/${way}/${id}`)).toMatchObject({ status: 404 });
        }
      }
      expect(await call('/phone-numbers/agent/1')).toMatchObject({ status: 400 });
    });

    it('shows a user with the role agent nothing but its own', async () => {
      const own = (await assign(await number(), { agentId: ownAgentId })).body as AgentAssignmentView;
      expect(ids(await list({}, { as: 'agent' }))).toEqual([own.id]);
      expect(await call(`/agent-assignments/${own.id}`, { as: 'agent' })).toMatchObject({ status: 200 });
      expect(await call(`/agent-assignments/${first.id}`, { as: 'agent' })).toMatchObject({ status: 404 });
      expect(await call(`/phone-numbers/agent/${ownAgentId}`, { as: 'agent' })).toMatchObject({ status: 200 });
      expect(await call(`/phone-numbers/agent/${first.agentId}`, { as: 'agent' })).toMatchObject({ status: 404 });
    });

    it('lets only those write who may', async () => {
      for (const as of ['manager', 'agent', 'dialer'] as const) {
        for (const [method, path, body] of [
          ['POST', '/agent-assignments', {}],
          ['PUT', `/agent-assignments/${first.id}`, {}],
          ['DELETE', `/agent-assignments/${first.id}`],
          ['POST', `/phone-numbers/${first.phoneNumberId}/assign`, {}],
          ['POST', `/phone-numbers/${first.phoneNumberId}/unassign`],
        ] as const) {
          expect(await call(path, { as, method, body })).toMatchObject({ status: 403 });
        }
      }
      expect(await list({}, { as: 'dialer' })).toMatchObject({ status: 403 });
    });
  });
});
