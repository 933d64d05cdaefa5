create or replace function option_rank(place integer, used integer, daily_limit integer)
returns integer
language sql immutable parallel safe as $$
select case when place is not null then 1000 - place when used < daily_limit then 1 else 2 end
$$;

comment on function option_rank(integer,integer,integer) is
  'How good a number is for a call of an agent that has several, the lowest first: 1 may place it, 2 has reached its limit; of the others, the refusal that came furthest in the order of the checks tells most. place is that of gate_checks(). Immutable; inlined where it sorts.';
