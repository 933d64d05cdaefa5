drop schema pgboss cascade;
do $$
declare
  v_name text;
begin
  for v_name in
    select c.oid::regclass::text from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
      and c.relname <> 'migrations'
  loop
    execute 'drop table ' || v_name || ' cascade';
  end loop;
  for v_name in
    select p.oid::regprocedure::text from pg_proc p
    where p.pronamespace = 'public'::regnamespace
      and not exists (select from pg_depend d where d.objid = p.oid and d.classid = 'pg_proc'::regclass and d.deptype = 'e')
  loop
    execute 'drop function ' || v_name || ' cascade';
  end loop;
end
$$;
drop extension pg_trgm;
revoke all on migrations from ringfence_system;
revoke usage on schema public from ringfence_app, ringfence_system, ringfence_definer;
