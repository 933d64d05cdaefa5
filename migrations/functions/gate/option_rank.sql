create or replace function option_rank(refused text, used integer, daily_limit integer)
returns integer
language sql immutable parallel safe as $$
select coalesce(array_position(
  array['allowed', 'daily_limit_reached', 'country_not_allowed', 'number_type_blocked', 'assignment_paused', 'number_inactive'],
  coalesce(refused, case when used < daily_limit then 'allowed' else 'daily_limit_reached' end)), 99)
$$;

comment on function option_rank(text,integer,integer) is
  'How good a number is for a call of an agent that has several: 1 may place it; of the others, the refusal that came furthest in the order of the checks tells most. Immutable; inlined where it sorts.';
