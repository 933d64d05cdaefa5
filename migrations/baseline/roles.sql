-- The roles of the API, and the one that owns functions which do more than their caller may (docs/adr/0016-login-roles.md).
-- Roles belong to the whole server: they are made where they are missing, and stay when the migration is taken back.
do $$
declare
  v_role text;
begin
  foreach v_role in array array['ringfence_app', 'ringfence_system', 'ringfence_definer'] loop
    begin
      if not exists (select from pg_roles where rolname = v_role) then
        execute format('create role %I nologin nosuperuser nobypassrls nocreatedb nocreaterole noreplication', v_role);
      end if;
    exception
      when duplicate_object or unique_violation then null;
    end;
    execute format('grant usage on schema public to %I', v_role);
  end loop;
end
$$;

-- The owner of the tables gives functions to ringfence_definer and so belongs to it; a superuser does anyway. To the roles of
-- the API it does not belong: it only makes them.
do $$
begin
  if not (select rolsuper from pg_roles where rolname = current_user) then
    grant ringfence_definer to current_user;
  end if;
exception
  when unique_violation then null;
end
$$;

revoke create on schema public from public;

create extension if not exists pg_trgm;

-- PostgreSQL 18 brings uuidv7(); earlier servers get the same function (RFC 9562, section 5.7).
do $$
begin
  if not exists (select from pg_proc where proname = 'uuidv7' and pronamespace = 'pg_catalog'::regnamespace) then
    create function public.uuidv7() returns uuid language sql volatile parallel safe as $f$
      select encode(
        set_bit(set_bit(
          overlay(uuid_send(gen_random_uuid())
            placing substring(int8send((extract(epoch from clock_timestamp()) * 1000)::bigint) from 3)
            from 1 for 6),
          52, 1), 53, 1), 'hex')::uuid
    $f$;
  end if;
end
$$;
