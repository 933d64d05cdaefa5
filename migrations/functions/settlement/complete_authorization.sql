create or replace function complete_authorization(
  p_organization uuid, p_id uuid, p_by uuid, p_disposition text, p_duration_seconds integer, p_sip_code smallint,
  p_external_call_id text, p_cost numeric, p_currency text)
returns text
language plpgsql as $$
declare
  v_call call_authorizations;
begin
  select * into v_call from call_authorizations l
  where l.organization_id = p_organization and l.id = p_id for no key update;

  if not found then
    return null;
  elsif v_call.status = 'denied' then
    return 'denied';
  elsif v_call.status = 'completed' and
    (v_call.disposition, v_call.duration_seconds, v_call.sip_code, v_call.external_call_id, v_call.cost, v_call.currency)
    is not distinct from
    (p_disposition, p_duration_seconds, p_sip_code, p_external_call_id, p_cost::numeric(12, 4), p_currency) then
    return 'repeated';
  elsif v_call.status in ('completed', 'voided') then
    return 'settled_otherwise';
  end if;

  update call_authorizations l
  set status = 'completed', settled_at = ringfence_clock(), settled_by = p_by, disposition = p_disposition,
    duration_seconds = p_duration_seconds, sip_code = p_sip_code, external_call_id = p_external_call_id,
    cost = p_cost, currency = p_currency
  where l.organization_id = p_organization and l.id = p_id;

  -- The midnight job rolls up a day at its end and once more a day later. What comes after that is added here.
  update usage_daily u
  set calls_completed = u.calls_completed + 1,
    duration_seconds = u.duration_seconds + coalesce(p_duration_seconds, 0)
  from organizations o
  where o.id = p_organization and o.last_rollup_date > v_call.local_date
    and u.organization_id = p_organization and u.local_date = v_call.local_date
    and u.agent_id = v_call.agent_id and u.phone_number_id = v_call.phone_number_id;
  return 'completed';
end
$$;

comment on function complete_authorization(uuid,uuid,uuid,text,integer,smallint,text,numeric,text) is
  'Answers completed, repeated, settled_otherwise or denied; NULL when there is no such authorization. Counts nothing, so the ledger row is all that it locks: a dialer that reports its calls never waits for the assignment that others call with.';
