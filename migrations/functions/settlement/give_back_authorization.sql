create or replace function give_back_authorization(p_organization uuid, p_id uuid, p_key text, p_window interval)
returns text
language plpgsql as $$
begin
  perform from agent_phone_numbers a
  where a.organization_id = p_organization and a.id = (
    select l.assignment_id from call_authorizations l where l.organization_id = p_organization and l.id = p_id)
  for no key update;

  if p_key is not null then
    perform from idempotency_keys k
    where k.organization_id = p_organization and k.key = p_key and k.authorization_id = p_id
    for no key update;
    if exists (
      select from idempotency_keys k
      where k.organization_id = p_organization and k.key = p_key and k.authorization_id = p_id
        and k.replayed_at is not null) then
      return 'retried';
    end if;
  end if;

  return void_authorization(p_organization, p_id, null, 'client_gone', p_window);
end
$$;

comment on function give_back_authorization(uuid,uuid,text,interval) is
  'Voids a call whose client had hung up before the decision. Answers as void_authorization does, or retried: then a retry with the key was answered, which may dial, so that the call stays counted. Holds the row of the key until it commits, and gate_replays writes it before it reads the ledger: one of the two always sees the other. Locks the assignment before the key, as the gate does.';
