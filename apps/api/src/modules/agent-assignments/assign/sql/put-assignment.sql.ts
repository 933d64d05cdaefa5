/**
 * Makes the assignment of an agent ($2) to a number ($3), or brings back the one that tied the two before. Counter and
 * day of a row that comes back stay as they are: to unassign and assign again must not refresh an allowance. A new row
 * begins on the organization's usage day, which is what the gate would take for it.
 */
export const PUT_ASSIGNMENT = `
  insert into agent_phone_numbers as a
    (organization_id, agent_id, phone_number_id, daily_limit, allowed_countries, allowed_number_types, last_reset_date)
  select o.id, $2, $3, coalesce($4::integer, o.default_daily_limit), $5::text[], $6::text[],
    (clock.at at time zone effective_time_zone(o.time_zone, o.previous_time_zone, o.time_zone_effective_at, clock.at))::date
  from organizations o
  cross join (select ringfence_clock() as at) clock
  where o.id = $1
  on conflict (organization_id, agent_id, phone_number_id) do update
    set daily_limit = excluded.daily_limit, allowed_countries = excluded.allowed_countries,
      allowed_number_types = excluded.allowed_number_types, paused_at = null, ended_at = null
  returning id`;
