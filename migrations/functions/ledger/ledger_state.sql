create or replace function ledger_state()
returns table (days_ahead integer, oldest_day date, unplaced integer)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
select
  (select greatest(min(n) - 1, 0) from generate_series(0, 61) n where c.today + n not in (select d.day from ledger_days() d)),
  (select min(d.day) from ledger_days() d),
  (select count(*)::integer from (select from ledger.unplaced limit 100000) u)
from (select (clock_timestamp() at time zone 'UTC')::date as today) c
$$;

comment on function ledger_state() is
  'How many days after today, by UTC, have a partition of the ledger without a gap, the oldest day that has one, and how many rows the default partition holds (100,000 and more are told as 100,000). Stable; runs as the owner of the ledger, because nobody else reads a partition by itself.';

revoke all on function ledger_state() from public;
grant execute on function ledger_state() to ringfence_system;
grant create on schema public to ringfence_definer;
alter function ledger_state() owner to ringfence_definer;
revoke create on schema public from ringfence_definer;
