create or replace function gate_authorize(
  p_organization uuid[], p_agent uuid[], p_assignment uuid[], p_from text[], p_destination text[],
  p_country text[], p_type text[], p_refusal text[], p_caller uuid[], p_key text[], p_fingerprint bytea[],
  p_lease interval, p_key_retention interval, p_pass_locked boolean default false)
returns table (
  call_index integer, outcome text, authorization_id uuid, reason_code text, phone_number_id uuid,
  from_number text, provider text, destination text, destination_country text, destination_type text,
  limit_at integer, used_after integer, resets_at timestamptz, expires_at timestamptz)
language plpgsql as $$
#variable_conflict use_column
declare
  v_calls constant integer := cardinality(p_organization);
  -- Whose assignments a call may use. An assignment never changes its agent, so this needs no lock.
  v_agent uuid[] := p_agent;
  v_ids uuid[];
  v_organizations uuid[];
  v_scope text;
  -- Which calls are to be decided; NULL for all of them.
  v_open boolean[];
  v_free uuid[];
  v_busy boolean[];
  -- Calls that were decided before with the keys of this batch.
  v_owners uuid[];
  v_answered uuid[];
  v_ledger call_authorizations[];
begin
  select array_agg(uuidv7()), array_agg(distinct o) into v_ids, v_organizations from unnest(p_organization) o;
  v_scope := set_config('ringfence.organization_ids', v_organizations::text, true);

  if array_remove(p_assignment, null) <> '{}' then
    v_agent := array(
      select coalesce(c.agent, a.agent_id)
      from unnest(p_organization, p_agent, p_assignment) with ordinality c(org, agent, assignment, i)
      left join agent_phone_numbers a on a.organization_id = c.org and a.id = c.assignment
      order by c.i);
  end if;

  -- Somebody holds a row for long: decide all calls but those that need it.
  if p_pass_locked then
    v_free := array(
      select a.id
      from (
        select distinct c.org, c.agent, c.assignment, c.from_asked
        from unnest(p_organization, v_agent, p_assignment, p_from) c(org, agent, assignment, from_asked)
      ) c
      cross join lateral (
        select a.id from agent_phone_numbers a
        where a.live_organization_id = c.org and a.agent_id = c.agent
          and (c.assignment is null or a.id = c.assignment) and (c.from_asked is null or a.from_number = c.from_asked)
        for no key update skip locked
      ) a);
    v_busy := array(
      select (
        select count(*) > 0 from agent_phone_numbers a
        where a.live_organization_id = c.org and a.agent_id = c.agent and a.id <> all (v_free)
          and (c.assignment is null or a.id = c.assignment) and (c.from_asked is null or a.from_number = c.from_asked))
      from unnest(p_organization, v_agent, p_assignment, p_from) with ordinality c(org, agent, assignment, from_asked, i)
      order by c.i);
    v_open := array(select not c.busy from unnest(v_busy) with ordinality c(busy, i) order by c.i);
    return query
    select c.i::integer, 'busy', null::uuid, null::text, null::uuid, null::text, null::text, null::text, null::text,
      null::text, null::integer, null::integer, null::timestamptz, null::timestamptz
    from unnest(v_busy) with ordinality c(busy, i) where c.busy;
  end if;

  -- Claim the idempotency keys, in one order for everybody. A key that somebody else is deciding with right now is
  -- waited for here; the next statement then sees what came of it.
  if array_remove(p_key, null) <> '{}' then
    insert into idempotency_keys (organization_id, key, fingerprint, authorization_id, expires_at)
    select distinct on (c.org, c.key) c.org, c.key, c.fingerprint, c.id, ringfence_clock() + p_key_retention
    from unnest(p_organization, p_key, p_fingerprint, v_ids, v_open) with ordinality c(org, key, fingerprint, id, open, i)
    where c.key is not null and c.open is not false
    order by c.org, c.key, c.i
    on conflict do nothing;

    v_open := array(
      select c.open is not false and (c.key is null or (
        select count(*) > 0 from idempotency_keys k
        where k.organization_id = c.org and k.key = c.key and k.authorization_id = c.id))
      from unnest(p_organization, p_key, v_ids, v_open) with ordinality c(org, key, id, open, i)
      order by c.i);
  end if;

  -- Lock the assignments that the calls can use, agent by agent in one order for everybody, so that two batches never
  -- wait for each other in a circle. Whoever had to wait gets the row as it is now: all that decides stands on it, or
  -- is read by gate_organizations() afterwards. Then rank the calls that pass every check against what is left of the
  -- limit, count them, and write the ledger.
  return query
  with locked as materialized (
    select c.index, c.org, a.*
    from (
      select c.i::integer as index, c.org, c.finder, c.assignment, c.from_asked
      from unnest(p_organization, v_agent, p_assignment, p_from, v_open)
        with ordinality c(org, finder, assignment, from_asked, open, i)
      where c.open is not false
      order by c.org, c.finder, case when c.assignment is not null or c.from_asked is not null then (
        select a.phone_number_id from agent_phone_numbers a
        where a.live_organization_id = c.org and a.agent_id = c.finder
          and (c.assignment is null or a.id = c.assignment) and (c.from_asked is null or a.from_number = c.from_asked)
        limit 1
      ) end nulls first
    ) c
    left join lateral (
      select a.id as assignment_id, a.agent_id, a.phone_number_id, a.from_number, a.provider, a.agent_active,
        a.number_active, a.paused_at is not null as paused, a.allowed_countries, a.allowed_number_types,
        a.daily_limit, a.calls_made_today, a.last_reset_date
      from agent_phone_numbers a
      where a.live_organization_id = c.org and a.agent_id = c.finder
        and (c.assignment is null or a.id = c.assignment) and (c.from_asked is null or a.from_number = c.from_asked)
      order by a.phone_number_id
      for no key update
    ) a on true
  ), checked as (
    select l.index, l.org, l.assignment_id, l.agent_id, l.phone_number_id, l.from_number, l.provider, l.daily_limit,
      l.calls_made_today, l.last_reset_date, o.at, greatest(l.last_reset_date, o.today) as usage_day,
      case when l.last_reset_date < o.today then 0 else l.calls_made_today end as used_before,
      case when l.last_reset_date > o.today then usage_day_ends_at(l.last_reset_date, o.time_zone,
        o.previous_time_zone, o.time_zone_effective_at, o.at) else o.ends_at end as resets_at,
      case
        when l.assignment_id is null then coalesce(p_refusal[l.index], 'no_assignment')
        else decide_call(p_refusal[l.index], o.suspended, l.agent_active, l.number_active, l.paused,
          p_country[l.index], p_type[l.index], coalesce(l.allowed_countries, o.default_allowed_countries),
          l.allowed_number_types)
      end as refused
    from locked l
    cross join lateral (
      select g.* from gate_organizations(v_organizations, (select count(*) from locked)) g
      where g.id = l.org
      limit 1
    ) o
  ), several as materialized (
    -- Agents with a call that may be placed from more than one number, and how many calls of theirs the batch has.
    select l.agent_id, count(distinct l.index) as calls
    from locked l
    where (select count(*) from locked) > coalesce(cardinality(array_positions(v_open, true)), v_calls)
    group by l.agent_id
    having count(*) > count(distinct l.index)
  ), ranked as (
    select k.*, count(*) filter (where k.refused is null)
      over (partition by k.assignment_id order by k.index rows unbounded preceding) as rank
    from checked k
    where k.agent_id is null or k.agent_id not in (select s.agent_id from several s)
    union all
    -- One call of an agent with several numbers: from the least used share of a limit among those that may.
    (select distinct on (k.index) k.*, (k.refused is null)::integer as rank
    from several s
    join checked k on k.agent_id = s.agent_id
    where s.calls = 1
    order by k.index, option_rank(k.refused, k.used_before, k.daily_limit),
      k.used_before::float8 / greatest(k.daily_limit, 1), k.assignment_id)
    union all
    -- Several calls of such an agent: one after the other, for each changes the shares.
    select k.*, c.rank
    from (
      select array_agg(o.index) as calls, array_agg(o.agent_id) as agents, array_agg(o.assignment_id) as assignments,
        array_agg(o.refused) as refusals, array_agg(o.used_before) as used, array_agg(o.daily_limit) as limits
      from (
        select k.index, k.agent_id, k.assignment_id, k.refused, k.used_before, k.daily_limit
        from several s
        join checked k on k.agent_id = s.agent_id
        where s.calls > 1
        order by k.agent_id, k.index, k.assignment_id
      ) o
    ) o
    cross join lateral gate_choose(o.calls, o.agents, o.assignments, o.refusals, o.used, o.limits) c
    join checked k on k.index = c.call_index and k.assignment_id = c.assignment_id
  ), decision as materialized (
    select r.index, r.org, r.assignment_id, r.agent_id, r.phone_number_id, r.from_number, r.provider, r.daily_limit,
      r.usage_day, r.resets_at, r.at, r.last_reset_date, r.calls_made_today,
      case
        when r.refused is not null then r.refused
        when r.used_before + r.rank <= r.daily_limit then 'allowed'
        else 'daily_limit_reached'
      end as reason_code,
      greatest(r.used_before, least(r.used_before + r.rank, r.daily_limit))::integer as used_after
    from ranked r
  ), counted as (
    update agent_phone_numbers a
    set calls_made_today =
        case when a.last_reset_date < n.usage_day then n.admitted else a.calls_made_today + n.admitted end,
      last_reset_date = greatest(a.last_reset_date, n.usage_day)
    from (
      select d.assignment_id, d.org, d.agent_id, d.phone_number_id, d.usage_day, d.last_reset_date as counted_on, d.calls_made_today as counted,
        count(*)::integer as admitted
      from decision d
      where d.reason_code = 'allowed'
      group by d.assignment_id, d.org, d.agent_id, d.phone_number_id, d.usage_day, d.last_reset_date, d.calls_made_today
    ) n
    where a.live_organization_id = n.org and a.agent_id = n.agent_id and a.phone_number_id = n.phone_number_id
      and a.id = n.assignment_id
    returning n.org, n.agent_id, n.phone_number_id, n.counted_on, n.counted, n.usage_day
  ), archived as (
    -- Yesterday's count goes to the archive when the row is first touched on a new day.
    insert into usage_daily as u (organization_id, local_date, agent_id, phone_number_id, calls_allowed)
    select n.org, n.counted_on, n.agent_id, n.phone_number_id, n.counted
    from counted n where n.counted_on < n.usage_day and n.counted > 0
    on conflict (organization_id, local_date, agent_id, phone_number_id)
      do update set calls_allowed = u.calls_allowed + excluded.calls_allowed
  ), written as (
    insert into call_authorizations (
      organization_id, id, assignment_id, agent_id, phone_number_id, from_number, provider,
      destination, destination_country, destination_type, decision, reason_code, local_date,
      used_after, limit_at, status, authorized_by, decided_at, resets_at, expires_at)
    select d.org, v_ids[d.index], coalesce(d.assignment_id, p_assignment[d.index]),
      coalesce(d.agent_id, p_agent[d.index]), d.phone_number_id, d.from_number, d.provider,
      p_destination[d.index], p_country[d.index], p_type[d.index],
      case when d.reason_code = 'allowed' then 'allowed' else 'denied' end, d.reason_code, d.usage_day,
      d.used_after, d.daily_limit, case when d.reason_code = 'allowed' then 'authorized' else 'denied' end,
      p_caller[d.index], d.at, d.resets_at, case when d.reason_code = 'allowed' then d.at + p_lease end
    from decision d
  )
  select d.index, 'decided', v_ids[d.index], d.reason_code, d.phone_number_id, d.from_number, d.provider,
    null::text, null::text, null::text, d.daily_limit, d.used_after, d.resets_at,
    case when d.reason_code = 'allowed' then d.at + p_lease end
  from decision d;

  -- A key that was used before belongs to another request, or answers what was answered then. A call that was allowed
  -- is so no longer when its authorization is used up, or when a check that is no counter forbids the call now.
  if array_remove(p_key, null) <> '{}' and false = any (v_open) then
    select array_agg(c.org), array_agg(k.authorization_id) into v_owners, v_answered
    from unnest(p_organization, p_key, v_ids) c(org, key, id)
    cross join lateral (
      select k.authorization_id from idempotency_keys k
      where k.organization_id = c.org and k.key = c.key and k.authorization_id <> c.id
      offset 0
    ) k;
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
      case when r.reason = 'allowed' then l.expires_at end
    from unnest(p_organization, p_key, p_fingerprint, v_ids, v_busy)
      with ordinality c(org, key, fingerprint, id, busy, i)
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
      select a.agent_active, a.number_active, a.paused_at is not null as paused, a.allowed_countries,
        a.allowed_number_types
      from agent_phone_numbers a
      where a.live_organization_id = c.org and a.agent_id = l.agent_id and a.phone_number_id = l.phone_number_id
        and a.id = l.assignment_id
      offset 0
    ) a on true
    cross join lateral (
      select case
        when l.id is null then 'authorization_expired'
        when l.decision = 'denied' then l.reason_code
        when authorization_status(l.status, l.expires_at, o.at) <> 'authorized'
          then 'authorization_' || authorization_status(l.status, l.expires_at, o.at)
        when a.paused is null then coalesce(p_refusal[c.i], 'no_assignment')
        else coalesce(decide_call(p_refusal[c.i], o.suspended, a.agent_active, a.number_active, a.paused,
          p_country[c.i], p_type[c.i], coalesce(a.allowed_countries, o.default_allowed_countries),
          a.allowed_number_types), l.reason_code)
      end as reason
      offset 0
    ) r
    where c.busy is not true;
  end if;
end
$$;

comment on function gate_authorize(uuid[],uuid[],uuid[],text[],text[],text[],text[],text[],uuid[],text[],bytea[],interval,interval,boolean) is
  'Decides a batch of calls. Claims their idempotency keys in key order, locks their assignments by organization, agent and number, ranks the calls that pass every check against what is left of the limit, counts them, archives the count of an earlier day and writes the ledger. A call of an agent with several numbers takes the one with the least used share of its limit among those that may. Then come replays. VOLATILE: each statement reads by a snapshot younger than the locks before it (docs/adr/0003-the-gate-decides-in-one-database-function.md, docs/adr/0008-one-statement-decides-on-the-locked-row.md).';
