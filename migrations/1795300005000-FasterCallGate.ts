import type { MigrationInterface, QueryRunner } from 'typeorm';
import { CreateCallGate1795200003000 } from './1795200003000-CreateCallGate.js';

/**
 * Everything of an assignment that decides stands on its own row, so that the statement that locks it also decides,
 * counts and writes the ledger. What was measured is in docs/adr/0008-one-statement-decides-on-the-locked-row.md.
 */
export class FasterCallGate1795300005000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(CALLER_FACTS);
    await queryRunner.query(`
      drop function gate_authorize(uuid[], uuid[], uuid[], text[], text[], text[], text[], text[], uuid[], text[], bytea[], interval, interval);
    `);
    await queryRunner.query(GATE_ORGANIZATIONS);
    await queryRunner.query(GATE_CHOOSE);
    await queryRunner.query(GATE_AUTHORIZE);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      drop function gate_authorize(uuid[], uuid[], uuid[], text[], text[], text[], text[], text[], uuid[], text[], bytea[], interval, interval, boolean);
      drop function gate_choose(uuid, uuid, text, text, text, text, text, uuid, uuid, interval);
      drop function gate_organizations(uuid[], bigint);
      drop trigger copy_to_assignments on phone_numbers;
      drop trigger copy_to_assignments on agents;
      drop trigger copy_caller_facts on agent_phone_numbers;
      drop function copy_number_to_assignments();
      drop function copy_agent_to_assignments();
      drop function copy_caller_facts();
      drop index live_assignments_of_agent;
      alter table agent_phone_numbers
        drop column agent_active, drop column number_active, drop column from_number, drop column provider;
    `);
    await queryRunner.query(await formerGateAuthorize());
  }
}

/** The gate's function as the earlier migration made it. */
async function formerGateAuthorize(): Promise<string> {
  const statements: string[] = [];
  const record = { query: (sql: string) => Promise.resolve(statements.push(sql)) } as unknown as QueryRunner;
  await new CreateCallGate1795200003000().up(record);
  return statements.find((sql) => sql.includes('create function gate_authorize'))!;
}

/**
 * Copies of what the agent and the number say, kept by triggers while the assignment is live. Both sides lock: whoever
 * assigns holds the agent and the number for share, so a change of either waits and then finds the new assignment.
 */
const CALLER_FACTS = `
  alter table agent_phone_numbers
    add column agent_active boolean,
    add column number_active boolean,
    add column from_number text,
    add column provider text;

  update agent_phone_numbers a
  set agent_active = g.status = 'active' and g.deleted_at is null, number_active = n.lifecycle = 'active',
    from_number = n.e164, provider = n.provider
  from agents g, phone_numbers n
  where g.organization_id = a.organization_id and g.id = a.agent_id
    and n.organization_id = a.organization_id and n.id = a.phone_number_id;

  -- The number of an assignment that has ended may belong to somebody else by now. An agent or a number that does not
  -- exist in the organization leaves nothing to copy, and is refused here.
  alter table agent_phone_numbers add constraint live_assignments_know_their_caller check (
    ended_at is not null
    or (agent_active is not null and number_active is not null and from_number is not null and provider is not null));

  comment on column agent_phone_numbers.agent_active is
    'Whether the agent may call. A copy that triggers keep, as number_active, from_number and provider are: the gate decides by the row that it has locked.';

  -- Found by the agent alone. The policy stands on every index that begins with the organization, so they all look alike
  -- to the planner, and it may read all assignments of a large organization for one agent's. The predicate keeps the
  -- index of live numbers, which is one of them, from serving the gate's condition.
  create index live_assignments_of_agent on agent_phone_numbers (agent_id, phone_number_id)
    where live_organization_id is not null;

  create function copy_caller_facts() returns trigger language plpgsql as $$
  begin
    select g.status = 'active' and g.deleted_at is null into new.agent_active
    from agents g where g.organization_id = new.organization_id and g.id = new.agent_id for share;
    select n.lifecycle = 'active', n.e164, n.provider into new.number_active, new.from_number, new.provider
    from phone_numbers n where n.organization_id = new.organization_id and n.id = new.phone_number_id for share;
    return new;
  end
  $$;
  create trigger copy_caller_facts before insert or update of ended_at on agent_phone_numbers
    for each row when (new.ended_at is null) execute function copy_caller_facts();

  create function copy_agent_to_assignments() returns trigger language plpgsql as $$
  begin
    perform from agent_phone_numbers a
    where a.organization_id = new.organization_id and a.agent_id = new.id and a.ended_at is null
    order by a.phone_number_id for no key update;
    update agent_phone_numbers a set agent_active = new.status = 'active' and new.deleted_at is null
    where a.organization_id = new.organization_id and a.agent_id = new.id and a.ended_at is null;
    return null;
  end
  $$;
  create trigger copy_to_assignments after update of status, deleted_at on agents
    for each row when (old.status <> new.status or (old.deleted_at is null) <> (new.deleted_at is null))
    execute function copy_agent_to_assignments();

  create function copy_number_to_assignments() returns trigger language plpgsql as $$
  begin
    update agent_phone_numbers a
    set number_active = new.lifecycle = 'active', from_number = new.e164, provider = new.provider
    where a.organization_id = new.organization_id and a.phone_number_id = new.id and a.ended_at is null;
    return null;
  end
  $$;
  create trigger copy_to_assignments after update of lifecycle, e164, provider on phone_numbers
    for each row
    when (old.lifecycle <> new.lifecycle or old.e164 <> new.e164 or old.provider <> new.provider)
    execute function copy_number_to_assignments();
`;

/**
 * The organizations' part of the facts, and the clock. Volatile on purpose: a volatile function reads by a snapshot of
 * its own, and its second argument, taken from the locked rows, makes that snapshot younger than the locks.
 */
const GATE_ORGANIZATIONS = `
  create function gate_organizations(p_organizations uuid[], p_locked bigint) returns table (
    id uuid, suspended boolean, default_allowed_countries text[], time_zone text, previous_time_zone text,
    time_zone_effective_at timestamptz, at timestamptz, today date, ends_at timestamptz
  ) language sql volatile rows 1 as $$
    select o.id, o.suspended_at is not null, o.default_allowed_countries, o.time_zone, o.previous_time_zone,
      o.time_zone_effective_at, c.at, z.today,
      usage_day_ends_at(z.today, o.time_zone, o.previous_time_zone, o.time_zone_effective_at, c.at)
    from (select ringfence_clock() as at offset 0) c
    cross join organizations o
    cross join lateral (
      select (c.at at time zone effective_time_zone(o.time_zone, o.previous_time_zone, o.time_zone_effective_at,
        c.at))::date as today
      offset 0
    ) z
    where o.id = any (p_organizations)
  $$;
`;

/**
 * One call of an agent that has several numbers: it takes the number whose limit is used least, so that the next number
 * takes over when one is exhausted. When none is left, the refusal that came furthest in the order of the checks tells
 * most. The caller has locked the agent's assignments.
 */
const GATE_CHOOSE = `
  create function gate_choose(
    p_organization uuid, p_agent uuid, p_from text, p_destination text, p_country text, p_type text, p_refusal text,
    p_caller uuid, p_id uuid, p_lease interval
  ) returns table (
    authorization_id uuid, reason_code text, phone_number_id uuid, from_number text, provider text,
    limit_at integer, used_after integer, resets_at timestamptz, expires_at timestamptz
  ) language sql volatile as $$
    with clock as materialized (
      select ringfence_clock() as at
    ), pick as materialized (
      select f.*, c.at, r.reason, r.reason = 'allowed' as allowed
      from clock c
      cross join lateral gate_facts(c.at) f
      cross join lateral (
        select coalesce(
          decide_call(p_refusal, f.organization_suspended, f.agent_active, f.number_active, f.assignment_paused,
            p_country, p_type, f.allowed_countries, f.allowed_number_types),
          case when f.used >= f.daily_limit then 'daily_limit_reached' else 'allowed' end) as reason
      ) r
      where f.organization_id = p_organization and f.agent_id = p_agent
        and (p_from is null or f.from_number = p_from)
      order by
        array_position(array['allowed', 'daily_limit_reached', 'country_not_allowed', 'number_type_blocked',
          'destination_unroutable', 'assignment_paused', 'number_inactive'], r.reason) nulls last,
        f.used::float8 / greatest(f.daily_limit, 1), f.assignment_id
      limit 1
    ), counted as (
      update agent_phone_numbers a set calls_made_today = p.used + 1, last_reset_date = p.usage_day
      from pick p where p.allowed and a.organization_id = p.organization_id and a.id = p.assignment_id
    ), archived as (
      insert into usage_daily as u (organization_id, local_date, agent_id, phone_number_id, calls_allowed)
      select p.organization_id, p.counted_on, p.agent_id, p.phone_number_id, p.counted
      from pick p where p.allowed and p.counted_on < p.usage_day and p.counted > 0
      on conflict (organization_id, local_date, agent_id, phone_number_id)
        do update set calls_allowed = u.calls_allowed + excluded.calls_allowed
    ), written as (
      insert into call_authorizations (
        organization_id, id, assignment_id, agent_id, phone_number_id, from_number, provider,
        destination, destination_country, destination_type, decision, reason_code, local_date,
        used_after, limit_at, status, authorized_by, decided_at, resets_at, expires_at)
      select p.organization_id, p_id, p.assignment_id, p.agent_id, p.phone_number_id, p.from_number, p.provider,
        p_destination, p_country, p_type, case when p.allowed then 'allowed' else 'denied' end, p.reason, p.usage_day,
        p.used + p.allowed::integer, p.daily_limit, case when p.allowed then 'authorized' else 'denied' end,
        p_caller, p.at, p.resets_at, case when p.allowed then p.at + p_lease end
      from pick p
    )
    select p_id, p.reason, p.phone_number_id, p.from_number, p.provider, p.daily_limit,
      p.used + p.allowed::integer, p.resets_at, case when p.allowed then p.at + p_lease end
    from pick p
  $$;
`;

const GATE_AUTHORIZE = `
  create function gate_authorize(
    p_organization uuid[], p_agent uuid[], p_assignment uuid[], p_from text[],
    p_destination text[], p_country text[], p_type text[], p_refusal text[],
    p_caller uuid[], p_key text[], p_fingerprint bytea[],
    p_lease interval, p_key_retention interval, p_pass_locked boolean default false
  ) returns table (
    call_index integer, outcome text, authorization_id uuid, reason_code text,
    phone_number_id uuid, from_number text, provider text,
    destination text, destination_country text, destination_type text,
    limit_at integer, used_after integer, resets_at timestamptz, expires_at timestamptz
  ) language plpgsql volatile
  as $$
  #variable_conflict use_column
  declare
    v_calls constant integer := cardinality(p_organization);
    -- Whose assignments a call may use. An assignment never changes its agent, so this needs no lock.
    v_agent uuid[] := p_agent;
    v_ids uuid[] := array(select uuidv7() from generate_series(1, v_calls));
    -- Which calls are to be decided; NULL for all of them.
    v_open boolean[];
    v_free uuid[];
    v_busy boolean[];
    v_decided bigint;
    v_call integer;
  begin
    perform set_config(
      'ringfence.organization_ids', (select array_agg(distinct o)::text from unnest(p_organization) o), true);

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
        from (select distinct c.org, c.agent from unnest(p_organization, v_agent) c(org, agent)) c
        join agent_phone_numbers a on a.live_organization_id = c.org and a.agent_id = c.agent
        for no key update of a skip locked);
      v_busy := array(
        select exists (
          select from agent_phone_numbers a
          where a.live_organization_id = c.org and a.agent_id = c.agent and a.id <> all (v_free))
        from unnest(p_organization, v_agent) with ordinality c(org, agent, i)
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
        select c.open is not false and (c.key is null or exists (
          select from idempotency_keys k
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
        order by c.org, c.finder
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
    ), org as materialized (
      select o.*
      from (select count(*) from locked) l(locked)
      cross join lateral gate_organizations(array(select distinct o from unnest(p_organization) o), l.locked) o
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
      join org o on o.id = l.org
      where l.index <> all (array(select m.index from locked m group by m.index having count(*) > 1))
    ), ranked as (
      select k.*, count(*) filter (where k.refused is null)
        over (partition by k.assignment_id order by k.index rows unbounded preceding) as rank
      from checked k
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
      p_destination[d.index], p_country[d.index], p_type[d.index], d.daily_limit, d.used_after, d.resets_at,
      case when d.reason_code = 'allowed' then d.at + p_lease end
    from decision d;
    get diagnostics v_decided = row_count;
    if v_decided = v_calls then
      return;
    end if;

    -- An agent with several numbers: one call after the other. Their assignments are locked.
    for v_call in
      select c.i::integer
      from unnest(p_organization, v_ids, v_open) with ordinality c(org, id, open, i)
      where c.open is not false
        and not exists (select from call_authorizations l where l.organization_id = c.org and l.id = c.id)
      order by c.i
    loop
      return query
      select v_call, 'decided', g.authorization_id, g.reason_code, g.phone_number_id, g.from_number, g.provider,
        p_destination[v_call], p_country[v_call], p_type[v_call], g.limit_at, g.used_after, g.resets_at, g.expires_at
      from gate_choose(p_organization[v_call], v_agent[v_call], p_from[v_call], p_destination[v_call],
        p_country[v_call], p_type[v_call], p_refusal[v_call], p_caller[v_call],
        v_ids[v_call], p_lease) g;
    end loop;

    -- A key that was used before answers what was answered then, or says that it belongs to another request.
    if array_remove(p_key, null) <> '{}' then
      return query
      select c.i::integer, case when k.fingerprint = c.fingerprint then 'replayed' else 'key_reused' end,
        l.id, l.reason_code, l.phone_number_id, l.from_number, l.provider, l.destination, l.destination_country,
        l.destination_type, l.limit_at, l.used_after, l.resets_at, l.expires_at
      from unnest(p_organization, p_key, p_fingerprint, v_ids, v_busy)
        with ordinality c(org, key, fingerprint, id, busy, i)
      join idempotency_keys k on k.organization_id = c.org and k.key = c.key and k.authorization_id <> c.id
      join call_authorizations l on l.organization_id = k.organization_id and l.id = k.authorization_id
      where c.busy is not true;
    end if;
  end
  $$;
`;
