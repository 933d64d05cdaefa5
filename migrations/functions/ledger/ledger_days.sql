create or replace function ledger_days()
returns table (day date, relation regclass)
language sql stable as $$
select to_date(c.relname, '"day_"YYYY_MM_DD'), c.oid::regclass
from pg_inherits i
join pg_class c on c.oid = i.inhrelid
where i.inhparent = 'call_authorizations'::regclass and c.relname ~ '^day_\d{4}_\d{2}_\d{2}$'
$$;

comment on function ledger_days() is
  'The days, by UTC, that have a partition of the ledger. Stable: it reads the catalogues.';
