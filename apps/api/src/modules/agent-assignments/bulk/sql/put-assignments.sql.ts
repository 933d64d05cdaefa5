/**
 * What PUT_ASSIGNMENT does, for many pairs of agent and number at once: makes the assignment, or brings back the one that
 * tied the two before, with its counter and day. The caller has locked agents and numbers and ended what was in the way.
 *
 * $1 organization, $2 agents and $3 numbers (of one length, pair by pair), $4 limit or null, $5 countries, $6 types.
 */
export const PUT_ASSIGNMENTS = `
  insert into agent_phone_numbers as a
    (organization_id, agent_id, phone_number_id, daily_limit, allowed_countries, allowed_number_types, last_reset_date)
  select o.id, p.agent_id, p.phone_number_id, coalesce($4::integer, o.default_daily_limit), $5::text[], $6::text[],
    (clock.at at time zone effective_time_zone(o.time_zone, o.previous_time_zone, o.time_zone_effective_at, clock.at))::date
  from organizations o
  cross join (select ringfence_clock() as at) clock
  cross join unnest($2::uuid[], $3::uuid[]) p(agent_id, phone_number_id)
  where o.id = $1
  order by p.agent_id, p.phone_number_id
  on conflict (organization_id, agent_id, phone_number_id) do update
    set daily_limit = excluded.daily_limit, allowed_countries = excluded.allowed_countries,
      allowed_number_types = excluded.allowed_number_types, paused_at = null, ended_at = null`;

/** How many live assignments each of the agents ($2) has, where the organization ($1) gives an agent one number only. */
export const AGENTS_WITH_THEIR_NUMBER = `
  select a.agent_id as "agentId", count(*)::integer as numbers
  from agent_phone_numbers a
  join organizations o on o.id = a.organization_id and o.numbers_per_agent = 'one'
  where a.organization_id = $1 and a.agent_id = any ($2::uuid[]) and a.ended_at is null
  group by a.agent_id`;

/** Whether the organization ($1) gives each agent one number only. The lock keeps it so until the transaction ends. */
export const GIVES_ONE_NUMBER = `
  select numbers_per_agent = 'one' as "oneNumber" from organizations where id = $1 for share`;
