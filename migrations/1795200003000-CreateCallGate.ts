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
    v_now timestamptz;
    v_ids uuid[];
    v_fresh boolean[];
    v_locked uuid[];
    v_contended integer[];
    v_call integer;
    v_pick record;
  begin
    perform set_config('ringfence.organization_ids', (select array_agg(distinct o)::text from unnest(p_organization) o), true);
    v_ids := array(select uuidv7() from generate_series(1, cardinality(p_organization)));

    -- 1. Claim the idempotency keys, in one order for everybody. A key that somebody else is deciding with right now is
    --    waited for here; the next statement then sees what came of it.
    if array_remove(p_key, null) <> '{}' then
      insert into idempotency_keys (organization_id, key, fingerprint, authorization_id, expires_at)
      select distinct on (p_organization[i], p_key[i])
        p_organization[i], p_key[i], p_fingerprint[i], v_ids[i], ringfence_clock() + p_key_retention
      from generate_subscripts(p_key, 1) i
      where p_key[i] is not null
      order by p_organization[i], p_key[i], i
      on conflict do nothing;

      v_fresh := array(
        select p_key[i] is null or exists (
          select from idempotency_keys k
          where k.organization_id = p_organization[i] and k.key = p_key[i] and k.authorization_id = v_ids[i])
        from generate_subscripts(p_key, 1) i order by i);
    else
      v_fresh := array_fill(true, array[cardinality(p_organization)]);
    end if;

    -- 2. Lock the assignments that the calls can use, in id order, so that two batches never wait for each other in a
    --    circle. Everything that decides is read by later statements: under READ COMMITTED their snapshots are younger
    --    than the locks. (Reading a limit in the locking statement admitted 51 calls with a limit of 50.)
    select coalesce(array_agg(locked.id), '{}') into v_locked
    from (
      select a.id
      from agent_phone_numbers a
      where (a.organization_id, a.id) in (
        select p_organization[i], p_assignment[i]
        from generate_subscripts(p_organization, 1) i
        where v_fresh[i] and p_assignment[i] is not null
        union
        select b.organization_id, b.id
        from generate_subscripts(p_organization, 1) i
        join agent_phone_numbers b on b.organization_id = p_organization[i] and b.agent_id = p_agent[i]
        where v_fresh[i] and p_assignment[i] is null and b.ended_at is null)
      order by a.organization_id, a.id
      for no key update
    ) locked;

    v_now := ringfence_clock();

    -- 3. Yesterday's counts go to the archive when a row is first touched on a new day.
    with turned as (
      select f.organization_id, f.assignment_id, f.agent_id, f.phone_number_id, f.counted_on, f.counted, f.usage_day
      from unnest(v_locked) l
      cross join lateral (select distinct o from unnest(p_organization) o) org
      join gate_facts(v_now) f on f.organization_id = org.o and f.assignment_id = l
      where f.counted_on < f.usage_day
    ), reset as (
      update agent_phone_numbers a set calls_made_today = 0, last_reset_date = t.usage_day
      from turned t where a.organization_id = t.organization_id and a.id = t.assignment_id
    )
    insert into usage_daily as u (organization_id, local_date, agent_id, phone_number_id, calls_allowed)
    select t.organization_id, t.counted_on, t.agent_id, t.phone_number_id, t.counted from turned t where t.counted > 0
    on conflict (organization_id, local_date, agent_id, phone_number_id)
      do update set calls_allowed = u.calls_allowed + excluded.calls_allowed;

    -- 4. Decide, count and write the ledger.
    return query
    with call as (
      select i, p_organization[i] as org, p_agent[i] as agent, p_assignment[i] as assignment, p_from[i] as from_number,
        p_destination[i] as destination, p_country[i] as country, p_type[i] as type, p_refusal[i] as refusal,
        p_caller[i] as caller
      from generate_subscripts(p_organization, 1) i
      where v_fresh[i]
    )
    select null::integer, null::text, null::uuid, null::text, null::uuid, null::text, null::text, null::text, null::text,
      null::text, null::integer, null::integer, null::timestamptz, null::timestamptz
    where false;
  end
  $$;
`;
