create or replace function gate_choose(
  p_calls integer[], p_organization uuid[], p_agent uuid[], p_destination text[], p_country text[], p_type text[],
  p_refusal text[], p_caller uuid[], p_ids uuid[], p_lease interval)
returns table (
  call_index integer, reason_code text, phone_number_id uuid, from_number text, provider text, limit_at integer,
  used_after integer, resets_at timestamptz, expires_at timestamptz)
language plpgsql as $$
#variable_conflict use_column
declare
  v_agent record;
  v_call integer;
  -- What each assignment of the agent has used, the calls before this one included.
  v_used integer[];
  v_place integer;
  v_reason text;
  -- What was chosen, call by call.
  v_calls integer[];
  v_numbers uuid[];
  v_reasons text[];
  v_used_after integer[];
  v_days date[];
  v_resets timestamptz[];
  v_at timestamptz[];
begin
  -- Agent by agent, the assignments that this transaction holds. Those that were live when the batch took its locks are
  -- held by now. One that came later is taken if nobody holds it: what is not held may be counted on by somebody else,
  -- and waiting for it here would be out of the order of locks. The organization is read when they are held.
  for v_agent in
    with held as materialized (
      select c.org, c.calls, h.held, h.numbers
      from (
        select p_organization[i] as org, p_agent[i] as agent, array_agg(i order by i) as calls
        from unnest(p_calls) i
        group by 1, 2
      ) c
      cross join lateral (
        select array_agg(l.held order by l.id) as held, array_agg(l.phone_number_id order by l.id) as numbers
        from (
          select a.id, a.phone_number_id, a as held from agent_phone_numbers a
          where a.live_organization_id = c.org and a.agent_id = c.agent
          for no key update skip locked
        ) l
      ) h
    )
    select h.calls, h.held, h.numbers, o.suspended, o.default_allowed_countries, o.at, d.used, d.days, d.resets
    from held h
    cross join lateral (
      select g.* from gate_organizations(p_organization, (select count(*) from held)) g
      where g.id = h.org
      limit 1
    ) o
    cross join lateral (
      select
        array_agg(case when a.last_reset_date < o.today then 0 else a.calls_made_today end order by a.id) as used,
        array_agg(greatest(a.last_reset_date, o.today) order by a.id) as days,
        array_agg(case when a.last_reset_date > o.today then usage_day_ends_at(a.last_reset_date, o.time_zone,
          o.previous_time_zone, o.time_zone_effective_at, o.at) else o.ends_at end order by a.id) as resets
      from unnest(h.held) a
    ) d
  loop
    v_used := v_agent.used;
    foreach v_call in array v_agent.calls loop
      -- The least used share of a limit among those that may; where none may, the reason that helps most.
      select r.place, r.reason into v_place, v_reason
      from (
        select a.ordinality as place, v_used[a.ordinality]::float8 / greatest(a.daily_limit, 1) as share,
          coalesce(
            decide_call(p_refusal[v_call], v_agent.suspended, a.agent_active, a.number_active, a.paused_at is not null,
              p_country[v_call], p_type[v_call], coalesce(a.allowed_countries, v_agent.default_allowed_countries),
              a.allowed_number_types),
            case when v_used[a.ordinality] >= a.daily_limit then 'daily_limit_reached' else 'allowed' end) as reason
        from unnest(v_agent.held) with ordinality a
      ) r
      order by
        array_position(array['allowed', 'daily_limit_reached', 'country_not_allowed', 'number_type_blocked',
          'assignment_paused', 'number_inactive'], r.reason) nulls last,
        r.share, r.place
      limit 1;
      if v_reason = 'allowed' then
        v_used[v_place] := v_used[v_place] + 1;
      end if;
      v_calls := v_calls || v_call;
      v_numbers := v_numbers || v_agent.numbers[v_place];
      v_reasons := v_reasons || v_reason;
      v_used_after := v_used_after || v_used[v_place];
      v_days := v_days || v_agent.days[v_place];
      v_resets := v_resets || v_agent.resets[v_place];
      v_at := v_at || v_agent.at;
    end loop;
  end loop;

  -- Nobody else can write the rows that are held, so they still are what was chosen from.
  return query
  with decision as materialized (
    select c.index, p_organization[c.index] as org, a.*, c.reason_code, c.used_after, c.usage_day, c.resets_at, c.at
    from unnest(v_calls, v_numbers, v_reasons, v_used_after, v_days, v_resets, v_at)
      c(index, number, reason_code, used_after, usage_day, resets_at, at)
    cross join lateral (
      select a.id as assignment_id, a.agent_id, a.phone_number_id, a.from_number, a.provider, a.daily_limit,
        a.last_reset_date, a.calls_made_today
      from agent_phone_numbers a
      where a.live_organization_id = p_organization[c.index] and a.agent_id = p_agent[c.index]
        and a.phone_number_id = c.number
      offset 0
    ) a
  ), counted as (
    update agent_phone_numbers a
    set calls_made_today = n.used_after, last_reset_date = n.usage_day
    from (
      select d.assignment_id, d.org, d.agent_id, d.phone_number_id, d.usage_day, max(d.used_after) as used_after,
        d.last_reset_date as counted_on, d.calls_made_today as counted
      from decision d
      where d.reason_code = 'allowed'
      group by d.assignment_id, d.org, d.agent_id, d.phone_number_id, d.usage_day, d.last_reset_date, d.calls_made_today
    ) n
    where a.live_organization_id = n.org and a.agent_id = n.agent_id and a.phone_number_id = n.phone_number_id
      and a.id = n.assignment_id
    returning n.org, n.agent_id, n.phone_number_id, n.counted_on, n.counted, n.usage_day
  ), archived as (
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
    select d.org, p_ids[d.index], d.assignment_id, d.agent_id, d.phone_number_id, d.from_number, d.provider,
      p_destination[d.index], p_country[d.index], p_type[d.index],
      case when d.reason_code = 'allowed' then 'allowed' else 'denied' end, d.reason_code, d.usage_day,
      d.used_after, d.daily_limit, case when d.reason_code = 'allowed' then 'authorized' else 'denied' end,
      p_caller[d.index], d.at, d.resets_at, case when d.reason_code = 'allowed' then d.at + p_lease end
    from decision d
  )
  select d.index, d.reason_code, d.phone_number_id, d.from_number, d.provider, d.daily_limit, d.used_after, d.resets_at,
    case when d.reason_code = 'allowed' then d.at + p_lease end
  from decision d;
end
$$;

comment on function gate_choose(integer[],uuid[],uuid[],text[],text[],text[],text[],uuid[],uuid[],interval) is
  'Decides the calls of agents with several numbers, one after the other, each from the number with the least used share of its limit. Chooses only among rows that this transaction holds: the assignments that the batch locked, and those made since that no other transaction holds. VOLATILE: it locks, counts and reads by snapshots of its own.';
