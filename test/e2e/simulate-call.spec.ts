import { randomInt, randomUUID } from 'node:crypto';
import type { CallCandidateView, CallSimulationView } from '#contracts';
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

const CANADA = '+14165550123';
const UNITED_STATES = '+12125550123';
const DESTINATIONS = [
  CANADA,
  UNITED_STATES,
  '+33140205050',
  '+19002345678',
  '+80012345678',
  '+447911123456',
  '911',
  'hello',
];

/** mulberry32: a seed gives the same walk on every machine. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

describe('POST /call-gate/simulate', () => {
  let db: TestDatabase;
  let api: RunningApi;
  let organizationId: string;
  let key: string;
  let serial = 0;

  beforeAll(async () => {
    db = await createTestDatabase();
    api = await startApi({ databaseUrl: db.url });
    organizationId = await createOrganization(db, { timeZone: 'America/New_York', defaultAllowedCountries: ['US'] });
    key = (await createApiKey(db, { organizationId, scopes: ['calls:authorize'] })).key;
  });

  afterAll(async () => {
    await api?.close();
    await db?.drop();
  });

  function ask(route: 'simulate' | 'authorize', body: unknown, apiKey = key) {
    return request(`${api.url}/api/v1/call-gate/${route}`, { method: 'POST', apiKey, body });
  }

  async function simulate(body: unknown): Promise<CallSimulationView> {
    const answer = await ask('simulate', body);
    expect(answer.status).toBe(200);
    return answer.body as CallSimulationView;
  }

  async function assignment(facts: { agentId?: string; dailyLimit?: number; allowedCountries?: string[] | null } = {}) {
    serial += 1;
    const e164 = `+1202555${String(100 + serial).padStart(4, '0')}`;
    const agentId = facts.agentId ?? (await createAgent(db, { organizationId }));
    const phoneNumberId = await createPhoneNumber(db, { organizationId, e164 });
    const { dailyLimit = 100, allowedCountries = ['US', 'CA'] } = facts;
    const made = { organizationId, agentId, phoneNumberId, dailyLimit, allowedCountries };
    return { agentId, phoneNumberId, e164, assignmentId: await createAssignment(db, made) };
  }

  const check = (candidate: CallCandidateView | undefined, name: string) =>
    candidate?.checks.find((one) => one.check === name);

  /** A digest of everything that a decision may write. */
  async function written(): Promise<unknown> {
    return db.query(`
      select (select md5(string_agg(t::text, '|' order by t::text)) from agent_phone_numbers t) as assignments,
        (select md5(string_agg(t::text, '|' order by t::text)) from usage_daily t) as archive,
        (select count(*) from call_authorizations) as ledger, (select count(*) from idempotency_keys) as keys,
        (select count(*) from audit_events) as events`);
  }

  const gateMetrics = async () =>
    (await request<string>(`${api.url}/metrics`)).body.split('\n').filter((line) => line.startsWith('ringfence_gate_'));

  describe('the answer', () => {
    it('is what authorize would say, with the checks of the number and the rules that they stand on', async () => {
      const { agentId, assignmentId, phoneNumberId, e164 } = await assignment({ dailyLimit: 3 });
      const body = await simulate({ agentId, destination: '+1 (416) 555-0123' });
      const from = { phoneNumberId, phoneNumber: e164, provider: 'telnyx' };
      expect(body).toMatchObject({
        allowed: true,
        reasonCode: 'allowed',
        message: 'The call may be placed.',
        from,
        destination: { phoneNumber: CANADA, countryCode: 'CA', type: 'FIXED_LINE_OR_MOBILE' },
        limit: 3,
        used: 1,
        remaining: 2,
      });
      expect(body).not.toHaveProperty('authorizationId');
      expect(body.candidates).toHaveLength(1);
      const [candidate] = body.candidates;
      expect(candidate).toMatchObject({ assignmentId, agentId, from, limit: 3, used: 0, reasonCode: 'allowed' });
      expect(candidate!.resetsAt).toBe(body.resetsAt);
      expect(candidate!.usageDay.rule).toMatchObject({
        source: 'organization',
        field: 'timeZone',
        value: 'America/New_York',
      });
      expect(
        candidate!.checks.map(({ check, result, rule }) => [check, result, rule.source, rule.field, rule.value]),
      ).toEqual([
        ['destination', 'passed', 'numbering_plan', 'destination', CANADA],
        ['organization', 'passed', 'organization', 'suspended', false],
        ['agent', 'passed', 'agent', 'status', 'active'],
        ['number', 'passed', 'phone_number', 'lifecycle', 'active'],
        ['pause', 'passed', 'assignment', 'paused', false],
        ['number_type', 'passed', 'numbering_plan', 'type', 'FIXED_LINE_OR_MOBILE'],
        ['country', 'passed', 'assignment', 'allowedCountries', ['US', 'CA']],
        ['daily_limit', 'passed', 'assignment', 'dailyLimit', 3],
      ]);
    });

    it('names the organization as the source of inherited countries', async () => {
      const { agentId } = await assignment({ allowedCountries: null });
      const body = await simulate({ agentId, destination: CANADA });
      expect(body).toMatchObject({ allowed: false, reasonCode: 'country_not_allowed' });
      expect(check(body.candidates[0], 'country')).toMatchObject({
        result: 'failed',
        reasonCode: 'country_not_allowed',
        rule: { source: 'organization', field: 'defaultAllowedCountries', value: ['US'] },
      });
    });

    it('shows every check that fails, and not only the first', async () => {
      const { agentId, assignmentId, phoneNumberId } = await assignment({ dailyLimit: 0, allowedCountries: [] });
      await db.query('update agent_phone_numbers set paused_at = now() where id = $1', [assignmentId]);
      await db.query(`update phone_numbers set lifecycle = 'error' where id = $1`, [phoneNumberId]);
      const body = await simulate({ agentId, destination: '+19002345678' });
      expect(body.reasonCode).toBe('number_inactive');
      expect(body.candidates[0]!.checks.filter(({ result }) => result === 'failed')).toMatchObject([
        { check: 'number', rule: { source: 'phone_number', field: 'lifecycle', value: 'error' } },
        { check: 'pause', rule: { source: 'assignment', field: 'paused', value: true } },
        { check: 'number_type', rule: { source: 'assignment', field: 'allowedNumberTypes', value: [] } },
        { check: 'country', rule: { source: 'assignment', field: 'allowedCountries', value: [] } },
        { check: 'daily_limit', rule: { source: 'assignment', field: 'dailyLimit', value: 0 } },
      ]);
    });

    it('skips what says nothing about the call: type and country of no number, the country of a number of none', async () => {
      const { agentId, assignmentId } = await assignment();
      const unread = await simulate({ agentId, destination: '911' });
      expect(unread.reasonCode).toBe('destination_emergency');
      expect(unread.candidates[0]!.checks.map(({ result }) => result)).toEqual([
        ...['failed', 'passed', 'passed', 'passed', 'passed', 'skipped', 'skipped', 'passed'],
      ]);
      await db.query(`update agent_phone_numbers set allowed_number_types = '{UNIVERSAL_TOLL_FREE}' where id = $1`, [
        assignmentId,
      ]);
      const nowhere = await simulate({ agentId, destination: '+80012345678' });
      expect(nowhere.allowed).toBe(true);
      expect(check(nowhere.candidates[0], 'country')).toMatchObject({
        result: 'skipped',
        rule: { source: 'numbering_plan', field: 'countryCode', value: null },
      });
      expect(check(nowhere.candidates[0], 'number_type')).toMatchObject({
        result: 'passed',
        rule: { source: 'assignment', field: 'allowedNumberTypes', value: ['UNIVERSAL_TOLL_FREE'] },
      });
    });

    it('lists all numbers of an agent, the one that would be used first', async () => {
      const first = await assignment({ dailyLimit: 10, allowedCountries: ['US'] });
      const second = await assignment({ dailyLimit: 10, agentId: first.agentId });
      const third = await assignment({ dailyLimit: 20, agentId: first.agentId });
      await db.query('update agent_phone_numbers set calls_made_today = 2 where id = any ($1)', [
        [second.assignmentId, third.assignmentId],
      ]);
      const { agentId } = first;
      const body = await simulate({ agentId, destination: CANADA });
      expect(body.candidates.map(({ from, reasonCode, used }) => [from.phoneNumber, reasonCode, used])).toEqual([
        [third.e164, 'allowed', 2],
        [second.e164, 'allowed', 2],
        [first.e164, 'country_not_allowed', 0],
      ]);
      expect(body).toMatchObject({ from: { phoneNumber: third.e164 }, used: 3, remaining: 17 });
      const asked = await simulate({ agentId, from: first.e164, destination: CANADA });
      expect(asked).toMatchObject({ reasonCode: 'country_not_allowed', from: { phoneNumber: first.e164 } });
      expect(asked.candidates).toHaveLength(1);
    });

    it('has no candidate where there is no assignment, and says when the day ends all the same', async () => {
      const body = await simulate({ agentId: randomUUID(), destination: CANADA });
      expect(body).toMatchObject({ reasonCode: 'no_assignment', from: null, limit: null, used: null, candidates: [] });
      expect(new Date(body.resetsAt).getTime()).toBeGreaterThan(Date.now());
    });
  });

  it('changes nothing that authorize writes, and counts as no decision', async () => {
    const { agentId, assignmentId } = await assignment({ dailyLimit: 2 });
    await db.query(
      'update agent_phone_numbers set calls_made_today = 2, last_reset_date = last_reset_date - 1 where id = $1',
      [assignmentId],
    );
    const [before, metricsBefore] = [await written(), await gateMetrics()];
    for (const destination of DESTINATIONS) await simulate({ agentId, destination });
    for (let i = 0; i < 5; i += 1) expect((await simulate({ agentId, destination: CANADA })).used).toBe(1);
    expect([await written(), await gateMetrics()]).toEqual([before, metricsBefore]);
  });

  it('waits for no lock of a call that is being decided', async () => {
    const { agentId, assignmentId } = await assignment();
    const holder = await db.connect();
    try {
      await holder.query('begin');
      await holder.query('select 1 from agent_phone_numbers where id = $1 for update', [assignmentId]);
      expect((await simulate({ agentId, destination: CANADA })).allowed).toBe(true);
    } finally {
      await holder.query('rollback');
      await holder.end();
    }
  });

  it('says the same as authorize on a walk through random states, numbers, callers and days', async () => {
    const seed = Number(process.env['SIMULATE_SEED'] ?? randomInt(2 ** 31));
    const random = randomFrom(seed);
    const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)]!;
    const zones = ['UTC', 'Pacific/Kiritimati', 'Pacific/Pago_Pago', 'America/New_York'];
    const world = await Promise.all(
      zones.slice(0, 2).map(async (timeZone) => {
        const id = await createOrganization(db, { timeZone, defaultAllowedCountries: ['US'] });
        return { id, key: (await createApiKey(db, { organizationId: id, scopes: ['calls:authorize'] })).key };
      }),
    );
    let now = Date.UTC(2041, 2, 9, 20);
    const setClock = (at: string) =>
      db.query(
        `create or replace function ringfence_clock() returns timestamptz language sql volatile parallel safe as $$ select ${at} $$`,
      );
    const agents: string[] = [];
    const assignments: string[] = [];
    const numbers: string[] = [];
    const seen = new Set<string>();

    const mutations: (() => Promise<unknown>)[] = [
      () =>
        db.query(
          'update agent_phone_numbers set paused_at = case when paused_at is null then now() end where id = $1',
          [pick(assignments)],
        ),
      () => db.query('update agent_phone_numbers set ended_at = now() where id = $1', [pick(assignments)]),
      () =>
        db.query('update agent_phone_numbers set daily_limit = $2 where id = $1', [
          pick(assignments),
          pick([0, 1, 2, 5]),
        ]),
      () =>
        db.query('update agent_phone_numbers set allowed_countries = $2, allowed_number_types = $3 where id = $1', [
          pick(assignments),
          pick([null, [], ['US'], ['CA', 'US'], ['GG', 'FR', 'CA']]),
          pick([[], [], ['PREMIUM_RATE'], ['UNIVERSAL_TOLL_FREE', 'SHARED_COST']]),
        ]),
      () =>
        db.query(
          `update agents set status = case status when 'active' then 'inactive' else 'active' end where id = $1`,
          [pick(agents)],
        ),
      () =>
        db.query('update phone_numbers set lifecycle = $2 where e164 = $1', [
          pick(numbers),
          pick(['active', 'active', 'inactive']),
        ]),
      () =>
        db.query('update organizations set suspended_at = case when $2::boolean then now() end where id = $1', [
          pick(world).id,
          random() < 0.15,
        ]),
      () => {
        now += pick([3, 8, 14, 26]) * 3_600_000;
        return setClock(`timestamptz '${new Date(now).toISOString()}'`);
      },
      () =>
        db.query(
          `update organizations set previous_time_zone = time_zone, time_zone = $2, time_zone_effective_at =
             usage_day_ends_at((ringfence_clock() at time zone time_zone)::date, time_zone, null, null, ringfence_clock())
           where id = $1`,
          [pick(world).id, pick(zones)],
        ),
    ];

    await setClock(`timestamptz '${new Date(now).toISOString()}'`);
    try {
      for (const { id } of world) {
        for (let i = 0; i < 5; i += 1) {
          const agentId = await createAgent(db, { organizationId: id });
          agents.push(agentId);
          for (let n = 0; n < [1, 1, 2, 3, 4][i]!; n += 1) {
            const e164 = `+1303555${String(numbers.length).padStart(4, '0')}`;
            numbers.push(e164);
            const phoneNumberId = await createPhoneNumber(db, { organizationId: id, e164 });
            assignments.push(
              await createAssignment(db, { organizationId: id, agentId, phoneNumberId, dailyLimit: pick([1, 2, 5]) }),
            );
          }
        }
      }
      // The walk is worth something only when it has seen the world: it goes on until it has.
      const reasons = () => new Set([...seen].map((one) => one.split(' ')[0]));
      const sawTheWorld = () => reasons().size >= 9 && seen.has('allowed 2');
      for (let step = 0; step < 500 || (step < 3_000 && !sawTheWorld()); step += 1) {
        if (random() < 0.35) await pick(mutations)();
        if (step % 60 === 59) {
          await db.query(`update agent_phone_numbers set ended_at = null, paused_at = null where id = any ($1)`, [
            assignments,
          ]);
        }
        const body = {
          ...(random() < 0.8 && { agentId: pick([...agents, randomUUID()]) }),
          ...(random() < 0.2 && { from: pick(numbers) }),
          destination: pick([CANADA, UNITED_STATES, ...DESTINATIONS]),
        };
        const call = body.agentId === undefined || random() < 0.1 ? { ...body, assignmentId: pick(assignments) } : body;
        const who = pick(world).key;
        const before = await written();
        const simulated = (await ask('simulate', call, who)).body as CallSimulationView;
        expect(await written()).toEqual(before);
        const { authorizationId: _, expiresAt: __, ...authorized } = (await ask('authorize', call, who)).body;
        const { candidates, ...said } = simulated;
        expect({ seed, step, ...said }).toEqual({ seed, step, ...authorized });
        for (const { reasonCode, checks } of candidates) {
          expect(checks.find(({ result }) => result === 'failed')?.reasonCode ?? 'allowed').toBe(reasonCode);
        }
        seen.add(`${said.reasonCode} ${Math.min(candidates.length, 2)}`);
      }
      expect({ seed, seen: [...seen], sawTheWorld: sawTheWorld() }).toMatchObject({ sawTheWorld: true });
    } finally {
      await setClock('clock_timestamp()');
    }
  });

  describe('who may ask, and how', () => {
    it('refuses a caller without credentials, and a key without the scope', async () => {
      const url = `${api.url}/api/v1/call-gate/simulate`;
      const body = { agentId: randomUUID(), destination: CANADA };
      expect((await request(url, { body })).body.code).toBe('authentication_required');
      const reader = await createApiKey(db, { organizationId, scopes: ['assignments:read'] });
      expect((await request(url, { body, apiKey: reader.key })).body.code).toBe('permission_denied');
    });

    it('knows nothing of another organization', async () => {
      const { agentId, assignmentId, e164 } = await assignment();
      const other = await createOrganization(db);
      const foreign = await createApiKey(db, { organizationId: other, scopes: ['calls:authorize'] });
      for (const who of [{ agentId }, { assignmentId }, { agentId, from: e164 }]) {
        const answer = await ask('simulate', { ...who, destination: CANADA }, foreign.key);
        expect(answer.body).toMatchObject({ reasonCode: 'no_assignment', candidates: [] });
      }
    });

    it('lets a person test the own agent only', async () => {
      const userId = await createUser(db, { organizationId, role: 'agent', email: 'tester@gate.test' });
      const own = await assignment();
      await db.query('update agents set user_id = $2 where id = $1', [own.agentId, userId]);
      const other = await assignment();
      const token = await signIn(api.url, 'tester@gate.test');
      const test = (body: object) =>
        request(`${api.url}/api/v1/call-gate/simulate`, { token, body: { ...body, destination: CANADA } });
      expect((await test({ agentId: own.agentId })).body.allowed).toBe(true);
      expect((await test({ agentId: other.agentId })).body.code).toBe('permission_denied');
      expect((await test({ assignmentId: other.assignmentId })).body.code).toBe('permission_denied');
    });

    it('refuses the same bodies as authorize, and every parameter', async () => {
      for (const body of [
        {},
        { destination: CANADA },
        { agentId: 'x', destination: CANADA },
        { agentId: randomUUID(), destination: CANADA, country: 'CA' },
      ]) {
        const [simulated, authorized] = [await ask('simulate', body), await ask('authorize', body)];
        expect(simulated.status).toBe(400);
        expect(simulated.body.errors).toEqual(authorized.body.errors);
      }
      const answer = await request(`${api.url}/api/v1/call-gate/simulate?statusOnDeny=403`, {
        apiKey: key,
        body: { agentId: randomUUID(), destination: CANADA },
      });
      expect(answer).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
      expect(answer.body.errors).toHaveProperty('statusOnDeny');
    });
  });
});
