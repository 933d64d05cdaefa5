import type pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

const AGENTS = 120;
const CALLS = 1_000;

/** Agents of two to five numbers in every state that a decision looks at, with counters of yesterday, today and tomorrow. */
const POPULATE = `
  create or replace function ringfence_clock() returns timestamptz language sql volatile parallel safe
    as $$ select timestamptz '2031-03-30T11:30:00Z' $$;
  select setseed(0.4);
  insert into organizations (slug, name, time_zone, suspended_at, default_allowed_countries) values
    ('utc', 'utc', 'UTC', null, '{CA}'),
    ('east', 'east', 'Pacific/Kiritimati', null, '{CA,US}'),
    ('west', 'west', 'Pacific/Pago_Pago', null, '{US}'),
    ('suspended', 'suspended', 'UTC', now(), '{CA}');
  create temporary table made on commit drop as
    select a.org, a.agent, a.active, uuidv7() as number, row_number() over () as i
    from (
      select o.id as org, uuidv7() as agent, random() < 0.9 as active, 2 + i % 4 as numbers
      from generate_series(1, ${AGENTS}) i
      join (select id, row_number() over (order by slug) as place from organizations where kind = 'tenant') o
        on o.place = 1 + (i % 9) % 4
    ) a
    cross join lateral generate_series(1, a.numbers);
  insert into agents (organization_id, id, name, kind, status)
    select distinct org, agent, 'Agent ' || agent, 'ai', case when active then 'active' else 'inactive' end from made;
  insert into phone_numbers (organization_id, id, e164, provider, lifecycle)
    select org, number, '+1202555' || lpad(i::text, 4, '0'), 'telnyx',
      case when random() < 0.3 then 'inactive' else 'active' end
    from made;
  insert into agent_phone_numbers (organization_id, agent_id, phone_number_id, daily_limit, allowed_countries,
    calls_made_today, last_reset_date, paused_at)
    select org, agent, number, (random() * 5)::int, case when random() < 0.5 then array['CA'] end, (random() * 4)::int,
      date '2031-03-30' + (random() * 2)::int - 1, case when random() < 0.2 then now() end
    from made`;

interface Call {
  org: string;
  agent: string;
  country: string;
}

/** An assignment by the words of gate_facts(), with what gate_checks() refuses for each country. */
interface Option {
  id: string;
  agent: string;
  number: string;
  limit: number;
  used: number;
  countedOn: string;
  counted: number;
  day: string;
  resetsAt: Date;
  refused: Record<string, string | null>;
}

const OPTIONS = `
  select f.assignment_id as id, f.agent_id as agent, f.phone_number_id as number, f.daily_limit as limit, f.used,
    f.counted_on::text as "countedOn", f.counted, f.usage_day::text as day, f.resets_at as "resetsAt",
    (select jsonb_object_agg(c, k.refused) from unnest(array['CA', 'US', 'FR']) c
     cross join lateral gate_checks(row(f.assignment_id, f.organization_suspended, f.agent_active, f.number_active,
       f.assignment_paused, f.allowed_countries, f.allowed_number_types, f.number_can_call)::assignment_facts,
       row(null, c, 'MOBILE')::call_facts) k) as refused
  from gate_facts(ringfence_clock()) f
  order by f.assignment_id`;

const AUTHORIZE = `
  select g.call_index, g.reason_code as reason, g.phone_number_id as number, g.limit_at as limit,
    g.used_after as used, g.resets_at as "resetsAt"
  from gate_authorize($1::uuid[], $2::uuid[], null, null, array_fill('+14165550123'::text, array[cardinality($1)]),
    $3::text[], array_fill('MOBILE'::text, array[cardinality($1)]), null, $1, null, null,
    interval '1 hour', interval '48 hours') g
  order by g.call_index`;

const MOST_USEFUL_FIRST = [
  'allowed',
  'daily_limit_reached',
  'country_not_allowed',
  'number_type_blocked',
  'assignment_paused',
  'number_inactive',
];

/** One call after the other, by the rule of the contract: the least used share of the limit, then the older assignment. */
function choose(options: readonly Option[], { country }: Call) {
  const ranked = options.map((option) => {
    const reason = option.refused[country] ?? (option.used < option.limit ? 'allowed' : 'daily_limit_reached');
    const rank = MOST_USEFUL_FIRST.indexOf(reason);
    const share = option.used / Math.max(option.limit, 1);
    return { option, reason, rank: rank < 0 ? MOST_USEFUL_FIRST.length : rank, share };
  });
  // The sort is stable and the options come in the order of their ids.
  const [{ option, reason }] = ranked.sort((a, b) => a.rank - b.rank || a.share - b.share) as [(typeof ranked)[number]];
  if (reason === 'allowed') option.used += 1;
  const { number, limit, used, resetsAt } = option;
  return { reason, number, limit, used, resetsAt };
}

describe('calls of agents with several numbers, in one batch', () => {
  let db: TestDatabase;
  let client: pg.Client;
  let before: Option[];
  let expected: ReturnType<typeof choose>[];
  let decided: (ReturnType<typeof choose> & { call_index: number })[];
  const options = new Map<string, Option>();

  beforeAll(async () => {
    db = await createTestDatabase();
    client = await db.connect();
    await client.query(POPULATE);
    before = (await client.query<Option>(OPTIONS)).rows;
    for (const option of before) options.set(option.id, { ...option });
    const agents = (await client.query<Call>('select organization_id as org, id as agent from agents order by id'))
      .rows;
    const countries = ['CA', 'CA', 'US', 'CA', 'FR'];
    const calls = Array.from({ length: CALLS }, (_, i) => ({
      ...agents[(i * 7) % agents.length]!,
      country: countries[i % countries.length]!,
    }));
    expected = calls.map((call) =>
      choose(
        [...options.values()].filter(({ agent }) => agent === call.agent),
        call,
      ),
    );
    const columns = [calls.map(({ org }) => org), calls.map(({ agent }) => agent), calls.map(({ country }) => country)];
    decided = (await client.query<(typeof decided)[number]>(AUTHORIZE, columns)).rows;
  });
  afterAll(async () => {
    await client?.end();
    await db?.drop();
  });

  it('are decided as one call after the other would be', () => {
    expect(new Set(expected.map(({ reason }) => reason)).size).toBe(7);
    expect(decided.map(({ call_index, ...decision }) => decision)).toEqual(expected);
    expect(decided.map(({ call_index }) => call_index)).toEqual(expected.map((_, i) => i + 1));
  });

  it('are counted, each on its number and its day', async () => {
    const touched = (option: Option) => option.used > before.find(({ id }) => id === option.id)!.used;
    const counters = [...options.values()].map((option) => ({
      id: option.id,
      counted: touched(option) ? option.used : option.counted,
      day: touched(option) ? option.day : option.countedOn,
    }));
    const { rows } = await client.query(
      `select id, calls_made_today as counted, last_reset_date::text as day from agent_phone_numbers order by id`,
    );
    expect(rows).toEqual(counters);
  });

  it('send the count of an earlier day to the archive', async () => {
    const archived = before
      .filter(({ id, used, counted, countedOn, day }) => options.get(id)!.used > used && countedOn < day && counted > 0)
      .map(({ number, countedOn, counted }) => ({ number, day: countedOn, calls: counted }));
    expect(archived.length).toBeGreaterThan(5);
    const { rows } = await client.query(
      `select u.phone_number_id as number, u.local_date::text as day, u.calls_allowed as calls from usage_daily u
       join agent_phone_numbers a on a.phone_number_id = u.phone_number_id order by a.id`,
    );
    expect(rows).toEqual(archived);
  });

  it('stand in the ledger as they were answered', async () => {
    const { rows } = await client.query(
      `select reason_code as reason, phone_number_id as number, limit_at as limit, used_after as used,
         resets_at as "resetsAt"
       from call_authorizations order by id`,
    );
    const inOrder = (facts: object[]) => facts.map((fact) => JSON.stringify(fact)).sort();
    expect(inOrder(rows)).toEqual(inOrder(expected));
  });
});
