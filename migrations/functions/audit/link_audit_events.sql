create or replace function link_audit_events(p_organization_id uuid, p_at_most integer)
returns integer
language plpgsql as $$
declare
  v_head audit_chain_heads;
  v_event audit_events;
  v_hash bytea;
  v_ids uuid[] := '{}';
  v_previous_hashes bytea[] := '{}';
  v_hashes bytea[] := '{}';
begin
  if not exists (select from audit_chain_heads where organization_id = p_organization_id) then
    insert into audit_chain_heads (organization_id) values (p_organization_id) on conflict do nothing;
  end if;
  -- A process that comes while another links has nothing to do. What is read below is read by a later statement than this
  -- lock, so it sees the links of the linker before.
  select * into v_head from audit_chain_heads where organization_id = p_organization_id for update skip locked;
  if not found then
    return 0;
  end if;
  v_hash := v_head.hash;
  for v_event in
    select * from audit_events where organization_id = p_organization_id and sequence is null
    order by occurred_at, id limit p_at_most
  loop
    v_previous_hashes := v_previous_hashes || v_hash;
    v_ids := v_ids || v_event.id;
    v_hash := sha256(v_hash || convert_to(audit_event_text(v_event, v_head.sequence + cardinality(v_ids)), 'UTF8'));
    v_hashes := v_hashes || v_hash;
  end loop;
  if cardinality(v_ids) = 0 then
    return 0;
  end if;
  update audit_events e
  set sequence = v_head.sequence + l.place, previous_hash = l.previous_hash, hash = l.hash
  from unnest(v_ids, v_previous_hashes, v_hashes) with ordinality as l (id, previous_hash, hash, place)
  where e.organization_id = p_organization_id and e.id = l.id;
  update audit_chain_heads set sequence = v_head.sequence + cardinality(v_ids), hash = v_hash
  where organization_id = p_organization_id;
  return cardinality(v_ids);
end
$$;

comment on function link_audit_events(uuid,integer) is
  'Links up to p_at_most events of an organization into its chain, oldest first, and answers how many. Locks the head of the chain with skip locked: a second linker finds nothing to do and answers 0. The events are read by a later statement than the lock and so see the links of the linker before (docs/adr/0012-audit-chain.md).';
