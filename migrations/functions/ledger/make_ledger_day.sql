create or replace function make_ledger_day(p_day date, p_at_most integer)
returns integer
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  v_name constant text := 'day_' || to_char(p_day, 'YYYY_MM_DD');
  v_corrections constant text := 'corrections_' || to_char(p_day, 'YYYY_MM_DD');
  v_lowest constant uuid := lowest_id_of(p_day::timestamp at time zone 'UTC');
  v_below constant uuid := lowest_id_of((p_day + 1)::timestamp at time zone 'UTC');
  v_moved integer;
begin
  if p_day < date '2020-01-01' or p_day > (clock_timestamp() at time zone 'UTC')::date + 60 then
    raise exception 'The ledger has no use for a partition of %', p_day using errcode = 'invalid_parameter_value';
  end if;
  perform set_config('lock_timeout', '100ms', true);
  lock table only call_authorizations, only settlement_corrections in access exclusive mode;

  if to_regclass('ledger.' || v_name) is not null then
    return null;
  end if;
  select count(*) into v_moved
  from (select from ledger.unplaced u where u.id >= v_lowest and u.id < v_below limit p_at_most + 1) u;
  if v_moved > p_at_most or p_at_most < (
    select count(*) from (
      select from ledger.unplaced_corrections c
      where c.authorization_id >= v_lowest and c.authorization_id < v_below limit p_at_most + 1) c) then
    return null;
  end if;

  execute format('create table ledger.%I (like call_authorizations including all excluding comments)', v_name);
  if v_moved > 0 then
    execute format(
      'with moved as (delete from call_authorizations where id >= %L and id < %L returning *)
       insert into ledger.%I select * from moved', v_lowest, v_below, v_name);
  end if;
  execute format('alter table ledger.%I enable row level security, force row level security', v_name);
  execute format('alter table call_authorizations attach partition ledger.%I for values from (%L) to (%L)',
    v_name, v_lowest, v_below);

  if to_regclass('ledger.' || v_corrections) is null then
    execute format('create table ledger.%I (like settlement_corrections including all excluding comments)', v_corrections);
    execute format(
      'with moved as (delete from settlement_corrections where authorization_id >= %L and authorization_id < %L returning *)
       insert into ledger.%I select * from moved', v_lowest, v_below, v_corrections);
    execute format('alter table ledger.%I enable row level security, force row level security', v_corrections);
    execute format('alter table settlement_corrections attach partition ledger.%I for values from (%L) to (%L)',
      v_corrections, v_lowest, v_below);
  end if;
  return v_moved;
exception
  when lock_not_available then
    return null;
end
$$;

comment on function make_ledger_day(date,integer) is
  'Gives a day, by UTC, its partition of the ledger and one of the corrections of its calls, and moves what the default partitions hold of it there. Answers how many calls that were; NULL when nothing was made: the day has one, a default partition holds more than p_at_most rows of it, or the lock was not free within 100 ms. Locks ledger and corrections ACCESS EXCLUSIVE until the transaction ends, so that no statement sees a call in neither partition and none that settles a call loses it while it moves: p_at_most bounds how long the gate waits. The partitions have no privileges and no policies: they are reached through ledger and corrections. Runs as the owner of the ledger.';

revoke all on function make_ledger_day(date,integer) from public;
grant execute on function make_ledger_day(date,integer) to ringfence_system;
grant create on schema public to ringfence_definer;
alter function make_ledger_day(date,integer) owner to ringfence_definer;
revoke create on schema public from ringfence_definer;
