import type pg from 'pg';
import { agents } from './seed-facts.js';

const DAYS = 14;

/**
 * Two weeks of usage up to yesterday, and a day that is under way: counters, and ledger rows that agree with them.
 * Weekends are quiet, and every figure follows from agent, number and date, so that each demo looks the same.
 */
export async function seedUsage(
  client: pg.Client,
  organizationId: string,
  callerId: string,
  agentIds: Map<string, string>,
): Promise<void> {
  await client.query(
    `create temporary table demo_load on commit drop as
     select agent_id::uuid, load::float8 from jsonb_to_recordset($1) as facts(agent_id text, load float8)`,
    [JSON.stringify(agents.map(({ name, load }) => ({ agent_id: agentIds.get(name), load })))],
  );
  await client.query(PAST_DAYS, [organizationId, DAYS]);
  await client.query(TODAY, [organizationId, callerId]);
  await client.query(TODAYS_REFUSALS, [organizationId, callerId]);
  await client.query(TODAYS_COUNTERS, [organizationId]);
}

/** Some number from 0 to 1 that a text always leads to. */
const chance = (text: string) => `(abs(hashtext(${text})) % 1000 / 1000.0)`;

const PAST_DAYS = `
  insert into usage_daily (organization_id, local_date, agent_id, phone_number_id, calls_allowed, calls_denied,
    calls_completed, duration_seconds, allowed_by_country, denied_by_reason)
  select $1, day.date, a.agent_id, a.phone_number_id, n.allowed, n.limit_reached + n.wrong_country, n.allowed * 9 / 10,
    n.allowed * 95,
    jsonb_strip_nulls(jsonb_build_object(
      coalesce(a.allowed_countries[1], 'US'), nullif(n.allowed - n.allowed / 5, 0),
      coalesce(a.allowed_countries[2], 'CA'), nullif(n.allowed / 5, 0))),
    jsonb_strip_nulls(jsonb_build_object(
      'daily_limit_reached', nullif(n.limit_reached, 0), 'country_not_allowed', nullif(n.wrong_country, 0)))
  from agent_phone_numbers a
  join demo_load l using (agent_id)
  join organizations o on o.id = a.organization_id
  cross join lateral (
    select (now() at time zone o.time_zone)::date - back as date from generate_series(1, $2::int) back
  ) day
  cross join lateral (
    select least(a.daily_limit, (a.daily_limit * l.load
      * case when extract(isodow from day.date) > 5 then 0.25 else 1 end
      * (0.75 + 0.5 * ${chance('a.id::text || day.date')}))::int) as allowed
  ) busy
  cross join lateral (
    select busy.allowed,
      case when busy.allowed = a.daily_limit then 3 + (9 * ${chance('day.date || a.id::text')})::int else 0 end
        as limit_reached,
      (busy.allowed * 0.03 * ${chance('a.agent_id::text || day.date')})::int as wrong_country
  ) n
  where a.organization_id = $1 and l.load > 0 and n.allowed > 0`;

const LEDGER_COLUMNS = `organization_id, id, assignment_id, agent_id, phone_number_id, from_number, provider, destination,
  destination_country, destination_type, decision, reason_code, local_date, used_after, limit_at, status, authorized_by,
  decided_at, resets_at, expires_at`;

/** The day so far: each number's usual share of the hours that have passed since midnight, at least a few calls. */
const TODAY = `
  insert into call_authorizations (${LEDGER_COLUMNS})
  select $1, uuidv7(call.at - now()), a.id, a.agent_id, a.phone_number_id, p.e164, p.provider,
    case when a.allowed_countries[1] is null or a.allowed_countries[1] = 'US' then '+1617555' || lpad((call.place % 10000)::text, 4, '0')
      else p.e164 end,
    coalesce(a.allowed_countries[1], 'US'), 'FIXED_LINE_OR_MOBILE', 'allowed', 'allowed', day.date, call.place, a.daily_limit,
    'authorized', $2, call.at, (day.date + 1)::timestamp at time zone o.time_zone, call.at + interval '4 hours'
  from agent_phone_numbers a
  join demo_load l using (agent_id)
  join phone_numbers p on p.id = a.phone_number_id
  join organizations o on o.id = a.organization_id
  cross join lateral (
    select (now() at time zone o.time_zone)::date as date,
      date_trunc('day', now() at time zone o.time_zone) at time zone o.time_zone as midnight
  ) day
  cross join lateral (
    select greatest(3, (a.daily_limit * l.load * 0.8 * extract(epoch from now() - day.midnight) / 86400)::int) as calls
  ) so_far
  cross join lateral (
    select place, day.midnight + (now() - day.midnight) * (place / (so_far.calls + 1.0)) as at
    from generate_series(1, least(so_far.calls, a.daily_limit)) place
  ) call
  where a.organization_id = $1 and l.load > 0 and a.paused_at is null`;

const TODAYS_REFUSALS = `
  insert into call_authorizations (${LEDGER_COLUMNS})
  select $1, uuidv7(c.decided_at - now()), c.assignment_id, c.agent_id, c.phone_number_id, c.from_number, c.provider,
    '+442079460' || lpad((refused.place % 1000)::text, 3, '0'), 'GB', 'FIXED_LINE', 'denied', refused.reason, c.local_date,
    c.used_after, c.limit_at, 'denied', $2, c.decided_at, c.resets_at, null
  from call_authorizations c
  cross join lateral (
    select abs(hashtext(c.id::text)) % 100 as place
  ) dice
  cross join lateral (
    select dice.place, case when dice.place < 4 then 'country_not_allowed' when dice.place < 6 then 'daily_limit_reached'
      when dice.place = 6 then 'number_type_blocked' else 'destination_invalid' end as reason
  ) refused
  where c.organization_id = $1 and dice.place < 8`;

const TODAYS_COUNTERS = `
  update agent_phone_numbers a set calls_made_today = used.calls
  from (
    select assignment_id, count(*)::int as calls from call_authorizations
    where organization_id = $1 and decision = 'allowed' group by assignment_id
  ) used
  where a.organization_id = $1 and a.id = used.assignment_id`;
