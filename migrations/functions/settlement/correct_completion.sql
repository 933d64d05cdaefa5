create or replace function correct_completion(
  p_call call_authorizations, p_by uuid, p_by_kind text, p_by_label text, p_disposition text, p_duration_seconds integer,
  p_sip_code smallint, p_external_call_id text, p_cost numeric, p_currency text)
returns text
language plpgsql as $$
declare
  v_cost constant numeric(12, 4) := p_cost;
  v_currency text;
  v_duration integer := p_call.duration_seconds;
  v_changes jsonb := '{}';
  v_earlier jsonb;
begin
  -- NULL is not reported: a comparison with it refuses nothing.
  if p_disposition <> p_call.disposition or p_sip_code <> p_call.sip_code
    or p_external_call_id <> p_call.external_call_id then
    return 'settled_otherwise';
  end if;

  -- What the same caller has reported before, fact by fact: when it comes again it is a retry that was late.
  select coalesce(jsonb_agg(f.fact), '[]') into v_earlier
  from (
    select jsonb_build_object('durationSeconds', c.changes #> '{durationSeconds,to}') as fact
    from settlement_corrections c
    where c.organization_id = p_call.organization_id and c.authorization_id = p_call.id and c.corrected_by = p_by
      and c.changes ? 'durationSeconds'
    union all
    select jsonb_build_object('cost', c.changes #> '{cost,to}', 'currency', c.changes #> '{currency,to}')
    from settlement_corrections c
    where c.organization_id = p_call.organization_id and c.authorization_id = p_call.id and c.corrected_by = p_by
      and c.changes ? 'cost'
    union all
    (select jsonb_build_object('durationSeconds', c.changes #> '{durationSeconds,from}')
    from settlement_corrections c
    where c.organization_id = p_call.organization_id and c.authorization_id = p_call.id and p_call.settled_by = p_by
      and c.changes ? 'durationSeconds'
    order by c.sequence limit 1)
    union all
    (select jsonb_build_object('cost', c.changes #> '{cost,from}', 'currency', c.changes #> '{currency,from}')
    from settlement_corrections c
    where c.organization_id = p_call.organization_id and c.authorization_id = p_call.id and p_call.settled_by = p_by
      and c.changes ? 'cost'
    order by c.sequence limit 1)
  ) f;

  if p_duration_seconds is distinct from p_call.duration_seconds and p_duration_seconds is not null
    and not v_earlier @> jsonb_build_array(jsonb_build_object('durationSeconds', p_duration_seconds)) then
    v_duration := p_duration_seconds;
    v_changes := v_changes || jsonb_build_object('durationSeconds',
      jsonb_build_object('from', p_call.duration_seconds, 'to', p_duration_seconds));
  end if;
  if p_sip_code is not null and p_call.sip_code is null then
    v_changes := v_changes || jsonb_build_object('sipCode', jsonb_build_object('from', null, 'to', p_sip_code));
  end if;
  if p_external_call_id is not null and p_call.external_call_id is null then
    v_changes := v_changes || jsonb_build_object('externalCallId',
      jsonb_build_object('from', null, 'to', p_external_call_id));
  end if;

  -- A price is one fact of two words. Without a currency it is in that of the price that it corrects.
  v_currency := coalesce(p_currency, p_call.currency,
    (select o.currency from organizations o where o.id = p_call.organization_id));
  if v_cost is not null and (v_cost, v_currency) is distinct from (p_call.cost, p_call.currency)
    and not v_earlier @> jsonb_build_array(jsonb_build_object('cost', v_cost::text, 'currency', v_currency)) then
    v_changes := v_changes || jsonb_build_object(
      'cost', jsonb_build_object('from', p_call.cost::text, 'to', v_cost::text),
      'currency', jsonb_build_object('from', p_call.currency, 'to', v_currency));
  end if;

  if v_changes = '{}' then
    return 'repeated';
  elsif p_call.correction_count >= 100 then
    return 'too_many_corrections';
  end if;

  update call_authorizations l
  set duration_seconds = v_duration,
    sip_code = coalesce(l.sip_code, p_sip_code),
    external_call_id = coalesce(l.external_call_id, p_external_call_id),
    cost = coalesce((v_changes #>> '{cost,to}')::numeric, l.cost),
    currency = coalesce(v_changes #>> '{currency,to}', l.currency),
    correction_count = l.correction_count + 1
  where l.organization_id = p_call.organization_id and l.id = p_call.id;

  insert into settlement_corrections (
    organization_id, authorization_id, sequence, corrected_at, corrected_by, corrected_by_kind, corrected_by_label, changes)
  values (p_call.organization_id, p_call.id, p_call.correction_count + 1, ringfence_clock(), p_by, p_by_kind, p_by_label,
    v_changes);

  if v_duration is distinct from p_call.duration_seconds then
    perform add_to_rolled_up_day(p_call.organization_id, p_call.local_date, p_call.agent_id, p_call.phone_number_id, 0,
      v_duration - coalesce(p_call.duration_seconds, 0));
  end if;
  return 'corrected';
end
$$;

comment on function correct_completion(call_authorizations,uuid,text,text,text,integer,smallint,text,numeric,text) is
  'What a report on a completed call changes (docs/adr/0029-corrections.md). Answers corrected, repeated, settled_otherwise or too_many_corrections. Its caller holds the row of the ledger, which is p_call as it stands: corrections of one call come one after the other, numbered without a gap. Facts that are NULL are not reported and stay.';
