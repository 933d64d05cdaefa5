create or replace function usage_day_ends_at(
  usage_day date, time_zone text, previous_time_zone text, effective_at timestamptz, at timestamptz)
returns timestamptz
language sql immutable parallel safe as $$
select case
  when at < effective_at then greatest(effective_at, (usage_day + 1)::timestamp at time zone time_zone)
  else (usage_day + 1)::timestamp at time zone time_zone
end
$$;

comment on function usage_day_ends_at(date,text,text,timestamptz,timestamptz) is
  'The first instant whose effective local date is later than the usage day. Immutable in its arguments; the zone rules are those of the server.';
