import { Logger } from '@nestjs/common';
import { MidnightService } from '../../apps/api/src/modules/usage/midnight.service.js';
import { type ApiPools, poolsAsOfApi } from '../support/api-pool.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { createAgent, createAssignment, createOrganization, createPhoneNumber } from '../support/fixtures.js';

const NIL = '00000000-0000-0000-0000-000000000000';

describe('The midnight job', () => {
  let db: TestDatabase;
  let replicaPools: ApiPools[];
  let replicas: MidnightService[];

  beforeAll(async () => {
    Logger.overrideLogger(false);
    db = await createTestDatabase();
    replicaPools = await Promise.all([poolsAsOfApi(db), poolsAsOfApi(db)]);
    replicas = replicaPools.map(({ database }) => new MidnightService(database));
  });

  afterAll(async () => {
    for (const pools of replicaPools ?? []) await pools.destroy();
    await db?.drop();
  });

  beforeEach(async () => {
    await db.query('truncate agent_phone_numbers, call_authorizations, idempotency_keys, usage_daily');
    await db.query(`update organizations set last_rollup_date = '9999-01-01'`);
  });

  function run() {
    return replicas[0]!.run();
  }

  async function turnClockTo(instant: string): Promise<void> {
    await db.query(`create or replace function ringfence_clock() returns timestamptz language sql volatile
      as $$ select timestamptz '${instant}' $$`);
  }

  interface Counting {
    organizationId: string;
    agentId: string;
    phoneNumberId: string;
    assignmentId: string;
  }

  /** An organization with one assignment whose counter belongs to the day. */
  async function counting(timeZone: string, lastResetDate: string, calls: number): Promise<Counting> {
    const organizationId = await createOrganization(db, { timeZone, defaultAllowedCountries: ['US'] });
    await db.query(`update organizations set created_at = $2::date where id = $1`, [organizationId, lastResetDate]);
    return { organizationId, ...(await counter(organizationId, lastResetDate, calls)) };
  }

  async function counter(organizationId: string, lastResetDate: string, calls: number) {
    const agentId = await createAgent(db, { organizationId });
    const phoneNumberId = await createPhoneNumber(db, { organizationId });
    const assignmentId = await createAssignment(db, {
      organizationId,
      agentId,
      phoneNumberId,
      dailyLimit: 10,
      callsMadeToday: calls,
      lastResetDate,
    });
    return { agentId, phoneNumberId, assignmentId };
  }

  async function counterOf({ assignmentId }: Counting) {
    const [row] = await db.query(
      `select calls_made_today as calls, last_reset_date::text as day from agent_phone_numbers where id = $1`,
      [assignmentId],
    );
    return row;
  }

  async function archiveOf(organizationId: string) {
    return db.query(
      `select local_date::text as day, sum(calls_allowed)::integer as allowed, sum(calls_denied)::integer as denied
       from usage_daily where organization_id = $1 group by 1 order by 1`,
      [organizationId],
    );
  }

  async function rolledUpTo(organizationId: string) {
    const [row] = await db.query('select last_rollup_date::text as day from organizations where id = $1', [
      organizationId,
    ]);
    return row!['day'] as string | null;
  }

  async function authorize({ organizationId, agentId }: Counting): Promise<string> {
    const [row] = await db.query(
      `select reason_code from gate_authorize(array[$1::uuid], array[$2::uuid], array[null::uuid], array[null::text],
         array['+12125550123'], array['US'], array['FIXED_LINE_OR_MOBILE'], array[null::text], array[$1::uuid],
         array[null::text], array[null::bytea], interval '4 hours', interval '72 hours')`,
      [organizationId, agentId],
    );
    return row!['reason_code'] as string;
  }

  /** A line of the ledger, decided at noon of the day (UTC). */
  async function ledger(organizationId: string, day: string, facts: Record<string, unknown>): Promise<void> {
    const line = {
      organization_id: organizationId,
      destination: '+12125550123',
      decision: 'denied',
      reason_code: 'no_assignment',
      status: 'denied',
      local_date: day,
      authorized_by: NIL,
      decided_at: `${day}T12:00:00Z`,
      resets_at: `${day}T23:59:59Z`,
      expires_at: `${day}T16:00:00Z`,
      from_number: '+12025550100',
      ...facts,
    };
    const columns = Object.keys(line);
    await db.query(
      `insert into call_authorizations (id, ${columns.join(', ')})
       values ((lpad(to_hex((extract(epoch from timestamptz '${day} 12:00Z') * 1000)::bigint), 12, '0')
         || '7000a' || substr(md5(random()::text), 1, 15))::uuid, ${columns.map((_, i) => `$${i + 1}`).join(', ')})`,
      Object.values(line),
    );
  }

  it('archives each counter once, although twenty runs of two processes start together', async () => {
    await turnClockTo('2026-03-02T00:00:30Z');
    const many = await Promise.all([...'abcdefgh'].map(() => counting('UTC', '2026-03-01', 7)));

    await Promise.all(Array.from({ length: 20 }, (_, index) => replicas[index % 2]!.run()));

    for (const one of many) {
      expect(await archiveOf(one.organizationId)).toEqual([{ day: '2026-03-01', allowed: 7, denied: 0 }]);
      expect(await counterOf(one)).toEqual({ calls: 0, day: '2026-03-02' });
      expect(await rolledUpTo(one.organizationId)).toBe('2026-03-01');
    }
  });

  it('adds to what a reset by hand put into the archive of the day', async () => {
    await turnClockTo('2026-03-02T00:00:30Z');
    const { organizationId, agentId, phoneNumberId } = await counting('UTC', '2026-03-01', 7);
    await db.query(
      `insert into usage_daily (organization_id, local_date, agent_id, phone_number_id, calls_allowed)
       values ($1, '2026-03-01', $2, $3, 5)`,
      [organizationId, agentId, phoneNumberId],
    );
    for (let i = 0; i < 3; i += 1) await run();
    expect(await archiveOf(organizationId)).toEqual([{ day: '2026-03-01', allowed: 12, denied: 0 }]);
  });

  it('loses and doubles nothing when the gate touches the counters at the same time', async () => {
    await turnClockTo('2026-03-02T00:00:30Z');
    const one = await counting('UTC', '2026-03-01', 7);
    const answers = await Promise.all([
      ...Array.from({ length: 10 }, () => authorize(one)),
      ...replicas.map((replica) => replica.run().then(({ failures }) => failures)),
    ]);
    expect(answers).toEqual([...Array.from({ length: 10 }, () => 'allowed'), 0, 0]);
    expect(await archiveOf(one.organizationId)).toEqual([{ day: '2026-03-01', allowed: 7, denied: 0 }]);
    expect(await counterOf(one)).toEqual({ calls: 10, day: '2026-03-02' });
  });

  it.each([
    ['never runs', 0],
    ['runs', 1],
    ['runs a hundred times', 100],
  ])('changes no decision: it %s', async (_words, runs) => {
    await turnClockTo('2026-03-01T23:59:00Z');
    const one = await counting('UTC', '2026-03-01', 9);
    expect([await authorize(one), await authorize(one)]).toEqual(['allowed', 'daily_limit_reached']);

    await turnClockTo('2026-03-02T00:00:00Z');
    for (let i = 0; i < runs; i += 1) await run();
    const answers = [];
    for (let i = 0; i < 11; i += 1) answers.push(await authorize(one));

    expect(answers.filter((answer) => answer === 'allowed')).toHaveLength(10);
    expect(answers[10]).toBe('daily_limit_reached');
    expect((await archiveOf(one.organizationId))[0]).toMatchObject({ day: '2026-03-01', allowed: 10 });
  });

  it('does nothing before the midnight of the organization', async () => {
    await turnClockTo('2026-03-02T04:59:59Z');
    const one = await counting('America/New_York', '2026-03-01', 3);
    await db.query(`update organizations set last_rollup_date = '2026-02-28' where id = $1`, [one.organizationId]);
    expect(await run()).toEqual({ organizations: 0, counters: 0, failures: 0 });
    expect(await counterOf(one)).toEqual({ calls: 3, day: '2026-03-01' });

    await turnClockTo('2026-03-02T05:00:00Z');
    expect(await run()).toMatchObject({ organizations: 1, counters: 1 });
    expect(await counterOf(one)).toEqual({ calls: 0, day: '2026-03-02' });
  });

  it('turns the day of each organization by its own zone, on both sides of the date line', async () => {
    await turnClockTo('2026-03-02T10:30:00Z');
    const kiritimati = await counting('Pacific/Kiritimati', '2026-03-02', 1); // UTC+14: 3 March, 00:30
    const niue = await counting('Pacific/Niue', '2026-03-01', 2); // UTC-11: 1 March, 23:30
    const utc = await counting('UTC', '2026-03-02', 3);
    await run();
    expect(await counterOf(kiritimati)).toEqual({ calls: 0, day: '2026-03-03' });
    expect(await counterOf(niue)).toEqual({ calls: 2, day: '2026-03-01' });
    expect(await counterOf(utc)).toEqual({ calls: 3, day: '2026-03-02' });
    expect(await rolledUpTo(kiritimati.organizationId)).toBe('2026-03-02');
    expect(await rolledUpTo(niue.organizationId)).toBe('2026-02-28');
  });

  it.each([
    ['23 hours long', '2026-03-29', '2026-03-28T23:00:00Z', '2026-03-29T21:59:59Z', '2026-03-29T22:00:00Z'],
    ['25 hours long', '2026-10-25', '2026-10-24T22:00:00Z', '2026-10-25T22:59:59Z', '2026-10-25T23:00:00Z'],
  ])('keeps to a day that is %s', async (_words, day, begin, end, next) => {
    await turnClockTo(begin);
    const one = await counting('Europe/Berlin', day, 4);
    for (const instant of [begin, end]) {
      await turnClockTo(instant);
      await run();
      expect(await counterOf(one)).toEqual({ calls: 4, day });
    }
    await turnClockTo(next);
    await run();
    expect(await archiveOf(one.organizationId)).toEqual([{ day, allowed: 4, denied: 0 }]);
  });

  it('grants nothing when the clock steps back', async () => {
    await turnClockTo('2026-03-02T00:00:30Z');
    const one = await counting('UTC', '2026-03-01', 10);
    await run();
    for (let i = 0; i < 10; i += 1) expect(await authorize(one)).toBe('allowed');

    await turnClockTo('2026-03-01T23:59:30Z');
    await run();
    expect(await authorize(one)).toBe('daily_limit_reached');
    expect(await counterOf(one)).toEqual({ calls: 10, day: '2026-03-02' });

    await turnClockTo('2026-03-02T00:00:30Z');
    await run();
    expect(await authorize(one)).toBe('daily_limit_reached');
    expect(await rolledUpTo(one.organizationId)).toBe('2026-03-01');
  });

  it('rolls up every day that was missed while it did not run', async () => {
    await turnClockTo('2026-05-20T08:00:00Z');
    const { organizationId, agentId, phoneNumberId, assignmentId } = await counting('UTC', '2026-03-01', 0);
    await db.query(`update organizations set last_rollup_date = '2026-03-01' where id = $1`, [organizationId]);
    const number = { agent_id: agentId, phone_number_id: phoneNumberId, assignment_id: assignmentId };
    await ledger(organizationId, '2026-03-02', { ...number, reason_code: 'daily_limit_reached' });
    await ledger(organizationId, '2026-04-10', {});
    await ledger(organizationId, '2026-05-19', {});
    await ledger(organizationId, '2026-05-20', {});
    await run();
    expect(await archiveOf(organizationId)).toEqual([
      { day: '2026-03-02', allowed: 0, denied: 1 },
      { day: '2026-04-10', allowed: 0, denied: 1 },
      { day: '2026-05-19', allowed: 0, denied: 1 },
    ]);
    expect(await rolledUpTo(organizationId)).toBe('2026-05-19');
  });

  it('takes totals from the ledger: refusals by reason, allowed calls by country, durations', async () => {
    await turnClockTo('2026-03-03T00:01:00Z');
    const one = await counting('UTC', '2026-03-02', 3);
    const { organizationId, agentId, phoneNumberId, assignmentId } = one;
    const number = { agent_id: agentId, phone_number_id: phoneNumberId, assignment_id: assignmentId };
    const allowed = { ...number, decision: 'allowed', reason_code: 'allowed' };
    const day = '2026-03-02';
    await ledger(organizationId, day, { ...allowed, status: 'authorized', destination_country: 'US' });
    await ledger(organizationId, day, {
      ...allowed,
      status: 'completed',
      destination_country: 'CA',
      duration_seconds: 61,
    });
    await ledger(organizationId, day, { ...allowed, status: 'voided', destination_country: 'CA' });
    await ledger(organizationId, day, { ...number, reason_code: 'country_not_allowed', destination_country: 'FR' });
    await ledger(organizationId, day, { agent_id: agentId });
    await ledger(organizationId, day, {});

    const totals = () =>
      db.query(
        `select agent_id, phone_number_id, calls_allowed, calls_denied, calls_completed, duration_seconds::integer,
           allowed_by_country, denied_by_reason
         from usage_daily where organization_id = $1 order by phone_number_id desc, agent_id desc`,
        [organizationId],
      );
    const none = { calls_allowed: 0, calls_completed: 0, duration_seconds: 0, allowed_by_country: {} };
    const expected = [
      {
        agent_id: agentId,
        phone_number_id: phoneNumberId,
        calls_allowed: 3,
        calls_denied: 1,
        calls_completed: 1,
        duration_seconds: 61,
        allowed_by_country: { US: 1, CA: 1 },
        denied_by_reason: { country_not_allowed: 1 },
      },
      { ...none, agent_id: agentId, phone_number_id: NIL, calls_denied: 1, denied_by_reason: { no_assignment: 1 } },
      { ...none, agent_id: NIL, phone_number_id: NIL, calls_denied: 1, denied_by_reason: { no_assignment: 1 } },
    ];
    await run();
    expect(await totals()).toEqual(expected);

    // Again from scratch: what is set, not added, stays what it is.
    await db.query(`update organizations set last_rollup_date = null where id = $1`, [organizationId]);
    await run();
    expect(await totals()).toEqual(expected);
  });

  it('adds a call to its day that was settled after midnight', async () => {
    await turnClockTo('2026-03-03T00:01:00Z');
    const { organizationId, agentId, phoneNumberId, assignmentId } = await counting('UTC', '2026-03-02', 1);
    await ledger(organizationId, '2026-03-02', {
      agent_id: agentId,
      phone_number_id: phoneNumberId,
      assignment_id: assignmentId,
      decision: 'allowed',
      reason_code: 'allowed',
      status: 'authorized',
    });
    await run();
    await db.query(`update call_authorizations set status = 'completed', duration_seconds = 90`);
    await turnClockTo('2026-03-04T00:01:00Z');
    await run();
    expect(await db.query('select calls_completed, duration_seconds::integer from usage_daily')).toEqual([
      { calls_completed: 1, duration_seconds: 90 },
    ]);
  });

  it('archives more counters than fit into one transaction', async () => {
    await turnClockTo('2026-03-02T00:00:30Z');
    const { organizationId, agentId } = await counting('UTC', '2026-03-01', 1);
    await db.query(
      `with number as (
         insert into phone_numbers (organization_id, e164, country_code, provider)
         select $1, '+1303' || (5000000 + n), 'US', 'other' from generate_series(1, 2100) n returning id)
       insert into agent_phone_numbers (organization_id, agent_id, phone_number_id, daily_limit, calls_made_today, last_reset_date)
       select $1, $2, id, 10, 1, '2026-03-01' from number`,
      [organizationId, agentId],
    );
    expect(await run()).toMatchObject({ counters: 2101, failures: 0 });
    expect(await archiveOf(organizationId)).toEqual([{ day: '2026-03-01', allowed: 2101, denied: 0 }]);
  });

  it('goes on with the others when one organization fails', async () => {
    await turnClockTo('2026-03-02T00:00:30Z');
    const broken = await counting('UTC', '2026-03-01', 5);
    const sound = await counting('UTC', '2026-03-01', 5);
    await db.query(`insert into usage_daily (organization_id, local_date, agent_id, phone_number_id, calls_allowed)
      select organization_id, last_reset_date, agent_id, phone_number_id, 2147483647 from agent_phone_numbers
      where organization_id = '${broken.organizationId}'`);
    expect(await run()).toMatchObject({ organizations: 1, counters: 1, failures: 1 });
    expect(await counterOf(sound)).toEqual({ calls: 0, day: '2026-03-02' });
    expect(await counterOf(broken)).toEqual({ calls: 5, day: '2026-03-01' });
  });
});
