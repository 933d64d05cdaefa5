create or replace function gate_organizations(p_organizations uuid[], p_locked bigint)
returns table (
  id uuid, suspended boolean, default_allowed_countries text[], time_zone text, previous_time_zone text,
  time_zone_effective_at timestamptz, at timestamptz, today date, ends_at timestamptz)
language sql volatile rows 1 as $$
select o.id, o.suspended_at is not null, o.default_allowed_countries, o.time_zone, o.previous_time_zone,
  o.time_zone_effective_at, c.at, z.today,
  usage_day_ends_at(z.today, o.time_zone, o.previous_time_zone, o.time_zone_effective_at, c.at)
from (select ringfence_clock() as at offset 0) c
cross join organizations o
cross join lateral (
  select (c.at at time zone effective_time_zone(o.time_zone, o.previous_time_zone, o.time_zone_effective_at,
    c.at))::date as today
  offset 0
) z
where o.id = any (p_organizations)
$$;

comment on function gate_organizations(uuid[],bigint) is
  'The facts of the organizations of a batch, and the clock. VOLATILE on purpose: a volatile function reads by a snapshot of its own, and its second argument, counted from the locked rows, makes that snapshot younger than the locks. Marked stable it would decide by facts from before the wait (docs/adr/0008-one-statement-decides-on-the-locked-row.md).';
