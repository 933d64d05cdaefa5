create or replace function gate_claim_keys(
  p_organization uuid[], p_key text[], p_fingerprint bytea[], p_ids uuid[], p_open boolean[], p_retention interval)
returns boolean[]
language plpgsql volatile as $$
begin
  insert into idempotency_keys (organization_id, key, fingerprint, authorization_id, expires_at)
  select distinct on (c.org, c.key) c.org, c.key, c.fingerprint, c.id, ringfence_clock() + p_retention
  from unnest(p_organization, p_key, p_fingerprint, p_ids, p_open) with ordinality c(org, key, fingerprint, id, open, i)
  where c.key is not null and c.open is not false
  order by c.org, c.key, c.i
  on conflict do nothing;

  return array(
    select c.open is not false and (c.key is null or (
      select count(*) > 0 from idempotency_keys k
      where k.organization_id = c.org and k.key = c.key and k.authorization_id = c.id))
    from unnest(p_organization, p_key, p_ids, p_open) with ordinality c(org, key, id, open, i)
    order by c.i);
end
$$;

comment on function gate_claim_keys(uuid[],text[],bytea[],uuid[],boolean[],interval) is
  'Claims the idempotency keys of the calls that are open, and answers which calls are to be decided: those without a key, and those whose key is theirs now. Inserts in the order of organization and key, the same for every batch, so that two batches never wait for each other in a circle. A key that another transaction is deciding with is waited for. VOLATILE: it writes, and its second statement must see what came of the keys that the first one waited for.';
