create or replace function due_ledger_days(p_ahead integer)
returns setof date
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
with clock as (
  select (clock_timestamp() at time zone 'UTC')::date as today
), unplaced as (
  select distinct (to_timestamp(('x' || left(translate(u.id::text, '-', ''), 12))::bit(48)::bigint / 1000.0)
    at time zone 'UTC')::date as day
  from ledger.unplaced u
), wanted as (
  select c.today + n as day from clock c, generate_series(0, p_ahead) n
  union
  select u.day from unplaced u, clock c where u.day between date '2020-01-01' and c.today + p_ahead
)
select w.day from wanted w where w.day not in (select d.day from ledger_days() d) order by w.day
$$;

comment on function due_ledger_days(integer) is
  'The days that should have a partition of the ledger and have none: today, p_ahead days after it, and those of which the default partition holds calls. By the clock of the server, which makes the ids, and not by ringfence_clock(). Stable; runs as the owner of the ledger, reads the default partition whole and takes no other lock.';

revoke all on function due_ledger_days(integer) from public;
grant execute on function due_ledger_days(integer) to ringfence_system;
grant create on schema public to ringfence_definer;
alter function due_ledger_days(integer) owner to ringfence_definer;
revoke create on schema public from ringfence_definer;
