create or replace function gate_authorize(
  p_organization uuid[], p_agent uuid[], p_assignment uuid[], p_from text[], p_destination text[],
  p_country text[], p_type text[], p_refusal text[], p_authorized_by uuid[], p_key text[], p_fingerprint bytea[],
  p_lease interval, p_key_retention interval, p_pass_locked boolean default false, p_agent_external text[] default null)
returns table (
  call_index integer, outcome text, authorization_id uuid, reason_code text, phone_number_id uuid,
  from_number text, provider text, destination text, destination_country text, destination_type text,
  limit_at integer, used_after integer, resets_at timestamptz, expires_at timestamptz, platform text,
  platform_number_id text)
language plpgsql volatile as $$
#variable_conflict use_column
declare
  v_ids uuid[];
  v_organizations uuid[];
  v_scope text;
  -- Whose assignments a call may use. An assignment never changes its agent, so this needs no lock.
  v_agent uuid[] := p_agent;
  v_busy boolean[];
  -- Calls whose agent is named by an external id that another transaction may be moving.
  v_held boolean[];
  -- Which calls are to be decided, and how many; NULL for all of them.
  v_open boolean[];
  v_calls integer := cardinality(p_organization);
begin
  -- Prepare: an id for each call, the organizations that the session may see, the agents of the assignments.
  select array_agg(uuidv7()), array_agg(distinct o) into v_ids, v_organizations from unnest(p_organization) o;
  v_scope := set_config('ringfence.organization_ids', v_organizations::text, true);

  if array_remove(p_agent_external, null) <> '{}' then
    select c.agents, c.held into v_agent, v_held
    from gate_callers(p_organization, p_agent, p_agent_external, p_pass_locked) c;
  end if;
  if array_remove(p_assignment, null) <> '{}' then
    v_agent := array(
      select case when c.external is null then coalesce(c.agent, a.agent_id) else c.agent end
      from unnest(p_organization, v_agent, p_assignment, p_agent_external)
        with ordinality c(org, agent, assignment, external, i)
      left join agent_phone_numbers a on a.organization_id = c.org and a.id = c.assignment
      order by c.i);
  end if;

  -- Pass held rows: the calls that need an assignment of which another transaction holds the row stay undecided.
  if p_pass_locked then
    v_busy := gate_busy_calls(p_organization, v_agent, p_assignment, p_from);
    if v_held is not null then
      v_busy := array(select c.busy or c.held from unnest(v_busy, v_held) with ordinality c(busy, held, i) order by c.i);
    end if;
    v_open := array(select not c.busy from unnest(v_busy) with ordinality c(busy, i) order by c.i);
    return query
    select c.i::integer, 'busy', null::uuid, null::text, null::uuid, null::text, null::text, null::text, null::text,
      null::text, null::integer, null::integer, null::timestamptz, null::timestamptz, null::text, null::text
    from unnest(v_busy) with ordinality c(busy, i) where c.busy;
  end if;

  -- Claim the idempotency keys: a call whose key was used before is not decided again.
  if array_remove(p_key, null) <> '{}' then
    v_open := gate_claim_keys(p_organization, p_key, p_fingerprint, v_ids, v_open, p_key_retention);
  end if;

  if v_open is not null then
    v_calls := cardinality(array_positions(v_open, true));
  end if;

  return query
  with
  -- Lock the assignments that the calls can use, by organization, agent and number, the same order in every batch, so
  -- that two batches never wait for each other in a circle. A row that had to be waited for comes as it is now.
  locked as materialized (
    select c.index, c.org, c.country, c.type, c.refusal, a.*
    from (
      select c.i::integer as index, c.org, c.finder, c.assignment, c.from_asked, c.country, c.type, c.refusal
      from unnest(p_organization, v_agent, p_assignment, p_from, p_country, p_type, p_refusal, v_open)
        with ordinality c(org, finder, assignment, from_asked, country, type, refusal, open, i)
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
        a.number_can_call, a.daily_limit, a.calls_made_today, a.last_reset_date, a.platform, a.platform_number_id
      from agent_phone_numbers a
      where a.live_organization_id = c.org and a.agent_id = c.finder
        and (c.assignment is null or a.id = c.assignment) and (c.from_asked is null or a.from_number = c.from_asked)
      order by a.phone_number_id
      for no key update
    ) a on true
  ),
  -- How many options the calls have together. Read from the locked rows, so that it cannot be known before them.
  options as materialized (
    select count(*) as options, count(*) > v_calls as is_choice from locked
  ),
  -- Check: what forbids the call from each assignment, by the locked row and by the organization as it is after the locks.
  checked as (
    select l.index, l.org, l.assignment_id, l.agent_id, l.phone_number_id, l.from_number, l.provider, l.platform,
      l.platform_number_id, l.daily_limit, l.calls_made_today, l.last_reset_date, o.at, greatest(l.last_reset_date, o.today) as usage_day,
      case when l.last_reset_date < o.today then 0 else l.calls_made_today end as used_before,
      case when l.last_reset_date > o.today then usage_day_ends_at(l.last_reset_date, o.time_zone,
        o.previous_time_zone, o.time_zone_effective_at, o.at) else o.ends_at end as resets_at,
      g.refused, g.place
    from locked l
    cross join lateral (
      select g.* from gate_organizations(v_organizations, (select s.options from options s)) g
      where g.id = l.org
      limit 1
    ) o
    cross join lateral gate_checks(
      row(l.assignment_id, o.suspended, l.agent_active, l.number_active, l.paused,
        coalesce(l.allowed_countries, o.default_allowed_countries), l.allowed_number_types, l.number_can_call)::assignment_facts,
      row(l.refusal, l.country, l.type)::call_facts) g
  ),
  -- Choose, where a call has several options: from the least used share of a limit among the numbers that may place it.
  -- An agent with one call in the batch needs a look at its numbers only. Several calls of an agent are chosen for one
  -- after the other, for each changes the shares.
  choices as materialized (
    select k.*, first_value(k.assignment_id) over agent <> last_value(k.assignment_id) over agent as is_choice,
      min(k.index) over agent <> max(k.index) over agent as is_repeated
    from checked k
    where (select s.is_choice from options s)
    window agent as (
      partition by k.agent_id order by k.assignment_id rows between unbounded preceding and unbounded following)
  ),
  repeated as materialized (
    select k.*, row_number() over (order by k.agent_id, k.index, k.assignment_id) as option
    from choices k
    where k.is_choice and k.is_repeated
  ),
  chosen as materialized (
    select gate_choose(array_agg(r.index order by r.option), array_agg(r.agent_id order by r.option),
      array_agg(r.assignment_id order by r.option), array_agg(r.place order by r.option),
      array_agg(r.used_before order by r.option), array_agg(r.daily_limit order by r.option)) as ranks
    from repeated r
  ),
  -- Rank the calls that pass every check: how many of the batch the assignment has with this one.
  ranked as (
    select k.*, false as is_choice, false as is_repeated, 0 as option, count(*) filter (where k.refused is null)
      over (partition by k.assignment_id order by k.index rows unbounded preceding) as rank
    from checked k
    where not (select s.is_choice from options s)
    union all
    select k.*, 0, count(*) filter (where k.refused is null)
      over (partition by k.assignment_id order by k.index rows unbounded preceding)
    from choices k
    where k.is_choice is not true
    union all
    (select distinct on (k.agent_id) k.*, 0, (k.refused is null)::integer
    from choices k
    where k.is_choice and not k.is_repeated
    order by k.agent_id, option_rank(k.place, k.used_before, k.daily_limit),
      k.used_before::float8 / greatest(k.daily_limit, 1), k.assignment_id)
    union all
    select r.*, (select c.ranks from chosen c)[r.option]
    from repeated r
    where (select c.ranks from chosen c)[r.option] >= 0
  ),
  -- Decide: the rank against what is left of the limit.
  decision as materialized (
    select r.index, r.org, r.assignment_id, r.agent_id, r.phone_number_id, r.from_number, r.provider, r.platform,
      r.platform_number_id, r.daily_limit, r.usage_day, r.resets_at, r.at, r.last_reset_date, r.calls_made_today,
      case
        when r.refused is not null then r.refused
        when r.used_before + r.rank <= r.daily_limit then 'allowed'
        else 'daily_limit_reached'
      end as reason_code,
      greatest(r.used_before, least(r.used_before + r.rank, r.daily_limit))::integer as used_after
    from ranked r
  ),
  -- Record: count on the assignments, send the count of an earlier day to the archive, write the ledger.
  counted as (
    update agent_phone_numbers a
    set calls_made_today =
        case when a.last_reset_date < n.usage_day then n.admitted else a.calls_made_today + n.admitted end,
      last_reset_date = greatest(a.last_reset_date, n.usage_day)
    from (
      select d.assignment_id, d.org, d.agent_id, d.phone_number_id, d.usage_day, d.last_reset_date as counted_on,
        d.calls_made_today as counted, count(*)::integer as admitted
      from decision d
      where d.reason_code = 'allowed'
      group by d.assignment_id, d.org, d.agent_id, d.phone_number_id, d.usage_day, d.last_reset_date, d.calls_made_today
    ) n
    where a.live_organization_id = n.org and a.agent_id = n.agent_id and a.phone_number_id = n.phone_number_id
      and a.id = n.assignment_id
    returning n.org, n.agent_id, n.phone_number_id, n.counted_on, n.counted, n.usage_day
  ),
  archived as (
    insert into usage_daily as u (organization_id, local_date, agent_id, phone_number_id, calls_allowed)
    select n.org, n.counted_on, n.agent_id, n.phone_number_id, n.counted
    from counted n where n.counted_on < n.usage_day and n.counted > 0
    on conflict (organization_id, local_date, agent_id, phone_number_id)
      do update set calls_allowed = u.calls_allowed + excluded.calls_allowed
  ),
  written as (
    insert into call_authorizations (
      organization_id, id, assignment_id, agent_id, phone_number_id, from_number, provider,
      destination, destination_country, destination_type, decision, reason_code, local_date,
      used_after, limit_at, status, authorized_by, decided_at, resets_at, expires_at, platform, platform_number_id)
    select d.org, v_ids[d.index], coalesce(d.assignment_id, p_assignment[d.index]),
      coalesce(d.agent_id, case when p_agent_external[d.index] is null then p_agent[d.index] else v_agent[d.index] end),
      d.phone_number_id, d.from_number, d.provider, p_destination[d.index], p_country[d.index], p_type[d.index],
      case when d.reason_code = 'allowed' then 'allowed' else 'denied' end, d.reason_code, d.usage_day,
      d.used_after, d.daily_limit, case when d.reason_code = 'allowed' then 'authorized' else 'denied' end,
      p_authorized_by[d.index], d.at, d.resets_at, case when d.reason_code = 'allowed' then d.at + p_lease end,
      d.platform, d.platform_number_id
    from decision d
  )
  select d.index, 'decided', v_ids[d.index], d.reason_code, d.phone_number_id, d.from_number, d.provider,
    null::text, null::text, null::text, d.daily_limit, d.used_after, d.resets_at,
    case when d.reason_code = 'allowed' then d.at + p_lease end, d.platform, d.platform_number_id
  from decision d;

  -- Answer replays: the calls whose key was used before.
  if array_remove(p_key, null) <> '{}' and false = any (v_open) then
    return query
    select g.* from gate_replays(p_organization, p_destination, p_country, p_type, p_refusal, p_key,
      p_fingerprint, v_ids, v_busy) g;
  end if;
end
$$;

comment on function gate_authorize(uuid[],uuid[],uuid[],text[],text[],text[],text[],text[],uuid[],text[],bytea[],interval,interval,boolean,text[]) is
  'Decides a batch of calls, in steps: finds the agents that are named by an external id (gate_callers); claims their idempotency keys in key order; locks their assignments by organization, agent and number; checks each call by each of them (gate_checks); chooses, for a call of an agent with several numbers, the one with the least used share of its limit among those that may; ranks the calls that pass every check against what is left of the limit; records (counts, archives the count of an earlier day, writes the ledger); answers replays. VOLATILE: each statement reads by a snapshot younger than the locks before it (docs/adr/0003-the-gate-decides-in-one-database-function.md, docs/adr/0008-one-statement-decides-on-the-locked-row.md).';
