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
const UNITED_STATES = '+12125550123';
const FRANCE = '+33140205050';

describe('POST /call-gate/authorize', () => {
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

  async function assignment(
    options: {
      dailyLimit?: number;
      allowedCountries?: string[] | null;
      allowedNumberTypes?: string[];
      agentId?: string;
    } = {},
  ): Promise<{ agentId: string; assignmentId: string; phoneNumberId: string; e164: string }> {
    serial += 1;
    const e164 = `+1202555${String(100 + serial).padStart(4, '0')}`;
    const agentId = options.agentId ?? (await createAgent(db, { organizationId, name: `Agent ${serial}` }));
    const phoneNumberId = await createPhoneNumber(db, { organizationId, e164 });
    const assignmentId = await createAssignment(db, {
      organizationId,
      agentId,
      phoneNumberId,
      dailyLimit: options.dailyLimit ?? 100,
      allowedCountries: options.allowedCountries === undefined ? ['US', 'CA'] : options.allowedCountries,
    });
    if (options.allowedNumberTypes) {
      await db.query('update agent_phone_numbers set allowed_number_types = $2 where id = $1', [
        assignmentId,
        options.allowedNumberTypes,
      ]);
    }
    return { agentId, assignmentId, phoneNumberId, e164 };
  }

  function authorize(body: unknown, headers: Record<string, string> = {}) {
    return request(`${api.url}/api/v1/call-gate/authorize`, { method: 'POST', apiKey: key, body, headers });
  }

  /** Turns the clock of this file's database. */
  function setClock(now: string) {
    return db.query(
      `create or replace function ringfence_clock() returns timestamptz language sql volatile parallel safe as $$ select ${now} $$`,
    );
  }

  async function ledger(authorizationId: string) {
    return (await db.query('select * from call_authorizations where id = $1', [authorizationId]))[0];
  }

  it('allows a call, names the number to call from, counts it and writes the ledger', async () => {
    const { agentId, assignmentId, phoneNumberId, e164 } = await assignment({ dailyLimit: 3 });
    const { status, body } = await authorize({ agentId, destination: '+1 (416) 555-0123' });

    expect(status).toBe(200);
    expect(body).toMatchObject({
      allowed: true,
      reasonCode: 'allowed',
      from: { phoneNumberId, phoneNumber: e164, provider: 'telnyx', platform: null, platformNumberId: null },
      destination: { phoneNumber: CANADA, countryCode: 'CA', type: 'FIXED_LINE_OR_MOBILE' },
      limit: 3,
      used: 1,
      remaining: 2,
    });
    expect(new Date(body.resetsAt).getTime()).toBeGreaterThan(Date.now());
    expect(new Date(body.expiresAt).getTime()).toBeGreaterThan(Date.now());
    expect(await ledger(body.authorizationId)).toMatchObject({
      assignment_id: assignmentId,
      decision: 'allowed',
      status: 'authorized',
      used_after: 1,
      limit_at: 3,
      destination_country: 'CA',
    });
    const [row] = await db.query('select calls_made_today from agent_phone_numbers where id = $1', [assignmentId]);
    expect(row).toEqual({ calls_made_today: 1 });
  });

  it('refuses the call when the daily limit is reached, and counts nothing more', async () => {
    const { agentId, assignmentId } = await assignment({ dailyLimit: 2 });
    const answers = [];
    for (let i = 0; i < 4; i += 1) answers.push((await authorize({ agentId, destination: CANADA })).body);
    expect(answers.map((answer) => answer.reasonCode)).toEqual([
      'allowed',
      'allowed',
      'daily_limit_reached',
      'daily_limit_reached',
    ]);
    expect(answers[3]).toMatchObject({ allowed: false, limit: 2, used: 2, remaining: 0, expiresAt: null });
    expect(await ledger(answers[3].authorizationId)).toMatchObject({ decision: 'denied', status: 'denied' });
    const [row] = await db.query('select calls_made_today from agent_phone_numbers where id = $1', [assignmentId]);
    expect(row).toEqual({ calls_made_today: 2 });
  });

  it('admits nothing after the limit was lowered below the usage', async () => {
    const { agentId, assignmentId } = await assignment({ dailyLimit: 5 });
    for (let i = 0; i < 3; i += 1) await authorize({ agentId, destination: CANADA });
    await db.query('update agent_phone_numbers set daily_limit = 2 where id = $1', [assignmentId]);
    expect((await authorize({ agentId, destination: CANADA })).body).toMatchObject({
      reasonCode: 'daily_limit_reached',
      limit: 2,
      used: 3,
      remaining: 0,
    });
  });

  it('refuses a country that is not allowed, by the parsed number and not by its calling code', async () => {
    const { agentId } = await assignment({ allowedCountries: ['US'] });
    expect((await authorize({ agentId, destination: FRANCE })).body.reasonCode).toBe('country_not_allowed');
    expect((await authorize({ agentId, destination: CANADA })).body.reasonCode).toBe('country_not_allowed');
    expect((await authorize({ agentId, destination: UNITED_STATES })).body.reasonCode).toBe('allowed');
  });

  it('inherits the countries of the organization, and allows none with an empty list', async () => {
    const inherits = await assignment({ allowedCountries: null });
    expect((await authorize({ agentId: inherits.agentId, destination: UNITED_STATES })).body.allowed).toBe(true);
    expect((await authorize({ agentId: inherits.agentId, destination: CANADA })).body.allowed).toBe(false);
    const none = await assignment({ allowedCountries: [] });
    const refused = await authorize({ agentId: none.agentId, destination: UNITED_STATES });
    expect(refused.body.reasonCode).toBe('country_not_allowed');
  });

  it.each([
    ['not a number', 'hello', 'destination_invalid'],
    ['a number without a plus', '14165550123', 'destination_invalid'],
    ['an emergency number', '911', 'destination_emergency'],
    ['a number of no country', '+80012345678', 'number_type_blocked'],
    ['a personal number', '+15005551234', 'number_type_blocked'],
    ['a premium-rate number', '+19002345678', 'number_type_blocked'],
  ])('refuses %s', async (_, destination, reasonCode) => {
    const { agentId } = await assignment();
    const { status, body } = await authorize({ agentId, destination });
    expect(status).toBe(200);
    expect(body).toMatchObject({ allowed: false, reasonCode });
    expect(await ledger(body.authorizationId)).toMatchObject({ decision: 'denied', reason_code: reasonCode });
  });

  it('allows restricted types that the assignment names', async () => {
    const { agentId } = await assignment({ allowedNumberTypes: ['UNIVERSAL_TOLL_FREE', 'PREMIUM_RATE'] });
    expect((await authorize({ agentId, destination: '+80012345678' })).body.reasonCode).toBe('allowed');
    expect((await authorize({ agentId, destination: '+19002345678' })).body.reasonCode).toBe('allowed');
    expect((await authorize({ agentId, destination: '+499001234567' })).body.reasonCode).toBe('country_not_allowed');
  });

  it.each([
    ['+80812345678', 'SHARED_COST'],
    ['+870773123456', 'SATELLITE'],
    ['+878101234567890', 'PERSONAL_NUMBER'],
    ['+881612345678', 'SATELLITE'],
    ['+882161234567', 'SATELLITE'],
    ['+883510012345678', 'INTERNATIONAL_NETWORK'],
    ['+979123456789', 'PREMIUM_RATE'],
    ['+447012345678', 'PERSONAL_NUMBER'],
    ['+447640123456', 'PAGER'],
    ['+443061234567', 'UAN'],
    ['+16005551234', 'SATELLITE'],
  ])('refuses %s, %s, where +800 alone is allowed', async (destination, type) => {
    const { agentId } = await assignment({
      allowedCountries: ['GB', 'CA'],
      allowedNumberTypes: ['UNIVERSAL_TOLL_FREE'],
    });
    const { body } = await authorize({ agentId, destination });
    expect(body).toMatchObject({ allowed: false, reasonCode: 'number_type_blocked', destination: { type } });
    expect((await authorize({ agentId, destination: '+80012345678' })).body.allowed).toBe(true);
  });

  it('refuses a personal number by default, and allows it where the assignment names the type', async () => {
    const call = { destination: '+447012345678' };
    const byDefault = await assignment({ allowedCountries: ['GB'] });
    const { body } = await authorize({ ...call, agentId: byDefault.agentId });
    expect(body).toMatchObject({ allowed: false, reasonCode: 'number_type_blocked' });
    const named = await assignment({ allowedCountries: ['GB'], allowedNumberTypes: ['PERSONAL_NUMBER'] });
    expect((await authorize({ ...call, agentId: named.agentId })).body.reasonCode).toBe('allowed');
  });

  it('refuses an agent without a number, an unknown agent, and a number that is not its own', async () => {
    const agentId = await createAgent(db, { organizationId, name: 'No number' });
    expect((await authorize({ agentId, destination: CANADA })).body.reasonCode).toBe('no_assignment');
    const unknown = await authorize({ agentId: crypto.randomUUID(), destination: CANADA });
    expect(unknown.body.reasonCode).toBe('no_assignment');
    const own = await assignment();
    const other = await assignment();
    const body = { agentId: own.agentId, from: other.e164, destination: CANADA };
    expect((await authorize(body)).body.reasonCode).toBe('no_assignment');
    const crossed = { agentId: own.agentId, assignmentId: other.assignmentId, destination: CANADA };
    expect((await authorize(crossed)).body.reasonCode).toBe('no_assignment');
  });

  it.each([
    ['agent_inactive', `update agents set status = 'inactive' where id = $1`, 'agentId'],
    ['number_inactive', `update phone_numbers set lifecycle = 'inactive' where id = $1`, 'phoneNumberId'],
    ['number_cannot_call', `update phone_numbers set capabilities = '{"voice": false}' where id = $1`, 'phoneNumberId'],
    ['assignment_paused', `update agent_phone_numbers set paused_at = now() where id = $1`, 'assignmentId'],
    ['no_assignment', `update agent_phone_numbers set ended_at = now() where id = $1`, 'assignmentId'],
  ] as const)('answers %s from the first call after the change', async (reasonCode, change, subject) => {
    const made = await assignment();
    expect((await authorize({ agentId: made.agentId, destination: CANADA })).body.allowed).toBe(true);
    await db.query(change, [made[subject]]);
    expect((await authorize({ agentId: made.agentId, destination: CANADA })).body).toMatchObject({
      allowed: false,
      reasonCode,
    });
  });

  it('refuses every call of a suspended organization', async () => {
    const { agentId } = await assignment();
    await db.query('update organizations set suspended_at = now() where id = $1', [organizationId]);
    try {
      expect((await authorize({ agentId, destination: CANADA })).body.reasonCode).toBe('organization_suspended');
    } finally {
      await db.query('update organizations set suspended_at = null where id = $1', [organizationId]);
    }
  });

  describe('an agent with several numbers', () => {
    it('spreads its calls by share of the limit, falls to the next number, and refuses when none is left', async () => {
      const first = await assignment({ dailyLimit: 1 });
      const second = await assignment({ dailyLimit: 3, agentId: first.agentId });
      const answers = await Promise.all(
        Array.from({ length: 6 }, () => authorize({ agentId: first.agentId, destination: CANADA })),
      );
      const from = answers.filter(({ body }) => body.allowed).map(({ body }) => body.from.phoneNumber);
      expect(from.sort()).toEqual([first.e164, second.e164, second.e164, second.e164].sort());
      const refused = answers.filter(({ body }) => !body.allowed).map(({ body }) => body.reasonCode);
      expect(refused).toEqual(['daily_limit_reached', 'daily_limit_reached']);
    });

    it('uses the number that allows the country, and the one that is asked for', async () => {
      const first = await assignment({ allowedCountries: ['CA'] });
      const second = await assignment({ allowedCountries: ['US'], agentId: first.agentId });
      const agentId = first.agentId;
      const canada = await authorize({ agentId, destination: CANADA });
      expect(canada.body.from.phoneNumber).toBe(first.e164);
      const states = await authorize({ agentId, destination: UNITED_STATES });
      expect(states.body.from.phoneNumber).toBe(second.e164);
      const asked = await authorize({ agentId, from: second.e164, destination: CANADA });
      expect(asked.body.reasonCode).toBe('country_not_allowed');
      expect((await authorize({ agentId, destination: FRANCE })).body.reasonCode).toBe('country_not_allowed');
    });
  });

  describe('the usage day', () => {
    it.each([
      ['one number', 1],
      ['several numbers', 2],
    ])('starts at zero on a new day, and archives what yesterday held, of an agent with %s', async (_, numbers) => {
      const { agentId, assignmentId, phoneNumberId } = await assignment({ dailyLimit: 2 });
      // The other number is used more already, so that the one of yesterday is chosen.
      if (numbers === 2) {
        const other = await assignment({ dailyLimit: 1, agentId });
        await db.query('update agent_phone_numbers set calls_made_today = 1 where id = $1', [other.assignmentId]);
      }
      await db.query(
        `update agent_phone_numbers set calls_made_today = 2,
           last_reset_date = (now() at time zone 'America/New_York')::date - 1 where id = $1`,
        [assignmentId],
      );
      expect((await authorize({ agentId, destination: CANADA })).body).toMatchObject({ allowed: true, used: 1 });
      const archived = await db.query(
        'select calls_allowed from usage_daily where agent_id = $1 and phone_number_id = $2',
        [agentId, phoneNumberId],
      );
      expect(archived).toEqual([{ calls_allowed: 2 }]);
    });

    it('never moves back: a counter of a later day stays in force', async () => {
      const { agentId, assignmentId } = await assignment({ dailyLimit: 2 });
      await db.query(
        `update agent_phone_numbers set calls_made_today = 2,
           last_reset_date = (now() at time zone 'America/New_York')::date + 1 where id = $1`,
        [assignmentId],
      );
      expect((await authorize({ agentId, destination: CANADA })).body.reasonCode).toBe('daily_limit_reached');
    });

    it('waits for the midnight of the old zone after a change of zone', async () => {
      const { agentId } = await assignment({ dailyLimit: 1 });
      const ask = async (at: string) => {
        await setClock(`timestamptz '${at}'`);
        return (await authorize({ agentId, destination: CANADA })).body;
      };
      try {
        expect(await ask('2040-06-10T20:00:00Z')).toMatchObject({ allowed: true, resetsAt: '2040-06-11T04:00:00Z' });
        await db.query(
          `update organizations set previous_time_zone = 'America/New_York', time_zone = 'Pacific/Kiritimati',
             time_zone_effective_at = '2040-06-11T04:00:00Z' where id = $1`,
          [organizationId],
        );
        // In the new zone it is the 11th already, and stays so for another six hours after New York's midnight.
        expect((await ask('2040-06-10T20:00:01Z')).reasonCode).toBe('daily_limit_reached');
        expect((await ask('2040-06-11T03:59:59Z')).reasonCode).toBe('daily_limit_reached');
        expect(await ask('2040-06-11T04:00:00Z')).toMatchObject({ allowed: true, resetsAt: '2040-06-11T10:00:00Z' });
        expect((await ask('2040-06-11T04:00:01Z')).reasonCode).toBe('daily_limit_reached');
        // A clock that is set back grants nothing.
        expect((await ask('2040-06-09T12:00:00Z')).reasonCode).toBe('daily_limit_reached');
      } finally {
        await setClock('clock_timestamp()');
        await db.query(
          `update organizations set previous_time_zone = null, time_zone = 'America/New_York',
             time_zone_effective_at = null where id = $1`,
          [organizationId],
        );
      }
    });
  });

  describe('Idempotency-Key', () => {
    it('answers a retry as before and counts it once', async () => {
      const { agentId } = await assignment();
      const headers = { 'idempotency-key': crypto.randomUUID() };
      const first = await authorize({ agentId, destination: CANADA }, headers);
      const again = await authorize({ agentId, destination: CANADA }, headers);
      expect(again.body).toEqual(first.body);
      expect(again.headers.get('idempotent-replayed')).toBe('true');
      expect((await authorize({ agentId, destination: CANADA })).body.used).toBe(2);
    });

    it('counts once when the same key arrives many times at once', async () => {
      const { agentId, assignmentId } = await assignment();
      const headers = { 'idempotency-key': crypto.randomUUID() };
      const answers = await Promise.all(
        Array.from({ length: 20 }, () => authorize({ agentId, destination: CANADA }, headers)),
      );
      expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
      const [row] = await db.query('select calls_made_today from agent_phone_numbers where id = $1', [assignmentId]);
      expect(row).toEqual({ calls_made_today: 1 });
    });

    it('refuses the key of another caller, who would dial without being counted', async () => {
      const { agentId } = await assignment();
      const headers = { 'idempotency-key': crypto.randomUUID() };
      expect((await authorize({ agentId, destination: CANADA }, headers)).body.allowed).toBe(true);
      const { key } = await createApiKey(db, { organizationId, scopes: ['calls:authorize'] });
      const other = await request(`${api.url}/api/v1/call-gate/authorize`, {
        apiKey: key,
        headers,
        body: { agentId, destination: CANADA },
      });
      expect([other.status, other.body.code]).toEqual([422, 'idempotency_key_reused']);
      expect((await authorize({ agentId, destination: CANADA })).body.used).toBe(2);
    });

    it('refuses the key for another call with 422', async () => {
      const { agentId } = await assignment();
      const headers = { 'idempotency-key': crypto.randomUUID() };
      await authorize({ agentId, destination: CANADA }, headers);
      const reused = await authorize({ agentId, destination: UNITED_STATES }, headers);
      expect(reused.status).toBe(422);
      expect(reused.body.code).toBe('idempotency_key_reused');
    });

    it('keeps the first date when the retry comes after midnight', async () => {
      const { agentId, assignmentId } = await assignment();
      const headers = { 'idempotency-key': crypto.randomUUID() };
      const written = () =>
        db.query(
          `select l.*, l.local_date::text as date, a.calls_made_today, a.last_reset_date::text as counting
           from call_authorizations l join agent_phone_numbers a on a.id = l.assignment_id where a.id = $1 order by l.id`,
          [assignmentId],
        );
      try {
        await setClock(`timestamptz '2031-03-02T04:59:30Z'`); // Half a minute before midnight in New York.
        const first = await authorize({ agentId, destination: CANADA }, headers);
        const before = await written();
        expect(before).toMatchObject([{ date: '2031-03-01', calls_made_today: 1, counting: '2031-03-01' }]);

        await setClock(`timestamptz '2031-03-02T05:00:30Z'`);
        expect((await authorize({ agentId, destination: CANADA }, headers)).body).toEqual(first.body);
        expect(await written()).toEqual(before);

        // It is the next day indeed: a call of another key counts for it.
        expect((await authorize({ agentId, destination: CANADA })).body.used).toBe(1);
        expect(await written()).toMatchObject([
          { date: '2031-03-01' },
          { date: '2031-03-02', calls_made_today: 1, counting: '2031-03-02' },
        ]);
      } finally {
        await setClock('clock_timestamp()');
      }
    });

    it.each(['', ' ', 'x'.repeat(256), 'caf\u00e9'])('refuses the malformed key %j', async (value) => {
      const { agentId } = await assignment();
      const answer = await authorize({ agentId, destination: CANADA }, { 'idempotency-key': value });
      expect(answer.status).toBe(400);
      expect(answer.body.errors).toHaveProperty('Idempotency-Key');
    });
  });

  describe('bad input', () => {
    it.each([
      ['no body', undefined, 'body'],
      ['an array', [], 'body'],
      ['nobody who calls', { destination: CANADA }, 'agentId'],
      ['a malformed agent', { agentId: 'x', destination: CANADA }, 'agentId'],
      ['a malformed assignment', { assignmentId: 7, destination: CANADA }, 'assignmentId'],
      ['a malformed number to call from', { agentId: crypto.randomUUID(), from: '12', destination: CANADA }, 'from'],
      ['no destination', { agentId: crypto.randomUUID() }, 'destination'],
      ['a long destination', { agentId: crypto.randomUUID(), destination: '1'.repeat(65) }, 'destination'],
      ['a NUL byte', { agentId: crypto.randomUUID(), destination: '+1\u0000' }, 'destination'],
      ['an unknown field', { agentId: crypto.randomUUID(), destination: CANADA, country: 'US' }, 'country'],
    ])('answers 400 to %s, naming the field', async (_, body, field) => {
      const answer = await authorize(body);
      expect(answer.status).toBe(400);
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
      if (body !== undefined) expect(answer.body.errors).toHaveProperty(field);
    });
  });

  describe('who may ask', () => {
    it('refuses a caller without credentials, and a key without the scope', async () => {
      const url = `${api.url}/api/v1/call-gate/authorize`;
      const body = { agentId: crypto.randomUUID(), destination: CANADA };
      expect((await request(url, { method: 'POST', body })).status).toBe(401);
      const reader = await createApiKey(db, { organizationId, scopes: ['numbers:read'] });
      expect((await request(url, { method: 'POST', body, apiKey: reader.key })).status).toBe(403);
    });

    it('knows nothing of the agents of another organization', async () => {
      const { agentId, assignmentId } = await assignment();
      const other = await createOrganization(db, {});
      const foreign = await createApiKey(db, { organizationId: other, scopes: ['calls:authorize'] });
      for (const who of [{ agentId }, { assignmentId }]) {
        const answer = await request(`${api.url}/api/v1/call-gate/authorize`, {
          method: 'POST',
          apiKey: foreign.key,
          body: { ...who, destination: CANADA },
        });
        expect(answer.body.reasonCode).toBe('no_assignment');
      }
    });

    it('lets a person call with the own agent only', async () => {
      const userId = await createUser(db, { organizationId, role: 'agent', email: 'dialer@gate.test' });
      const own = await assignment();
      await db.query(`update agents set kind = 'human', user_id = $2 where id = $1`, [own.agentId, userId]);
      const other = await assignment();
      const token = await signIn(api.url, 'dialer@gate.test');
      const ask = (body: unknown) => request(`${api.url}/api/v1/call-gate/authorize`, { method: 'POST', token, body });
      expect((await ask({ agentId: own.agentId, destination: CANADA })).body.allowed).toBe(true);
      expect((await ask({ agentId: other.agentId, destination: CANADA })).status).toBe(403);
      expect((await ask({ assignmentId: other.assignmentId, destination: CANADA })).status).toBe(403);
    });
  });

  it('answers one line of text to a SIP server', async () => {
    const { agentId, e164 } = await assignment({ dailyLimit: 1 });
    const headers = { accept: 'text/plain' };
    const allowed = (await authorize({ agentId, destination: CANADA }, headers)).body as unknown as string;
    const [row] = await db.query('select id from call_authorizations where agent_id = $1', [agentId]);
    expect(allowed).toBe(`allow ${e164} ${row!.id as string}\n`);
    expect((await authorize({ agentId, destination: CANADA }, headers)).body).toBe('deny daily_limit_reached\n');
  });

  it('answers 503 and never an allow when a row stays locked, and decides calls of others meanwhile', async () => {
    const blocked = await assignment();
    const other = await createOrganization(db, { defaultAllowedCountries: ['CA'] });
    const free = await createAgent(db, { organizationId: other });
    const phoneNumberId = await createPhoneNumber(db, { organizationId: other });
    await createAssignment(db, { organizationId: other, agentId: free, phoneNumberId });
    const { key: otherKey } = await createApiKey(db, { organizationId: other, scopes: ['calls:authorize'] });
    const holder = await db.connect();
    try {
      await holder.query('begin');
      await holder.query('select 1 from agent_phone_numbers where id = $1 for update', [blocked.assignmentId]);
      const answered: string[] = [];
      const noted = <T>(name: string, answer: Promise<T>) => answer.finally(() => answered.push(name));
      const [refused, decided] = await Promise.all([
        noted('blocked', authorize({ agentId: blocked.agentId, destination: CANADA })),
        noted(
          'free',
          request(`${api.url}/api/v1/call-gate/authorize`, {
            method: 'POST',
            apiKey: otherKey,
            body: { agentId: free, destination: CANADA },
          }),
        ),
      ]);
      expect(refused.status).toBe(503);
      expect(refused.body.code).toBe('gate_unavailable');
      expect(refused.headers.get('retry-after')).toBe('1');
      expect(decided.body.allowed).toBe(true);
      expect(answered).toEqual(['free', 'blocked']);
    } finally {
      await holder.query('rollback');
      await holder.end();
    }
  });
});
