create or replace function gate_facts(at timestamptz)
returns table (
  organization_id uuid, assignment_id uuid, agent_id uuid, phone_number_id uuid, from_number text, provider text,
  organization_suspended boolean, agent_active boolean, number_active boolean, assignment_paused boolean,
  allowed_countries text[], allowed_number_types text[], daily_limit integer, counted_on date, counted integer,
  usage_day date, used integer, resets_at timestamptz, number_can_call boolean)
language sql stable parallel safe as $$
select
  a.organization_id, a.id, a.agent_id, a.phone_number_id, n.e164, n.provider,
  o.suspended_at is not null, g.status = 'active' and g.deleted_at is null, n.lifecycle = 'active',
  a.paused_at is not null,
  coalesce(a.allowed_countries, o.default_allowed_countries), a.allowed_number_types, a.daily_limit,
  a.last_reset_date, a.calls_made_today, d.usage_day,
  case when a.last_reset_date < d.usage_day then 0 else a.calls_made_today end,
  usage_day_ends_at(d.usage_day, o.time_zone, o.previous_time_zone, o.time_zone_effective_at, at),
  coalesce((n.capabilities ->> 'voice')::boolean, false)
from agent_phone_numbers a
join organizations o on o.id = a.organization_id
join agents g on g.organization_id = a.organization_id and g.id = a.agent_id
join phone_numbers n on n.organization_id = a.organization_id and n.id = a.phone_number_id
cross join lateral (
  select greatest(
    a.last_reset_date,
    (at at time zone effective_time_zone(o.time_zone, o.previous_time_zone, o.time_zone_effective_at, at))::date
  ) as usage_day
) d
where a.ended_at is null
$$;

comment on function gate_facts(timestamptz) is
  'What a decision needs to know of each live assignment at one instant, for a simulation. Stable and of LANGUAGE sql, so that it is inlined and the conditions of its caller reach the indexes. Takes no lock.';
