create or replace function void_authorization(p_organization uuid, p_id uuid, p_by uuid, p_reason text, p_window interval)
returns text
language plpgsql as $$
declare
  v_assignment agent_phone_numbers;
  v_call call_authorizations;
  v_now timestamptz;
  v_archived integer;
  v_voided integer;
  v_in_counter boolean;
  v_country text;
begin
  select a.* into v_assignment
  from agent_phone_numbers a
  where a.organization_id = p_organization and a.id = (
    select l.assignment_id from call_authorizations l where l.organization_id = p_organization and l.id = p_id)
  for no key update;

  select * into v_call from call_authorizations l
  where l.organization_id = p_organization and l.id = p_id for no key update;
  v_now := ringfence_clock();

  if not found then
    return null;
  elsif v_call.status = 'denied' then
    return 'denied';
  elsif v_call.status = 'voided' and v_call.void_reason = p_reason then
    return 'repeated';
  elsif v_call.status in ('completed', 'voided') then
    return 'settled_otherwise';
  elsif v_call.expires_at < v_now then
    return 'expired';
  elsif v_call.decided_at + p_window < v_now then
    return 'too_late';
  end if;

  select u.calls_allowed, u.calls_voided into v_archived, v_voided
  from usage_daily u
  where u.organization_id = p_organization and u.local_date = v_call.local_date
    and u.agent_id = v_assignment.agent_id and u.phone_number_id = v_assignment.phone_number_id;

  -- What the API gives back itself is no void of the caller's: it neither needs its share of them nor uses it.
  if p_reason <> 'client_gone' and coalesce(v_voided, 0) >= least(v_assignment.daily_limit, greatest(10, v_assignment.daily_limit / 10)) then
    return 'too_many';
  end if;

  v_in_counter := v_assignment.last_reset_date = v_call.local_date and v_assignment.calls_made_today > 0
    and (v_call.decided_at >= coalesce(v_assignment.counter_reset_at, '-infinity') or coalesce(v_archived, 0) = 0);

  if v_in_counter then
    update agent_phone_numbers a set calls_made_today = a.calls_made_today - 1
    where a.organization_id = p_organization and a.id = v_assignment.id;
  end if;

  -- A day that is rolled up already has its calls by country: the call leaves that sum as well.
  v_country := coalesce(v_call.destination_country, '');
  insert into usage_daily as u (organization_id, local_date, agent_id, phone_number_id, calls_voided)
  values (p_organization, v_call.local_date, v_assignment.agent_id, v_assignment.phone_number_id, (p_reason <> 'client_gone')::integer)
  on conflict (organization_id, local_date, agent_id, phone_number_id) do update
    set calls_voided = u.calls_voided + excluded.calls_voided,
      calls_allowed = greatest(u.calls_allowed - (not v_in_counter)::integer, 0),
      allowed_by_country = case when (u.allowed_by_country ->> v_country)::integer > 0
        then jsonb_set(u.allowed_by_country, array[v_country],
          to_jsonb((u.allowed_by_country ->> v_country)::integer - 1))
        else u.allowed_by_country end;

  update call_authorizations l
  set status = 'voided', settled_at = v_now, settled_by = p_by, void_reason = p_reason
  where l.organization_id = p_organization and l.id = p_id;
  return 'voided';
end
$$;

comment on function void_authorization(uuid,uuid,uuid,text,interval) is
  'Answers voided, repeated, settled_otherwise, expired, too_late, too_many or denied; NULL when there is no such authorization. Gives one call back to the usage day that it was counted on. Locks the assignment before the ledger row, as the gate, the midnight job and the reset by hand do before they move a count; everything that decides is read after the locks.';
