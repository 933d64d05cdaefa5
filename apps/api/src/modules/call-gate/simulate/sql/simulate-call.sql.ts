import type { CallCheck, PhoneNumberLifecycle, PhoneNumberProvider, ReasonCode, VoicePlatform } from '#contracts';

/**
 * What the gate would decide now, without a lock or a write, and why. `$1` is the organization, `$2` the agent, `$3` the
 * assignment, `$4` the number to call from; `$5` to `$7` are country, type and refusal of the parsed destination, `$8` the external id
 * of the agent.
 *
 * The policy stands in gate_checks() alone, over the same facts by which authorize decides: authorize takes the first
 * refusal, a simulation all of them. Only the limit is compared here, for gate_checks() leaves it to the statement that
 * counts. Without a candidate the checks are those of a call without an assignment.
 *
 * The order of the candidates is the gate's order of preference: option_rank(), then the least used share.
 */
export const SIMULATE_CALL = `
  with call as materialized (
    select $1::uuid as org, $2::uuid as agent, $3::uuid as assignment, $4::text as from_number,
      $8::text as agent_external,
      row($7::text, $5::text, $6::text)::call_facts as facts, ringfence_clock() as at
  ), candidate as (
    select f.*, a.paused_at is not null as paused, a.allowed_countries is null as inherits,
      g.status as agent_status, n.lifecycle, n.platform, n.platform_id as platform_number_id
    from call c
    cross join lateral gate_facts(c.at) f
    join agent_phone_numbers a on a.organization_id = f.organization_id and a.id = f.assignment_id
    join agents g on g.organization_id = f.organization_id and g.id = f.agent_id
    join phone_numbers n on n.organization_id = f.organization_id and n.id = f.phone_number_id
    where f.organization_id = c.org
      and (c.agent is null or f.agent_id = c.agent)
      and (c.agent_external is null or (g.external_id = c.agent_external and g.deleted_at is null))
      and (c.assignment is null or f.assignment_id = c.assignment)
      and (c.from_number is null or f.from_number = c.from_number)
  )
  select
    to_char(o.ends_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as organization_resets_at, o.zone as time_zone,
    k.assignment_id, k.agent_id, k.phone_number_id, k.from_number, k.provider, k.platform, k.platform_number_id, k.daily_limit, k.used,
    k.usage_day::text as usage_day, to_char(k.resets_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as resets_at,
    k.organization_suspended, k.agent_status, k.lifecycle, k.number_can_call, k.paused, k.inherits, k.allowed_countries,
    k.allowed_number_types, coalesce(g.refused, l.exhausted, 'allowed') as reason,
    to_jsonb(g) || jsonb_build_object('daily_limit', l.exhausted) as checks
  from (
    select c.facts, z.zone, usage_day_ends_at((c.at at time zone z.zone)::date, s.time_zone, s.previous_time_zone,
      s.time_zone_effective_at, c.at) as ends_at
    from call c
    join organizations s on s.id = c.org
    cross join lateral (
      select effective_time_zone(s.time_zone, s.previous_time_zone, s.time_zone_effective_at, c.at) as zone
    ) z
  ) o
  left join candidate k on true
  cross join lateral gate_checks(
    row(k.assignment_id, k.organization_suspended, k.agent_active, k.number_active, k.assignment_paused,
      k.allowed_countries, k.allowed_number_types, k.number_can_call)::assignment_facts, o.facts) g
  cross join lateral (select case when k.used >= k.daily_limit then 'daily_limit_reached' end as exhausted) l
  order by option_rank(g.place, k.used, k.daily_limit), k.used::float8 / greatest(k.daily_limit, 1), k.assignment_id`;

/** The answer of each check by its name: why it refuses, or null; and which checks need no rule of the assignment. */
type GateChecks = Record<CallCheck, ReasonCode | null> & { type_is_free: boolean; country_is_free: boolean };

/** One for each candidate; when there is none, one row in which all but the organization's columns are null. */
export interface SimulateCallRow {
  organization_resets_at: string;
  time_zone: string;
  assignment_id: string;
  agent_id: string;
  phone_number_id: string;
  from_number: string;
  provider: PhoneNumberProvider;
  platform: VoicePlatform | null;
  platform_number_id: string | null;
  daily_limit: number;
  used: number;
  usage_day: string;
  resets_at: string;
  organization_suspended: boolean;
  agent_status: string;
  lifecycle: PhoneNumberLifecycle;
  number_can_call: boolean;
  paused: boolean;
  inherits: boolean;
  allowed_countries: string[];
  allowed_number_types: string[];
  reason: ReasonCode;
  checks: GateChecks;
}
