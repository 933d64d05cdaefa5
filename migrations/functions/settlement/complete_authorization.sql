create or replace function complete_authorization(
  p_organization uuid, p_id uuid, p_by uuid, p_by_kind text, p_by_label text, p_disposition text,
  p_duration_seconds integer, p_sip_code smallint, p_external_call_id text, p_cost numeric, p_currency text)
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
  elsif v_call.status = 'voided' then
    return 'settled_otherwise';
  elsif v_call.status = 'completed' then
    return correct_completion(v_call, p_by, p_by_kind, p_by_label, p_disposition, p_duration_seconds, p_sip_code,
      p_external_call_id, p_cost, p_currency);
  end if;

  update call_authorizations l
  set status = 'completed', settled_at = ringfence_clock(), settled_by = p_by, disposition = p_disposition,
    duration_seconds = p_duration_seconds, sip_code = p_sip_code, external_call_id = p_external_call_id, cost = p_cost,
    currency = case when p_cost is not null
      then coalesce(p_currency, (select o.currency from organizations o where o.id = p_organization)) end
  where l.organization_id = p_organization and l.id = p_id;

  -- The midnight job rolls up a day at its end and once more a day later. What comes after that is added here.
  perform add_to_rolled_up_day(p_organization, v_call.local_date, v_call.agent_id, v_call.phone_number_id, 1,
    coalesce(p_duration_seconds, 0));
  return 'completed';
end
$$;

comment on function complete_authorization(uuid,uuid,uuid,text,text,text,integer,smallint,text,numeric,text) is
  'Answers completed, corrected, repeated, settled_otherwise, too_many_corrections or denied; NULL when there is no such authorization. A cost without a currency is in that of the organization. Counts nothing, so the ledger row is all that it locks while its day is young: a dialer that reports its calls never waits for the assignment that others call with.';
