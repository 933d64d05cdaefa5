import type { MigrationInterface, QueryRunner } from 'typeorm';
import { GatePlansOutliveStatistics1795500002000 } from './1795500002000-GatePlansOutliveStatistics.js';
import { type Change, rewriteFunction, undone } from './rewrite-function.js';

/**
 * A call of an agent with several numbers is decided by gate_choose(), which reads by a younger snapshot than the
 * statement that took the locks: it could see an assignment that was made meanwhile and that nobody had locked, and write
 * over the count of another batch. Now it chooses among rows that this transaction holds, and for all such calls of a
 * batch at once: one statement finds what an agent may choose from, one writes.
 *
 * And a call that names its number or assignment is no longer passed over because another number of its agent is held,
 * and locks it in the order of all numbers of the agent: two batches with calls that name several of them in another order
 * waited for each other in a circle.
 */
export class ChooseAmongHeldRows1796000000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`drop function gate_choose(${FORMER_ARGUMENTS})`);
    await queryRunner.query(CHOOSE);
    await rewriteFunction(queryRunner, 'gate_authorize', AUTHORIZE);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('drop function gate_choose');
    await queryRunner.query(await formerChoose());
    await rewriteFunction(queryRunner, 'gate_authorize', undone(AUTHORIZE));
  }
}

const FORMER_ARGUMENTS = 'uuid, uuid, text, text, text, text, text, uuid, uuid, interval';

/** The function as the migration before made it. */
async function formerChoose(): Promise<string> {
  const statements: string[] = [];
  const record = { query: (sql: string) => Promise.resolve(statements.push(sql)) } as unknown as QueryRunner;
  await new GatePlansOutliveStatistics1795500002000().up(record);
  return statements.find((sql) => sql.includes('function gate_choose('))!;
}

const CHOOSE = `
  create function gate_choose(
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
            'destination_unroutable', 'assignment_paused', 'number_inactive'], r.reason) nulls last,
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
`;

const AUTHORIZE: Change[] = [
  {
    from: `
        order by c.org, c.finder
      ) c
`,
    to: `
        order by c.org, c.finder, case when c.assignment is not null or c.from_asked is not null then (
          select a.phone_number_id from agent_phone_numbers a
          where a.live_organization_id = c.org and a.agent_id = c.finder
            and (c.assignment is null or a.id = c.assignment) and (c.from_asked is null or a.from_number = c.from_asked)
          limit 1
        ) end nulls first
      ) c
`,
  },
  {
    from: `
    v_call integer;
`,
    to: `
    -- The calls of agents with several numbers.
    v_several integer[];
`,
  },
  {
    from: `
        from (select distinct c.org, c.agent from unnest(p_organization, v_agent) c(org, agent)) c
        cross join lateral (
          select a.id from agent_phone_numbers a
          where a.live_organization_id = c.org and a.agent_id = c.agent
          for no key update skip locked
        ) a);
`,
    to: `
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
`,
  },
  {
    from: `
          where a.live_organization_id = c.org and a.agent_id = c.agent and a.id <> all (v_free))
        from unnest(p_organization, v_agent) with ordinality c(org, agent, i)
`,
    to: `
          where a.live_organization_id = c.org and a.agent_id = c.agent and a.id <> all (v_free)
            and (c.assignment is null or a.id = c.assignment) and (c.from_asked is null or a.from_number = c.from_asked))
        from unnest(p_organization, v_agent, p_assignment, p_from) with ordinality c(org, agent, assignment, from_asked, i)
`,
  },
  {
    from: `
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
`,
    to: `
    -- An agent with several numbers: one call after the other, each from the number with the least used share.
    v_several := array(
      select c.i::integer
      from unnest(p_organization, v_ids, v_open) with ordinality c(org, id, open, i)
      where c.open is not false
        and not exists (select from call_authorizations l where l.organization_id = c.org and l.id = c.id));
    if v_several <> '{}' then
      return query
      select g.call_index, 'decided', v_ids[g.call_index], g.reason_code, g.phone_number_id, g.from_number, g.provider,
        null::text, null::text, null::text, g.limit_at, g.used_after, g.resets_at, g.expires_at
      from gate_choose(v_several, p_organization, v_agent, p_destination, p_country, p_type, p_refusal, p_caller, v_ids,
        p_lease) g;
    end if;
`,
  },
];
