import type { CallCheck, PhoneNumberLifecycle, PhoneNumberProvider, ReasonCode } from '#contracts';

/**
 * What the gate would decide now, without a lock or a write, and why. `$1` is the organization, `$2` the agent, `$3` the
 * assignment, `$4` the number to call from; `$5` to `$7` are country, type and refusal of the parsed destination.
 *
 * The policy stands in decide_call() alone, over the same gate_facts() that authorize reads. A single check is that very
 * function with every other fact made harmless: no refusal, everything active, a country that is allowed, a type that
 * needs no permission. So a change of the policy changes both answers. Only the limit is compared here, for decide_call
 * leaves it to the statement that counts.
 *
 * Two things tell which rule a check stands on. The type needs no rule of the assignment when it passes with no type
 * allowed; the country needs none when it passes with no country allowed.
 *
 * The order of the candidates is the gate's order of preference: the reason that tells most, then the least used share.
 */
export const SIMULATE_CALL = `
  with call as materialized (
    select $1::uuid as org, $2::uuid as agent, $3::uuid as assignment, $4::text as from_number,
      $5::text as country, $6::text as type, $7::text as refusal, ringfence_clock() as at
  ), candidate as (
    select c.country, c.type, c.refusal, f.*, a.paused_at is not null as paused, a.allowed_countries is null as inherits,
      g.status as agent_status, n.lifecycle,
      decide_call(c.refusal, f.organization_suspended, f.agent_active, f.number_active, f.assignment_paused, c.country,
        c.type, f.allowed_countries, f.allowed_number_types) as refused
    from call c
    cross join lateral gate_facts(c.at) f
    join agent_phone_numbers a on a.organization_id = f.organization_id and a.id = f.assignment_id
    join agents g on g.organization_id = f.organization_id and g.id = f.agent_id
    join phone_numbers n on n.organization_id = f.organization_id and n.id = f.phone_number_id
    where f.organization_id = c.org
      and (c.agent is null or f.agent_id = c.agent)
      and (c.assignment is null or f.assignment_id = c.assignment)
      and (c.from_number is null or f.from_number = c.from_number)
  ), judged as (
    select k.*, r.reason, array_position(array['allowed', 'daily_limit_reached', 'country_not_allowed',
        'number_type_blocked', 'assignment_paused', 'number_inactive'], r.reason) as place,
      checks.refusals, checks.type_is_free, checks.country_is_free
    from candidate k
    cross join lateral (
      select case when k.used >= k.daily_limit then 'daily_limit_reached' end as exhausted
    ) l
    cross join lateral (select coalesce(k.refused, l.exhausted, 'allowed') as reason) r
    cross join lateral (
      select
        jsonb_build_object(
          'destination', decide_call(k.refusal, false, true, true, false, 'ZZ', 'MOBILE', '{ZZ}', '{}'),
          'organization', decide_call(null, k.organization_suspended, true, true, false, 'ZZ', 'MOBILE', '{ZZ}', '{}'),
          'agent', decide_call(null, false, k.agent_active, true, false, 'ZZ', 'MOBILE', '{ZZ}', '{}'),
          'number', decide_call(null, false, true, k.number_active, false, 'ZZ', 'MOBILE', '{ZZ}', '{}'),
          'pause', decide_call(null, false, true, true, k.assignment_paused, 'ZZ', 'MOBILE', '{ZZ}', '{}'),
          'number_type', decide_call(null, false, true, true, false, 'ZZ', k.type, '{ZZ}', k.allowed_number_types),
          'country', decide_call(null, false, true, true, false, k.country, k.type, k.allowed_countries, array[k.type]),
          'daily_limit', l.exhausted
        ) as refusals,
        decide_call(null, false, true, true, false, 'ZZ', k.type, '{ZZ}', '{}') is null as type_is_free,
        decide_call(null, false, true, true, false, k.country, k.type, '{}', array[k.type]) is null as country_is_free
    ) checks
  )
  select
    to_char(o.ends_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as organization_resets_at, o.zone as time_zone,
    j.assignment_id, j.agent_id, j.phone_number_id, j.from_number, j.provider, j.daily_limit, j.used,
    j.usage_day::text as usage_day, to_char(j.resets_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as resets_at,
    j.organization_suspended, j.agent_status, j.lifecycle, j.paused, j.inherits, j.allowed_countries,
    j.allowed_number_types, j.reason, j.refusals, j.type_is_free, j.country_is_free
  from (
    select z.zone, usage_day_ends_at((c.at at time zone z.zone)::date, s.time_zone, s.previous_time_zone,
      s.time_zone_effective_at, c.at) as ends_at
    from call c
    join organizations s on s.id = c.org
    cross join lateral (
      select effective_time_zone(s.time_zone, s.previous_time_zone, s.time_zone_effective_at, c.at) as zone
    ) z
  ) o
  left join judged j on true
  order by j.place nulls last, j.used::float8 / greatest(j.daily_limit, 1), j.assignment_id`;

/** One for each candidate; when there is none, one row in which all but the organization's columns are null. */
export interface SimulateCallRow {
  organization_resets_at: string;
  time_zone: string;
  assignment_id: string;
  agent_id: string;
  phone_number_id: string;
  from_number: string;
  provider: PhoneNumberProvider;
  daily_limit: number;
  used: number;
  usage_day: string;
  resets_at: string;
  organization_suspended: boolean;
  agent_status: string;
  lifecycle: PhoneNumberLifecycle;
  paused: boolean;
  inherits: boolean;
  allowed_countries: string[];
  allowed_number_types: string[];
  reason: ReasonCode;
  refusals: Record<CallCheck, ReasonCode | null>;
  type_is_free: boolean;
  country_is_free: boolean;
}
