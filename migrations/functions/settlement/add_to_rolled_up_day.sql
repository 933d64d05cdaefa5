create or replace function add_to_rolled_up_day(
  p_organization uuid, p_local_date date, p_agent uuid, p_phone_number uuid, p_calls integer, p_seconds integer)
returns void
language plpgsql as $$
declare
  v_final boolean;
  v_soon_final boolean;
begin
  select coalesce(o.last_rollup_date > p_local_date, false), (z.at at time zone
      effective_time_zone(o.time_zone, o.previous_time_zone, o.time_zone_effective_at, z.at))::date - 1 > p_local_date
  into v_final, v_soon_final
  from organizations o
  cross join (select ringfence_clock() + interval '1 minute' as at) z
  where o.id = p_organization;

  if not v_final and v_soon_final then
    perform pg_advisory_xact_lock_shared(hashtextextended('ringfence.roll_up/' || p_organization, 0));
    select o.last_rollup_date > p_local_date into v_final from organizations o where o.id = p_organization;
  end if;

  if v_final then
    update usage_daily u
    set calls_completed = u.calls_completed + p_calls, duration_seconds = u.duration_seconds + p_seconds
    where u.organization_id = p_organization and u.local_date = p_local_date
      and u.agent_id = p_agent and u.phone_number_id = p_phone_number;
  end if;
end
$$;

comment on function add_to_rolled_up_day(uuid,date,uuid,uuid,integer,integer) is
  'Adds completed calls and their seconds to the usage of a day that the midnight job has rolled up for good; a day that it has yet to read it reads from the ledger. While the job may be reading the day for the last time, it waits for the job, which holds the same advisory lock exclusively: what is settled meanwhile is either read or added. A minute is more than a transaction of the API lasts.';
