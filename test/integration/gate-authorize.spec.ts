import type pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { createAgent, createAssignment, createOrganization, createPhoneNumber } from '../support/fixtures.js';

const ASSIGNMENTS = 400;

/** Organizations on both sides of the date line, and assignments in every state that a decision looks at. */
const POPULATE = `
  create or replace function ringfence_clock() returns timestamptz language sql volatile parallel safe
    as $$ select timestamptz '2031-03-30T11:30:00Z' $$;
  select setseed(0.42);
  insert into organizations (slug, name, time_zone, previous_time_zone, time_zone_effective_at, suspended_at,
    default_allowed_countries)
  values
    ('utc', 'utc', 'UTC', null, null, null, '{CA}'),
    ('east', 'east', 'Pacific/Kiritimati', null, null, null, '{CA,US}'),
    ('west', 'west', 'Pacific/Pago_Pago', null, null, null, '{US}'),
    ('moving', 'moving', 'Pacific/Kiritimati', 'America/New_York', '2031-03-31T04:00:00Z', null, '{CA}'),
    ('moved', 'moved', 'Europe/Berlin', 'Asia/Tokyo', '2031-03-29T15:00:00Z', null, '{CA}'),
    ('suspended', 'suspended', 'UTC', null, null, now(), '{CA}');
  create temporary table made on commit drop as
    select o.id as org, uuidv7() as agent, uuidv7() as number, i
    from generate_series(1, ${ASSIGNMENTS}) i
    join (select id, row_number() over (order by slug) as place from organizations where kind = 'tenant') o
      on o.place = 1 + i % 6;
  insert into agents (organization_id, id, name, kind, status)
    select org, agent, 'Agent ' || i, 'ai', case when random() < 0.1 then 'inactive' else 'active' end from made;
  insert into phone_numbers (organization_id, id, e164, provider, lifecycle)
    select org, number, '+1202555' || lpad(i::text, 4, '0'), 'telnyx', case when random() < 0.1 then 'inactive' else 'active' end
    from made;
  insert into agent_phone_numbers (organization_id, agent_id, phone_number_id, daily_limit, allowed_countries,
    calls_made_today, last_reset_date, paused_at)
    select org, agent, number, (random() * 3)::int, case when random() < 0.5 then array['CA'] end, (random() * 3)::int,
      date '2031-03-30' + (random() * 4)::int - 2, case when random() < 0.1 then now() end
    from made`;

const EXPECTED = `
  select f.agent_id, f.organization_id, f.daily_limit as limit_at, f.resets_at, r.reason,
    f.used + (r.reason = 'allowed')::int as used_after
  from gate_facts(ringfence_clock()) f
  cross join lateral (
    select coalesce(
      (select k.refused from gate_checks(row(f.assignment_id, f.organization_suspended, f.agent_active, f.number_active,
        f.assignment_paused, f.allowed_countries, f.allowed_number_types, f.number_can_call)::assignment_facts,
        row(null, 'CA', 'MOBILE')::call_facts) k),
      case when f.used >= f.daily_limit then 'daily_limit_reached' else 'allowed' end) as reason
  ) r
  order by f.agent_id`;

const DECIDED = `
  with made as (select array_agg(agent_id order by agent_id) as agents, array_agg(organization_id order by agent_id) as orgs
    from agent_phone_numbers)
  select (agents)[g.call_index] as agent_id, (orgs)[g.call_index] as organization_id, g.limit_at, g.resets_at,
    g.reason_code as reason, g.used_after
  from made
  cross join lateral gate_authorize(orgs, agents, array_fill(null::uuid, array[$1::int]), array_fill(null::text, array[$1]),
    array_fill('+14165550123'::text, array[$1]), array_fill('CA'::text, array[$1]), array_fill('MOBILE'::text, array[$1]),
    array_fill(null::text, array[$1]), orgs, array_fill(null::text, array[$1]), array_fill(null::bytea, array[$1]),
    interval '1 hour', interval '48 hours') g
  order by 1`;

describe('gate_authorize', () => {
  let db: TestDatabase;
  let client: pg.Client;
  let expected: unknown[];
  let decided: unknown[];

  beforeAll(async () => {
    db = await createTestDatabase();
    client = await db.connect();
    await client.query(POPULATE);
    expected = (await client.query(EXPECTED)).rows;
    decided = (await client.query(DECIDED, [ASSIGNMENTS])).rows;
  });
  afterAll(async () => {
    await client?.end();
    await db?.drop();
  });

  it('decides a batch of several organizations by the facts that the console shows', () => {
    expect(expected).toHaveLength(ASSIGNMENTS);
    expect(new Set((expected as { reason: string }[]).map(({ reason }) => reason)).size).toBe(7);
    expect(decided).toEqual(expected);
  });

  it('left every counter at what was decided, and every day where it was or later', async () => {
    const { rows } = await client.query(
      `select c.decision, count(*)::int as calls,
         count(*) filter (where c.decision = 'allowed'
             and (c.used_after <> a.calls_made_today or c.local_date <> a.last_reset_date)
           or c.decision = 'denied' and c.local_date < a.last_reset_date)::int as wrong
       from call_authorizations c
       join agent_phone_numbers a on a.organization_id = c.organization_id and a.id = c.assignment_id
       group by c.decision order by c.decision`,
    );
    const allowed = (decided as { reason: string }[]).filter(({ reason }) => reason === 'allowed').length;
    expect(rows).toEqual([
      { decision: 'allowed', calls: allowed, wrong: 0 },
      { decision: 'denied', calls: ASSIGNMENTS - allowed, wrong: 0 },
    ]);
  });
});

/** Calls of one organization, each with its agent and its idempotency key. */
const KEYED = `
  select outcome, reason_code as reason, used_after from gate_authorize(
    array_fill($1::uuid, array[cardinality($2::uuid[])]), $2, null, null,
    array_fill('+14165550123'::text, array[cardinality($2)]), array_fill('CA'::text, array[cardinality($2)]),
    array_fill('MOBILE'::text, array[cardinality($2)]), null, array_fill($1, array[cardinality($2)]),
    $3::text[], array_fill('\\x00'::bytea, array[cardinality($2)]), interval '1 hour', interval '48 hours')
  order by call_index`;

describe('gate_authorize, of an agent with two numbers', () => {
  let db: TestDatabase;

  beforeAll(async () => {
    db = await createTestDatabase();
  });
  afterAll(() => db?.drop());

  it('places one call beside one that is asked for again: as many rows as calls, and not one for each', async () => {
    const organizationId = await createOrganization(db, { defaultAllowedCountries: ['CA'] });
    const agent = async (numbers: number) => {
      const agentId = await createAgent(db, { organizationId });
      for (let made = 0; made < numbers; made += 1) {
        const phoneNumberId = await createPhoneNumber(db, { organizationId });
        await createAssignment(db, { organizationId, agentId, phoneNumberId, dailyLimit: 1 });
      }
      return agentId;
    };
    const [one, two] = [await agent(1), await agent(2)];
    await db.query(KEYED, [organizationId, [one], ['again']]);
    const decided = await db.query(KEYED, [organizationId, [one, two], ['again', null]]);
    expect(decided).toEqual([
      { outcome: 'replayed', reason: 'allowed', used_after: 1 },
      { outcome: 'decided', reason: 'allowed', used_after: 1 },
    ]);
    const [used] = await db.query('select sum(calls_made_today)::int as calls from agent_phone_numbers');
    expect(used).toEqual({ calls: 2 });
  });
});
