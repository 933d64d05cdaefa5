create or replace function drop_ledger_day(p_day date)
returns table (result text, calls bigint)
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  v_name constant text := 'day_' || to_char(p_day, 'YYYY_MM_DD');
  v_lowest constant uuid := lowest_id_of(p_day::timestamp at time zone 'UTC');
  v_below constant uuid := lowest_id_of((p_day + 1)::timestamp at time zone 'UTC');
begin
  if to_regclass('ledger.' || v_name) is null then
    return query select 'missing', 0::bigint;
    return;
  elsif p_day > (clock_timestamp() at time zone 'UTC')::date - 4 then
    return query select 'too_young', 0::bigint;
    return;
  end if;

  if exists (
    select from call_authorizations l
    where l.id >= v_lowest and l.id < v_below and l.status = 'authorized' and l.expires_at >= ringfence_clock()
  ) then
    return query select 'unsettled', 0::bigint;
    return;
  elsif exists (
    select from (
      select l.organization_id, max(l.local_date) as last_date
      from call_authorizations l
      where l.id >= v_lowest and l.id < v_below
      group by l.organization_id
    ) l
    join organizations o on o.id = l.organization_id
    where o.last_rollup_date is null or o.last_rollup_date <= l.last_date
  ) then
    return query select 'not_rolled_up', 0::bigint;
    return;
  end if;

  select 'dropped', count(*) into result, calls from call_authorizations l where l.id >= v_lowest and l.id < v_below;
  perform set_config('lock_timeout', '100ms', true);
  begin
    execute format('drop table ledger.%I', v_name);
    execute format('drop table if exists ledger.%I', 'corrections_' || to_char(p_day, 'YYYY_MM_DD'));
  exception
    when lock_not_available then
      result := 'busy';
      calls := 0;
  end;
  return next;
end
$$;

comment on function drop_ledger_day(date) is
  'Drops the partition of a day, by UTC, with all its calls and their corrections. Answers dropped and how many they were, or why not: missing, too_young (less than four days ago), unsettled (a lease has not run out), not_rolled_up (the midnight job reads the last day that it rolled up once more, so a later date has to be rolled up), busy (the lock was not free within 100 ms). Reads the day before it locks ledger and corrections ACCESS EXCLUSIVE until the transaction ends: what it asks about a day of the past does not change any more. Runs as the owner of the ledger.';

revoke all on function drop_ledger_day(date) from public;
grant execute on function drop_ledger_day(date) to ringfence_system;
grant create on schema public to ringfence_definer;
alter function drop_ledger_day(date) owner to ringfence_definer;
revoke create on schema public from ringfence_definer;
