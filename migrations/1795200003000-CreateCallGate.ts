import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The call gate's functions. Why the decision runs in the database, and in several statements of one function, is told
 * in docs/adr/0003-the-gate-decides-in-one-database-function.md.
 */
export class CreateCallGate1795200003000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(CLOCK_AND_USAGE_DAY);
    await queryRunner.query(DECIDE_CALL);
    await queryRunner.query(GATE_FACTS);
    await queryRunner.query(GATE_AUTHORIZE);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      drop function gate_authorize(uuid[], uuid[], uuid[], text[], text[], text[], text[], text[], uuid[], text[], bytea[], interval, interval);
      drop function gate_facts(timestamptz);
      drop function decide_call(text, boolean, boolean, boolean, boolean, text, text, text[], text[]);
      drop function usage_day_ends_at(date, text, text, timestamptz, timestamptz);
      drop function effective_time_zone(text, text, timestamptz, timestamptz);
      drop function ringfence_clock();
    `);
  }
}

/** The one clock of every decision (invariant G6), and what a usage day is. */
const CLOCK_AND_USAGE_DAY = `
  create function ringfence_clock() returns timestamptz language sql volatile parallel safe
    as 'select clock_timestamp()';
  comment on function ringfence_clock() is
    'The clock of every decision. A function, so that a test can stand it still or turn it in a database of its own.';

  create function effective_time_zone(time_zone text, previous_time_zone text, effective_at timestamptz, at timestamptz)
    returns text language sql immutable parallel safe
    as 'select case when at < effective_at then previous_time_zone else time_zone end';
  comment on function effective_time_zone(text, text, timestamptz, timestamptz) is
    'A change of zone takes effect at the next midnight of the old zone.';

  create function usage_day_ends_at(
    usage_day date, time_zone text, previous_time_zone text, effective_at timestamptz, at timestamptz
  ) returns timestamptz language sql immutable parallel safe
    as $$
      select case
        when at < effective_at then greatest(effective_at, (usage_day + 1)::timestamp at time zone time_zone)
        else (usage_day + 1)::timestamp at time zone time_zone
      end
    $$;
  comment on function usage_day_ends_at(date, text, text, timestamptz, timestamptz) is
    'The first instant whose effective local date is later than the usage day.';
`;

/** The policy: pure, no table, no clock. The limit is not here, for it depends on the calls of the same batch. */
const DECIDE_CALL = `
  create function decide_call(
    destination_refusal text,
    organization_suspended boolean,
    agent_active boolean,
    number_active boolean,
    assignment_paused boolean,
    destination_country text,
    destination_type text,
    allowed_countries text[],
    allowed_number_types text[]
  ) returns text language sql immutable parallel safe
    as $$
      select case
        when destination_refusal is not null then destination_refusal
        when organization_suspended then 'organization_suspended'
        when not agent_active then 'agent_inactive'
        when not number_active then 'number_inactive'
        when assignment_paused then 'assignment_paused'
        when destination_type = 'NON_GEOGRAPHIC' then
          case when destination_type = any (allowed_number_types) then null else 'destination_unroutable' end
        when destination_type in ('PREMIUM_RATE', 'SHARED_COST')
          and not destination_type = any (allowed_number_types) then 'number_type_blocked'
        when destination_country is null or not destination_country = any (allowed_countries) then 'country_not_allowed'
      end
    $$;
  comment on function decide_call(text, boolean, boolean, boolean, boolean, text, text, text[], text[]) is
    'The first refusal in the order of the reason codes, or NULL when only the daily limit is left to check.';
`;

/**
 * What the decision needs to know of each live assignment at one instant. A stable SQL function is inlined into the
 * statement that calls it, so that its conditions reach the indexes.
 */
const GATE_FACTS = `
  create function gate_facts(at timestamptz) returns table (
    organization_id uuid, assignment_id uuid, agent_id uuid, phone_number_id uuid, from_number text, provider text,
    organization_suspended boolean, agent_active boolean, number_active boolean, assignment_paused boolean,
    allowed_countries text[], allowed_number_types text[], daily_limit integer,
    counted_on date, counted integer, usage_day date, used integer, resets_at timestamptz
  ) language sql stable parallel safe as $$
    select
      a.organization_id, a.id, a.agent_id, a.phone_number_id, n.e164, n.provider,
      o.suspended_at is not null, g.status = 'active' and g.deleted_at is null, n.lifecycle = 'active',
      a.paused_at is not null,
      coalesce(a.allowed_countries, o.default_allowed_countries), a.allowed_number_types, a.daily_limit,
      a.last_reset_date, a.calls_made_today, d.usage_day,
      case when a.last_reset_date < d.usage_day then 0 else a.calls_made_today end,
      usage_day_ends_at(d.usage_day, o.time_zone, o.previous_time_zone, o.time_zone_effective_at, at)
    from agent_phone_numbers a
    join organizations o on o.id = a.organization_id
    join agents g on g.organization_id = a.organization_id and g.id = a.agent_id
    join phone_numbers n on n.organization_id = a.organization_id and n.id = a.phone_number_id
    cross join lateral (
      select greatest(
        a.last_reset_date,
        (at at time zone effective_time_zone(o.time_zone, o.previous_time_zone, o.time_zone_effective_at, at))::date
      ) as usage_day
    ) d
    where a.ended_at is null
  $$;
`;

const GATE_AUTHORIZE = `
  create function gate_authorize(
    p_organization uuid[], p_agent uuid[], p_assignment uuid[], p_from text[],
    p_destination text[], p_country text[], p_type text[], p_refusal text[],
    p_caller uuid[], p_key text[], p_fingerprint bytea[],
    p_lease interval, p_key_retention interval
  ) returns table (
    call_index integer, outcome text, authorization_id uuid, reason_code text,
    phone_number_id uuid, from_number text, provider text,
    destination text, destination_country text, destination_type text,
    limit_at integer, used_after integer, resets_at timestamptz, expires_at timestamptz
  ) language plpgsql volatile
    set plan_cache_mode = force_generic_plan
    set enable_seqscan = off
    set enable_hashjoin = off
    set enable_mergejoin = off
  as $$
  #variable_conflict use_column
  declare
    v_calls constant integer := cardinality(p_organization);
    v_now timestamptz;
    v_ids uuid[] := array(select uuidv7() from generate_series(1, v_calls));
    v_fresh boolean[] := array_fill(true, array[v_calls]);
    v_locked uuid[];
    v_locked_agents uuid[];
    v_oldest_day date;
    v_target uuid[];
    v_reason text[] := array_fill(null::text, array[v_calls]);
    v_used integer[] := array_fill(null::integer, array[v_calls]);
    v_call integer;
    v_pick record;
  begin
    perform set_config(
      'ringfence.organization_ids', (select array_agg(distinct o)::text from unnest(p_organization) o), true);

    -- 1. Claim the idempotency keys, in one order for everybody. A key that somebody else is deciding with right now is
    --    waited for here; the next statement then sees what came of it.
    if array_remove(p_key, null) <> '{}' then
      insert into idempotency_keys (organization_id, key, fingerprint, authorization_id, expires_at)
      select distinct on (c.org, c.key) c.org, c.key, c.fingerprint, c.id, ringfence_clock() + p_key_retention
      from unnest(p_organization, p_key, p_fingerprint, v_ids) with ordinality c(org, key, fingerprint, id, i)
      where c.key is not null
      order by c.org, c.key, c.i
      on conflict do nothing;

      v_fresh := array(
        select c.key is null or exists (
          select from idempotency_keys k
          where k.organization_id = c.org and k.key = c.key and k.authorization_id = c.id)
        from unnest(p_organization, p_key, v_ids) with ordinality c(org, key, id, i)
        order by c.i);
    end if;

    -- 2. Lock the assignments that the calls can use, in id order, so that two batches never wait for each other in a
    --    circle. Everything that decides is read by later statements: under READ COMMITTED their snapshots are younger
    --    than the locks. (Reading a limit in the locking statement admitted 51 calls with a limit of 50.)
    if array_remove(p_assignment, null) = '{}' then
      -- The usual batch names agents only: their assignments are found and locked in one scan.
      select coalesce(array_agg(locked.id), '{}'), coalesce(array_agg(locked.agent_id), '{}'), min(locked.last_reset_date)
      into v_locked, v_locked_agents, v_oldest_day
      from (
        select a.id, a.agent_id, a.last_reset_date
        from (
          select distinct c.org, c.agent from unnest(p_organization, p_agent, v_fresh) c(org, agent, fresh) where c.fresh
        ) c
        join agent_phone_numbers a on a.organization_id = c.org and a.agent_id = c.agent
        where a.ended_at is null
        order by a.organization_id, a.id
        for no key update of a
      ) locked;
    else
      select coalesce(array_agg(locked.id), '{}'), coalesce(array_agg(locked.agent_id), '{}'), min(locked.last_reset_date)
      into v_locked, v_locked_agents, v_oldest_day
      from (
        select a.id, a.agent_id, a.last_reset_date
        from agent_phone_numbers a
        where a.ended_at is null and (a.organization_id, a.id) in (
          select c.org, c.assignment
          from unnest(p_organization, p_assignment, v_fresh) c(org, assignment, fresh)
          where c.fresh and c.assignment is not null
          union
          select b.organization_id, b.id
          from unnest(p_organization, p_agent, p_assignment, v_fresh) c(org, agent, assignment, fresh)
          join agent_phone_numbers b on b.organization_id = c.org and b.agent_id = c.agent
          where c.fresh and c.assignment is null and b.ended_at is null)
        order by a.organization_id, a.id
        for no key update
      ) locked;
    end if;

    v_now := ringfence_clock();
    v_target := array(
      select v_locked[coalesce(array_position(v_locked, c.assignment), case when c.assignment is null then
        array_position(v_locked_agents, c.agent) end)]
      from unnest(p_agent, p_assignment) with ordinality c(agent, assignment, i)
      order by c.i);

    -- 3. Yesterday's counts go to the archive when a row is first touched on a new day.
    if v_oldest_day < (
      select max((v_now at time zone effective_time_zone(o.time_zone, o.previous_time_zone, o.time_zone_effective_at,
        v_now))::date)
      from organizations o where o.id = any (p_organization)
    ) then
      with turned as (
        select f.organization_id, f.assignment_id, f.agent_id, f.phone_number_id, f.counted_on, f.counted, f.usage_day
        from (select distinct o from unnest(p_organization) o) c(org)
        cross join unnest(v_locked) l(id)
        join gate_facts(v_now) f on f.organization_id = c.org and f.assignment_id = l.id
        where f.counted_on < f.usage_day
      ), set_back as (
        update agent_phone_numbers a set calls_made_today = 0, last_reset_date = t.usage_day
        from turned t where a.organization_id = t.organization_id and a.id = t.assignment_id
      )
      insert into usage_daily as u (organization_id, local_date, agent_id, phone_number_id, calls_allowed)
      select t.organization_id, t.counted_on, t.agent_id, t.phone_number_id, t.counted from turned t where t.counted > 0
      on conflict (organization_id, local_date, agent_id, phone_number_id)
        do update set calls_allowed = u.calls_allowed + excluded.calls_allowed;
    end if;

    -- 4. An agent with several numbers: each call takes the number whose limit is used least, one call after the other,
    --    so that the next number takes over when one is exhausted. When none is left, the refusal that came furthest
    --    in the order of the checks tells most.
    if exists (select from unnest(v_locked_agents) g group by g having count(*) > 1) then
      for v_call in
        select c.i::integer
        from unnest(p_agent, p_assignment, v_fresh) with ordinality c(agent, assignment, fresh, i)
        where c.fresh and c.assignment is null
          and c.agent in (select g from unnest(v_locked_agents) g group by g having count(*) > 1)
        order by c.i
      loop
        select f.assignment_id, f.used, r.reason into v_pick
        from gate_facts(v_now) f
        cross join lateral (
          select coalesce(
            decide_call(p_refusal[v_call], f.organization_suspended, f.agent_active, f.number_active,
              f.assignment_paused, p_country[v_call], p_type[v_call], f.allowed_countries, f.allowed_number_types),
            case when f.used >= f.daily_limit then 'daily_limit_reached' else 'allowed' end) as reason
        ) r
        where f.organization_id = p_organization[v_call] and f.agent_id = p_agent[v_call]
          and (p_from[v_call] is null or f.from_number = p_from[v_call])
          and array_position(v_locked, f.assignment_id) is not null
        order by
          array_position(array['allowed', 'daily_limit_reached', 'country_not_allowed', 'number_type_blocked',
            'destination_unroutable', 'assignment_paused', 'number_inactive'], r.reason) nulls last,
          f.used::float8 / greatest(f.daily_limit, 1), f.assignment_id
        limit 1;

        v_target[v_call] := v_pick.assignment_id;
        v_reason[v_call] := v_pick.reason;
        v_used[v_call] := v_pick.used + (v_pick.reason = 'allowed')::integer;
        if v_pick.reason = 'allowed' then
          update agent_phone_numbers a set calls_made_today = v_used[v_call]
          where a.organization_id = p_organization[v_call] and a.id = v_pick.assignment_id;
        end if;
      end loop;
    end if;

    -- 5. All other calls have one assignment or none. Rank the calls that pass every check against what is left of the
    --    limit, count them, and write the ledger.
    return query
    with call as (
      select c.*, c.i::integer as index, c.reason is not null as chosen
      from unnest(p_organization, p_agent, p_assignment, p_from, p_destination, p_country, p_type, p_refusal, p_caller,
          v_ids, v_fresh, v_target, v_reason, v_used)
        with ordinality c(org, agent, assignment, from_number, destination, country, type, refusal, caller,
          id, fresh, target, reason, used, i)
      where c.fresh
    ), org as materialized (
      select o.id, o.time_zone, o.previous_time_zone, o.time_zone_effective_at, o.suspended_at, o.default_allowed_countries,
        z.today, usage_day_ends_at(z.today, o.time_zone, o.previous_time_zone, o.time_zone_effective_at, v_now) as ends_at
      from organizations o
      cross join lateral (
        select (v_now at time zone effective_time_zone(o.time_zone, o.previous_time_zone, o.time_zone_effective_at,
          v_now))::date as today
        offset 0
      ) z
      where o.id = any (p_organization)
    ), checked as (
      -- The facts of gate_facts(), with what belongs to the organization looked up once and not for each call.
      select c.*, a.id as assignment_id, g.id as agent_id, n.id as phone_number_id, n.e164 as caller_id, n.provider,
        a.daily_limit, case when a.last_reset_date < o.today then 0 else a.calls_made_today end as used_before,
        greatest(a.last_reset_date, o.today) as usage_day,
        case when a.last_reset_date > o.today then usage_day_ends_at(a.last_reset_date, o.time_zone,
          o.previous_time_zone, o.time_zone_effective_at, v_now) else o.ends_at end as resets_at,
        case
          when a.id is null then coalesce(c.refusal, 'no_assignment')
          else decide_call(c.refusal, o.suspended_at is not null, g.status = 'active' and g.deleted_at is null,
            n.lifecycle = 'active', a.paused_at is not null, c.country, c.type,
            coalesce(a.allowed_countries, o.default_allowed_countries), a.allowed_number_types)
        end as refused
      from call c
      join org o on o.id = c.org
      left join (
        agent_phone_numbers a
        join agents g on g.organization_id = a.organization_id and g.id = a.agent_id
        join phone_numbers n on n.organization_id = a.organization_id and n.id = a.phone_number_id
      ) on a.organization_id = c.org and a.id = c.target and a.ended_at is null
        and (c.agent is null or c.agent = a.agent_id) and (c.from_number is null or c.from_number = n.e164)
    ), ranked as (
      select k.*,
        count(*) filter (where k.refused is null and not k.chosen)
          over (partition by k.org, k.assignment_id order by k.index rows unbounded preceding) as rank
      from checked k
    ), decision as (
      select r.*,
        case
          when r.chosen then r.reason
          when r.refused is not null then r.refused
          when r.used_before + r.rank <= r.daily_limit then 'allowed'
          else 'daily_limit_reached'
        end as reason_code,
        case
          when r.chosen then r.used
          else greatest(r.used_before, least(r.used_before + r.rank, r.daily_limit))
        end::integer as used_after
      from ranked r
    ), counted as (
      update agent_phone_numbers a set calls_made_today = a.calls_made_today + n.admitted
      from (
        select d.org, d.assignment_id, count(*)::integer as admitted
        from decision d
        where not d.chosen and d.reason_code = 'allowed'
        group by d.org, d.assignment_id
      ) n
      where a.organization_id = n.org and a.id = n.assignment_id
    ), written as (
      insert into call_authorizations (
        organization_id, id, assignment_id, agent_id, phone_number_id, from_number, provider,
        destination, destination_country, destination_type, decision, reason_code, local_date,
        used_after, limit_at, status, authorized_by, decided_at, resets_at, expires_at)
      select d.org, d.id, coalesce(d.assignment_id, d.assignment), coalesce(d.agent_id, d.agent), d.phone_number_id,
        d.caller_id, d.provider, d.destination, d.country, d.type,
        case when d.reason_code = 'allowed' then 'allowed' else 'denied' end, d.reason_code, d.usage_day,
        d.used_after, d.daily_limit, case when d.reason_code = 'allowed' then 'authorized' else 'denied' end,
        d.caller, v_now, d.resets_at, case when d.reason_code = 'allowed' then v_now + p_lease end
      from decision d
    )
    select d.index, 'decided', d.id, d.reason_code, d.phone_number_id, d.caller_id, d.provider,
      d.destination, d.country, d.type, d.daily_limit, d.used_after, d.resets_at,
      case when d.reason_code = 'allowed' then v_now + p_lease end
    from decision d;

    -- 6. A key that was used before answers what was answered then, or says that it belongs to another request.
    if not (true = all (v_fresh)) then
      return query
      select c.i::integer, case when k.fingerprint = c.fingerprint then 'replayed' else 'key_reused' end,
        l.id, l.reason_code, l.phone_number_id, l.from_number, l.provider, l.destination, l.destination_country,
        l.destination_type, l.limit_at, l.used_after, l.resets_at, l.expires_at
      from unnest(p_organization, p_key, p_fingerprint, v_fresh) with ordinality c(org, key, fingerprint, fresh, i)
      join idempotency_keys k on k.organization_id = c.org and k.key = c.key
      join call_authorizations l on l.organization_id = k.organization_id and l.id = k.authorization_id
      where not c.fresh;
    end if;
  end
  $$;
`;
