import { randomUUID } from 'node:crypto';
import type { Role } from '#contracts';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { startApi, type RunningApi } from '../support/api.js';
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

const CANADA = '+14165550123';
const FRANCE = '+33140205050';

interface Caller {
  userId?: string;
  token?: string;
  apiKey?: string;
}

describe('settling an authorization', () => {
  let db: TestDatabase;
  let api: RunningApi;
  let organizationId: string;
  let dialer: { id: string; key: string };
  let otherDialer: { id: string; key: string };
  /** A system that hears of all calls. */
  let collector: { id: string; key: string };
  let admin: string;

  beforeAll(async () => {
    db = await createTestDatabase();
    api = await startApi({ databaseUrl: db.url });
    organizationId = await createOrganization(db, { defaultAllowedCountries: ['CA'] });
    dialer = await createApiKey(db, { organizationId, scopes: ['calls:authorize', 'calls:settle'] });
    otherDialer = await createApiKey(db, { organizationId, scopes: ['calls:authorize', 'calls:settle'] });
    collector = await createApiKey(db, { organizationId, scopes: ['calls:settle', 'calls:settle-any'] });
    admin = (await user('admin')).token;
  });

  beforeEach(() => setClock(`timestamptz '2026-03-02T12:00:00Z'`));

  afterAll(async () => {
    await api?.close();
    await db?.drop();
  });

  function setClock(instant: string) {
    return db.query(
      `create or replace function ringfence_clock() returns timestamptz language sql volatile parallel safe
         as $$ select ${instant} $$`,
    );
  }

  async function user(role: Role): Promise<{ userId: string; token: string }> {
    const email = `${randomUUID()}@example.test`;
    const userId = await createUser(db, { organizationId, role, email });
    return { userId, token: await signIn(api.url, email) };
  }

  async function line(facts: { dailyLimit?: number; userId?: string } = {}) {
    const agentId = await createAgent(db, { organizationId, userId: facts.userId });
    const phoneNumberId = await createPhoneNumber(db, { organizationId });
    const { dailyLimit } = facts;
    const assignmentId = await createAssignment(db, { organizationId, agentId, phoneNumberId, dailyLimit });
    return { agentId, phoneNumberId, assignmentId };
  }

  const post = (path: string, body: unknown, caller: Caller = { apiKey: dialer.key }) =>
    request(`${api.url}/api/v1/${path}`, { method: 'POST', body, ...caller });
  const authorize = async (agentId: string, destination = CANADA, caller?: Caller) =>
    (await post('call-gate/authorize', { agentId, destination }, caller)).body;
  const authorized = async (agentId: string, caller?: Caller): Promise<string> => {
    const { allowed, authorizationId } = await authorize(agentId, CANADA, caller);
    expect(allowed).toBe(true);
    return authorizationId;
  };
  const complete = (id: string, body: unknown = { disposition: 'answered' }, caller?: Caller) =>
    post(`call-gate/authorizations/${id}/complete`, body, caller);
  const voidCall = (id: string, reason = 'not_dialed', caller?: Caller) =>
    post(`call-gate/authorizations/${id}/void`, { reason }, caller);
  const problem = (status: number, code: string) => ({ status, body: { code } });

  async function counts({ assignmentId, phoneNumberId }: { assignmentId: string; phoneNumberId: string }) {
    const [row] = await db.query(
      `select (select calls_made_today from agent_phone_numbers where id = $1) as counter,
         coalesce((select sum(calls_allowed)::integer from usage_daily where phone_number_id = $2), 0) as archive`,
      [assignmentId, phoneNumberId],
    );
    return row;
  }

  const auditOf = (id: string) =>
    db.query(
      `select action, actor_id as actor, changes from audit_events
       where organization_id = $1 and subject_type = 'authorization' and subject_id = $2`,
      [organizationId, id],
    );

  describe('complete', () => {
    it('records how the call went, once, and answers the same record to the same body', async () => {
      const { agentId, assignmentId, phoneNumberId } = await line({ dailyLimit: 5 });
      const id = await authorized(agentId);
      const body = {
        disposition: 'answered',
        durationSeconds: 61,
        sipCode: 200,
        externalCallId: 'CA1',
        cost: '0.0135',
      };
      const first = await complete(id, body);
      expect(first).toMatchObject({ status: 200 });
      expect(first.body).toEqual({
        id,
        decision: 'allowed',
        reasonCode: 'allowed',
        status: 'completed',
        agentId,
        assignmentId,
        phoneNumberId,
        from: expect.stringMatching(/^\+1415/) as unknown,
        provider: 'telnyx',
        destination: { phoneNumber: CANADA, countryCode: 'CA', type: 'FIXED_LINE_OR_MOBILE' },
        limit: 5,
        used: 1,
        localDate: '2026-03-02',
        decidedAt: '2026-03-02T12:00:00.000Z',
        expiresAt: '2026-03-02T16:00:00.000Z',
        settledAt: '2026-03-02T12:00:00.000Z',
        disposition: 'answered',
        durationSeconds: 61,
        sipCode: 200,
        externalCallId: 'CA1',
        voidReason: null,
        cost: '0.0135',
        currency: 'USD',
        correctionCount: 0,
        corrected: false,
      });
      await setClock(`timestamptz '2026-03-02T12:01:00Z'`);
      const repeated = await complete(id, { ...body, cost: 0.0135, currency: 'USD' });
      expect(repeated).toMatchObject({ status: 200, body: first.body });
      expect(await auditOf(id)).toEqual([
        {
          action: 'authorization.completed',
          actor: dialer.id,
          changes: { disposition: 'answered', durationSeconds: 61 },
        },
      ]);
    });

    // What a later report may change is in corrections.spec.ts.
    it.each([
      { disposition: 'busy', durationSeconds: 61 },
      { disposition: 'answered', sipCode: 486 },
      { disposition: 'answered', externalCallId: 'other' },
    ])('refuses a second settlement that says of the call what it was not: %j', async (other) => {
      const id = await authorized((await line()).agentId);
      await complete(id, { disposition: 'answered', durationSeconds: 61, sipCode: 200, externalCallId: 'CA1' });
      const refused = await complete(id, other);
      expect(refused).toMatchObject(problem(409, 'authorization_settled'));
      expect(refused.body.detail).toContain('completed at 2026-03-02T12:00:00.000Z');
    });

    it('is possible after the lease has run out, and leaves the call counted', async () => {
      const own = await line();
      const id = await authorized(own.agentId);
      await setClock(`timestamptz '2026-03-02T18:00:00Z'`);
      expect(await complete(id, { disposition: 'voicemail', durationSeconds: 20_000 })).toMatchObject({
        status: 200,
        body: { status: 'completed', settledAt: '2026-03-02T18:00:00.000Z' },
      });
      expect(await counts(own)).toEqual({ counter: 1, archive: 0 });
    });

    it('may come from another key with calls:settle-any, for another system may hear how the call ended', async () => {
      const id = await authorized((await line()).agentId);
      expect(await complete(id, { disposition: 'busy', sipCode: 486 }, { apiKey: collector.key })).toMatchObject({
        status: 200,
      });
    });

    it('refuses a denied call', async () => {
      const { authorizationId } = await authorize((await line()).agentId, FRANCE);
      for (const refused of [await complete(authorizationId), await voidCall(authorizationId)]) {
        expect(refused).toMatchObject(problem(409, 'authorization_not_settleable'));
        expect(refused.body.detail).toContain('denied');
      }
    });

    it.each([
      [{}, 'disposition'],
      [{ disposition: 'fine' }, 'disposition'],
      [{ disposition: 'answered', durationSeconds: -1 }, 'durationSeconds'],
      [{ disposition: 'answered', durationSeconds: 1.5 }, 'durationSeconds'],
      [{ disposition: 'answered', sipCode: 99 }, 'sipCode'],
      [{ disposition: 'answered', sipCode: 700 }, 'sipCode'],
      [{ disposition: 'answered', externalCallId: 'x'.repeat(256) }, 'externalCallId'],
      [{ disposition: 'answered', cost: '-1' }, 'cost'],
      [{ disposition: 'answered', cost: '1.00001' }, 'cost'],
      [{ disposition: 'answered', cost: '1', currency: 'ABC' }, 'currency'],
      [{ disposition: 'answered', currency: 'USD' }, 'currency'],
      [{ disposition: 'answered', status: 'voided' }, 'status'],
    ])('refuses %j', async (body, field) => {
      const refused = await complete(randomUUID(), body);
      expect(refused).toMatchObject(problem(400, 'validation_failed'));
      expect(Object.keys(refused.body.errors as object)).toEqual([field]);
    });
  });

  describe('void', () => {
    it('gives exactly one call back, once, and leaves who did it', async () => {
      const own = await line({ dailyLimit: 2 });
      const id = await authorized(own.agentId);
      await authorized(own.agentId);
      expect((await authorize(own.agentId)).reasonCode).toBe('daily_limit_reached');

      const first = await voidCall(id, 'trunk_unavailable');
      expect(first).toMatchObject({ status: 200, body: { id, status: 'voided', voidReason: 'trunk_unavailable' } });
      expect(await voidCall(id, 'trunk_unavailable')).toMatchObject({ status: 200, body: first.body });
      expect(await counts(own)).toEqual({ counter: 1, archive: 0 });
      expect(await auditOf(id)).toEqual([
        {
          action: 'authorization.voided',
          actor: dialer.id,
          changes: { reason: 'trunk_unavailable', assignmentId: own.assignmentId, localDate: '2026-03-02' },
        },
      ]);

      expect((await authorize(own.agentId)).reasonCode).toBe('allowed');
      expect((await authorize(own.agentId)).reasonCode).toBe('daily_limit_reached');
    });

    it('and complete exclude each other', async () => {
      const own = await line();
      const [one, other] = [await authorized(own.agentId), await authorized(own.agentId)];
      await complete(one);
      await voidCall(other);
      expect(await voidCall(one)).toMatchObject(problem(409, 'authorization_settled'));
      expect(await complete(other)).toMatchObject(problem(409, 'authorization_settled'));
      expect(await voidCall(other, 'test_call')).toMatchObject(problem(409, 'authorization_settled'));
      expect(await counts(own)).toEqual({ counter: 1, archive: 0 });
    });

    it('is refused when the window after the decision has passed', async () => {
      const own = await line();
      const id = await authorized(own.agentId);
      await setClock(`timestamptz '2026-03-02T12:05:00.001Z'`);
      const refused = await voidCall(id);
      expect(refused).toMatchObject(problem(409, 'authorization_not_settleable'));
      expect(refused.body.detail).toContain('within 300 seconds');
      expect(await counts(own)).toEqual({ counter: 1, archive: 0 });
      await setClock(`timestamptz '2026-03-02T12:05:00Z'`);
      expect(await voidCall(id)).toMatchObject({ status: 200 });
    });

    it('is refused when the lease has run out, and the call counts as used', async () => {
      const own = await line();
      const id = await authorized(own.agentId);
      await db.query(`update call_authorizations set expires_at = decided_at + interval '10 s' where id = $1`, [id]);
      await setClock(`timestamptz '2026-03-02T12:00:11Z'`);
      const refused = await voidCall(id);
      expect(refused).toMatchObject(problem(409, 'authorization_not_settleable'));
      expect(refused.body.detail).toContain('lease ran out');
      expect(await counts(own)).toEqual({ counter: 1, archive: 0 });
      expect(await db.query('select status from call_authorizations where id = $1', [id])).toEqual([
        { status: 'authorized' },
      ]);
    });

    // What is admitted of a day is the limit, and once more what is given back.
    it.each([
      [1, 1],
      [2, 2],
      [5, 5],
      [10, 10],
      [100, 10],
      [250, 25],
      [1000, 100],
    ])('is limited: with a daily limit of %s, to %s calls of a day', async (dailyLimit, most) => {
      const own = await line({ dailyLimit });
      for (let i = 0; i < most; i += 1) {
        expect(await voidCall(await authorized(own.agentId))).toMatchObject({ status: 200 });
      }
      const id = await authorized(own.agentId);
      const refused = await voidCall(id);
      expect(refused).toMatchObject(problem(429, 'void_limit_reached'));
      expect(refused.body.detail).toContain('never more than the daily limit itself');
      expect(await voidCall(id, 'test_call', { token: admin })).toMatchObject(problem(429, 'void_limit_reached'));
      expect(await counts(own)).toEqual({ counter: 1, archive: 0 });
      expect(await complete(id, { disposition: 'failed' })).toMatchObject({ status: 200 });
      const calls = Array.from({ length: 500 }, () => ({ agentId: own.agentId, destination: CANADA }));
      for (let asked = 0; asked <= dailyLimit; asked += 500) await post('call-gate/authorize-batch', { calls });
      const [admitted] = await db.query(
        `select count(*)::integer as calls from call_authorizations where assignment_id = $1 and decision = 'allowed'`,
        [own.assignmentId],
      );
      expect(admitted).toEqual({ calls: dailyLimit + most });

      await setClock(`timestamptz '2026-03-03T12:00:00Z'`);
      expect(await voidCall(await authorized(own.agentId))).toMatchObject({ status: 200 });
    });

    it('gives nothing back once the daily limit is zero', async () => {
      const own = await line({ dailyLimit: 1 });
      const id = await authorized(own.agentId);
      await db.query('update agent_phone_numbers set daily_limit = 0 where id = $1', [own.assignmentId]);
      expect(await voidCall(id)).toMatchObject(problem(429, 'void_limit_reached'));
      expect(await counts(own)).toEqual({ counter: 1, archive: 0 });
    });

    it.each([[{}], [{ reason: 'bored' }], [{ reason: 'not_dialed', count: 2 }]])('refuses %j', async (body) => {
      const refused = await post(`call-gate/authorizations/${randomUUID()}/void`, body);
      expect(refused).toMatchObject(problem(400, 'validation_failed'));
    });

    it('takes the call off the archive of its own day after midnight', async () => {
      await setClock(`timestamptz '2026-03-02T23:59:00Z'`);
      const own = await line({ dailyLimit: 3 });
      const ids = [await authorized(own.agentId), await authorized(own.agentId)];
      await setClock(`timestamptz '2026-03-03T00:01:00Z'`);
      // The counter still stands at the old day: it was not touched since.
      expect(await voidCall(ids[0]!)).toMatchObject({ status: 200, body: { localDate: '2026-03-02' } });
      expect(await counts(own)).toEqual({ counter: 1, archive: 0 });
      await authorized(own.agentId);
      expect(await voidCall(ids[1]!)).toMatchObject({ status: 200 });
      expect(await counts(own)).toEqual({ counter: 1, archive: 0 });

      const { body } = await request(`${api.url}/api/v1/usage/daily?groupBy=number`, { token: admin });
      const days = (body.rows as { localDate: string; groupId: string; callsAllowed: number }[])
        .filter(({ groupId }) => groupId === own.phoneNumberId)
        .map(({ localDate, callsAllowed }) => [localDate, callsAllowed]);
      expect(days).toEqual([['2026-03-03', 1]]);
    });

    it('finds the call where a reset by hand has put it', async () => {
      const own = await line({ dailyLimit: 2 });
      const before = await authorized(own.agentId);
      await setClock(`timestamptz '2026-03-02T12:01:00Z'`);
      expect(await post('usage/reset', { agentId: own.agentId }, { token: admin })).toMatchObject({ status: 200 });
      await setClock(`timestamptz '2026-03-02T12:02:00Z'`);
      const after = await authorized(own.agentId);
      await authorized(own.agentId);
      expect(await counts(own)).toEqual({ counter: 2, archive: 1 });

      // What was used before the reset gives nothing back to the allowance after it.
      await voidCall(before);
      expect(await counts(own)).toEqual({ counter: 2, archive: 0 });
      expect((await authorize(own.agentId)).reasonCode).toBe('daily_limit_reached');
      await voidCall(after);
      expect(await counts(own)).toEqual({ counter: 1, archive: 0 });
    });

    it('takes the call off the report of today and off the countries of a day that is rolled up', async () => {
      const own = await line();
      const id = await authorized(own.agentId);
      const summary = async () =>
        (await request(`${api.url}/api/v1/usage/summary`, { token: admin })).body.callsAllowed;
      const allowed = (await summary()) as number;
      await db.query(
        `insert into usage_daily (organization_id, local_date, agent_id, phone_number_id, allowed_by_country)
         values ($1, '2026-03-02', $2, $3, '{"CA": 4, "US": 1}')`,
        [organizationId, own.agentId, own.phoneNumberId],
      );
      await voidCall(id);
      expect(await summary()).toBe(allowed - 1);
      const rows = 'select allowed_by_country as countries, calls_voided from usage_daily where phone_number_id = $1';
      expect(await db.query(rows, [own.phoneNumberId])).toEqual([{ countries: { CA: 3, US: 1 }, calls_voided: 1 }]);
    });

    it('works after the assignment has ended', async () => {
      const own = await line();
      const id = await authorized(own.agentId);
      await post(`phone-numbers/${own.phoneNumberId}/unassign`, {}, { token: admin });
      expect(await voidCall(id)).toMatchObject({ status: 200 });
      expect(await counts(own)).toEqual({ counter: 0, archive: 0 });
    });
  });

  it('adds a completed call to the totals of a day that is rolled up for good', async () => {
    const own = await line();
    const id = await authorized(own.agentId);
    await db.query(
      `insert into usage_daily (organization_id, local_date, agent_id, phone_number_id)
       values ($1, '2026-03-02', $2, $3)`,
      [organizationId, own.agentId, own.phoneNumberId],
    );
    await db.query(`update organizations set last_rollup_date = '2026-03-03' where id = $1`, [organizationId]);
    await complete(id, { disposition: 'answered', durationSeconds: 30 });
    await complete(id, { disposition: 'answered', durationSeconds: 30 });
    await db.query('update organizations set last_rollup_date = null where id = $1', [organizationId]);
    const rows = `select calls_completed, duration_seconds::integer from usage_daily where phone_number_id = $1`;
    expect(await db.query(rows, [own.phoneNumberId])).toEqual([{ calls_completed: 1, duration_seconds: 30 }]);
  });

  it('binds a person with the role agent to the calls of their own agents', async () => {
    const person = await user('agent');
    const own = await line({ userId: person.userId });
    const foreign = await line();
    const mine = await authorized(own.agentId, person);
    const theirs = await authorized(foreign.agentId);
    const dialed = await authorized(own.agentId);
    for (const refused of [
      await complete(theirs, { disposition: 'answered' }, person),
      await voidCall(theirs, 'not_dialed', person),
    ]) {
      expect(refused).toMatchObject(problem(404, 'record_not_found'));
    }
    // Their own agent's call, but a dialer authorized it.
    expect(await voidCall(dialed, 'not_dialed', person)).toMatchObject(problem(403, 'permission_denied'));
    expect(await voidCall(mine, 'caller_abandoned', person)).toMatchObject({ status: 200 });
    expect(await complete(dialed, { disposition: 'no_answer' }, person)).toMatchObject({ status: 200 });
  });

  it('is for whom authorized the call, for owners, admins and keys with calls:settle-any', async () => {
    const { agentId } = await line();
    const owner = (await user('owner')).token;
    const settlings = [
      (id: string, caller: Caller) => complete(id, { disposition: 'answered' }, caller),
      (id: string, caller: Caller) => voidCall(id, 'test_call', caller),
    ];
    for (const settling of settlings) {
      const [ofDialer, ofAdmin, another, last] = [
        await authorized(agentId),
        await authorized(agentId, { token: admin }),
        await authorized(agentId),
        await authorized(agentId),
      ] as [string, string, string, string];
      const unknown = await settling(randomUUID(), { apiKey: otherDialer.key });
      expect(unknown).toMatchObject(problem(404, 'record_not_found'));
      expect(unknown.body.detail).toContain('calls:settle-any');
      const refused = [
        await settling(ofDialer, { apiKey: otherDialer.key }),
        await settling(ofAdmin, { apiKey: dialer.key }),
      ];
      for (const { status, body } of refused) {
        expect([status, body.detail]).toEqual([404, unknown.body.detail]);
      }
      expect(await settling(ofDialer, { token: admin })).toMatchObject({ status: 200 });
      expect(await settling(ofAdmin, { token: owner })).toMatchObject({ status: 200 });
      expect(await settling(another, { apiKey: collector.key })).toMatchObject({ status: 200 });
      expect(await settling(last, { apiKey: dialer.key })).toMatchObject({ status: 200 });
      // Not even by repeating what an admin has done.
      expect(await settling(ofDialer, { apiKey: otherDialer.key })).toMatchObject({ status: 404 });
    }
  });

  it('needs the permission calls:settle', async () => {
    const { key } = await createApiKey(db, { organizationId, scopes: ['calls:authorize'] });
    const manager = (await user('manager')).token;
    const id = await authorized((await line()).agentId, { apiKey: key });
    for (const caller of [{ apiKey: key }, { token: manager }]) {
      expect(await complete(id, { disposition: 'answered' }, caller)).toMatchObject(problem(403, 'permission_denied'));
      expect(await voidCall(id, 'not_dialed', caller)).toMatchObject(problem(403, 'permission_denied'));
    }
  });

  it("knows nothing of another organization's authorizations", async () => {
    const own = await line();
    const id = await authorized(own.agentId);
    const stranger = await createOrganization(db);
    const { key } = await createApiKey(db, { organizationId: stranger, scopes: ['calls:settle'] });
    const strange = { apiKey: key };
    const answers = [
      await complete(id, { disposition: 'answered' }, strange),
      await voidCall(id, 'not_dialed', strange),
      await complete(randomUUID(), { disposition: 'answered' }, strange),
      await voidCall(randomUUID(), 'not_dialed', strange),
    ];
    for (const answer of answers) {
      expect(answer).toMatchObject(problem(404, 'record_not_found'));
      expect(answer.body.detail).toBe(answers[2]!.body.detail);
    }
    expect(await complete('x', { disposition: 'answered' })).toMatchObject(problem(400, 'validation_failed'));
    expect(await counts(own)).toEqual({ counter: 1, archive: 0 });
  });

  it('derives the status when the lease has run out', async () => {
    const at = `timestamptz '2026-03-02T16:00:00Z'`;
    const [row] = await db.query(
      `select authorization_status('authorized', ${at}, ${at}) as "lastInstant",
         authorization_status('authorized', ${at}, ${at} + interval '1 ms') as after,
         authorization_status('completed', ${at}, ${at} + interval '1 day') as completed,
         authorization_status('denied', null, ${at}) as denied`,
    );
    expect(row).toEqual({ lastInstant: 'authorized', after: 'expired', completed: 'completed', denied: 'denied' });
  });
});
