create or replace function taken_numbers(p_numbers text[])
returns setof text
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
-- A subquery for one value is always an index look-up.
select p from unnest(p_numbers) p
where (select true from phone_numbers n where n.e164 = p and n.lifecycle <> 'released')
$$;

comment on function taken_numbers(text[]) is
  'Which of the numbers are in use, by any organization or in the pool. Runs as the system role and tells no more than the unique index does when it refuses an insert: that a number is taken, not by which organization. Stable; takes no lock.';

revoke all on function taken_numbers(text[]) from public;
grant execute on function taken_numbers(text[]) to ringfence_app;
grant create on schema public to ringfence_definer;
alter function taken_numbers(text[]) owner to ringfence_definer;
revoke create on schema public from ringfence_definer;
