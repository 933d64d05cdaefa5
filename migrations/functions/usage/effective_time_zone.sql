create or replace function effective_time_zone(
  time_zone text, previous_time_zone text, effective_at timestamptz, at timestamptz)
returns text
language sql immutable parallel safe as $$
select case when at < effective_at then previous_time_zone else time_zone end
$$;

comment on function effective_time_zone(text,text,timestamptz,timestamptz) is
  'A change of zone takes effect at the next midnight of the old zone. Immutable: the instant is an argument.';
