create or replace function gate_replays(
  p_organization uuid[], p_destination text[], p_country text[], p_type text[], p_refusal text[], p_key text[],
  p_fingerprint bytea[], p_ids uuid[], p_busy boolean[])
returns table (
  call_index integer, outcome text, authorization_id uuid, reason_code text, phone_number_id uuid,
  from_number text, provider text, destination text, destination_country text, destination_type text,
  limit_at integer, used_after integer, resets_at timestamptz, expires_at timestamptz, platform text,
  platform_number_id text)
language plpgsql volatile as $$
#variable_conflict use_column
declare
  v_organizations uuid[] := array(select distinct o from unnest(p_organization) o);
  -- Calls that were decided before with the keys of this batch.
  v_owners uuid[];
  v_answered uuid[];
  v_ledger call_authorizations[];
  v_retry record;
begin
  select array_agg(c.org), array_agg(k.authorization_id) into v_owners, v_answered
  from unnest(p_organization, p_key, p_ids) c(org, key, id)
  cross join lateral (
    select k.authorization_id from idempotency_keys k
    where k.organization_id = c.org and k.key = c.key and k.authorization_id <> c.id
    offset 0
  ) k;

  -- A retry that is answered keeps its call: from here on nothing but a caller voids it. In the order of organization and
  -- key, so that two batches never wait for each other in a circle. Waits for the call being given back at this moment.
  -- Row by row, for a plan of a join would read all keys where nothing is known of their number.
  for v_retry in
    select c.org, c.key, c.fingerprint, c.id
    from unnest(p_organization, p_key, p_fingerprint, p_ids, p_busy) c(org, key, fingerprint, id, busy)
    where c.key is not null and c.busy is not true
    order by c.org, c.key
  loop
    update idempotency_keys k
    set replayed_at = ringfence_clock()
    where k.organization_id = v_retry.org and k.key = v_retry.key and k.fingerprint = v_retry.fingerprint
      and k.authorization_id <> v_retry.id and k.replayed_at is null;
  end loop;

  -- Planned each time, by the ids themselves: a plan for any ids would open every day of the ledger.
  execute '
    select array_agg(l.call)
    from unnest($1, $2) c(org, id)
    cross join lateral (
      select l as call from call_authorizations l
      where l.organization_id = c.org and l.id = c.id and l.id = any ($2)
      offset 0
    ) l'
  into v_ledger using v_owners, v_answered;

  return query
  select c.i::integer, case when k.fingerprint = c.fingerprint then 'replayed' else 'key_reused' end,
    k.authorization_id, r.reason, l.phone_number_id, l.from_number, l.provider,
    coalesce(l.destination, p_destination[c.i]), coalesce(l.destination_country, p_country[c.i]),
    coalesce(l.destination_type, p_type[c.i]), l.limit_at, l.used_after, coalesce(l.resets_at, o.ends_at),
    case when r.reason = 'allowed' then l.expires_at end, l.platform, l.platform_number_id
  from unnest(p_organization, p_key, p_fingerprint, p_ids, p_busy) with ordinality c(org, key, fingerprint, id, busy, i)
  cross join lateral (
    select k.fingerprint, k.authorization_id from idempotency_keys k
    where k.organization_id = c.org and k.key = c.key and k.authorization_id <> c.id
    offset 0
  ) k
  -- Where its day was dropped, nothing is known of the call but that it is used up.
  left join lateral (
    select l.* from unnest(v_ledger) l
    where l.id = k.authorization_id and l.organization_id = c.org
    offset 0
  ) l on true
  cross join lateral (
    select g.* from gate_organizations(v_organizations, 0) g
    where g.id = c.org
    limit 1
  ) o
  left join lateral (
    select a.id, a.agent_active, a.number_active, a.paused_at is not null as paused, a.allowed_countries,
      a.allowed_number_types, a.number_can_call
    from agent_phone_numbers a
    where a.live_organization_id = c.org and a.agent_id = l.agent_id and a.phone_number_id = l.phone_number_id
      and a.id = l.assignment_id
    offset 0
  ) a on true
  cross join lateral gate_checks(
    row(a.id, o.suspended, a.agent_active, a.number_active, a.paused,
      coalesce(a.allowed_countries, o.default_allowed_countries), a.allowed_number_types,
      a.number_can_call)::assignment_facts,
    row(p_refusal[c.i], p_country[c.i], p_type[c.i])::call_facts) g
  cross join lateral (
    select case
      when l.id is null then 'authorization_expired'
      when l.decision = 'denied' then l.reason_code
      when authorization_status(l.status, l.expires_at, o.at) <> 'authorized'
        then 'authorization_' || authorization_status(l.status, l.expires_at, o.at)
      else coalesce(g.refused, l.reason_code)
    end as reason
    offset 0
  ) r
  where c.busy is not true;
end
$$;

comment on function gate_replays(uuid[],text[],text[],text[],text[],text[],bytea[],uuid[],boolean[]) is
  'Answers the calls whose key was used before: a key that comes with another request is reused, else the call gets the answer of then. A call that was allowed is so no longer when its authorization is used up, or when a check that is no counter forbids the call now (docs/adr/0017-retries-are-checked-again.md). Notes on the key that a retry was answered, for give_back_authorization; locks no other row. VOLATILE: it reads by a snapshot that is younger than all that the batch has waited for.';
