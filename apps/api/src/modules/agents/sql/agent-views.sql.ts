import type { AgentKind, AgentStatus } from '#contracts';

/**
 * Agents with what they may call today. A counter of an earlier usage day counts as 0, as it does for the gate, although
 * it is not set back yet. The totals of a page are computed together, after it is cut, in one pass over assignments and by
 * grouping: before the first statistics the planner takes an organization for a few rows, and would go through all assignments
 * again for each agent.
 *
 * The caller appends conditions on `g` and the order to `AGENTS_FROM`. A caller who is limited to clients is told of the
 * numbers of these only: `clients` is the parameter that holds them.
 */
export const AGENTS_FROM = `from agents g where g.organization_id = $1 and g.deleted_at is null`;

export function agentViews(page: string, clients: string | null): string {
  const within =
    clients === null
      ? ''
      : `and a.phone_number_id in (
          select n.id from phone_numbers n where n.organization_id = $1 and n.client_id = any (${clients}::uuid[]))`;
  return `
    with page as materialized (${page}),
    today as materialized (
      select (clock.at at time zone
        effective_time_zone(o.time_zone, o.previous_time_zone, o.time_zone_effective_at, clock.at))::date as day
      from organizations o, (select ringfence_clock() as at) clock
      where o.id = $1
    ),
    totals as materialized (
      select s.id, max(s.place) as place, sum(s.numbers)::integer as numbers, sum(s.used)::integer as used,
        sum(s.daily_limit)::integer as daily_limit
      from (
        select id, place, 0 as numbers, 0 as used, 0 as daily_limit from page
        union all
        select a.agent_id, null, 1,
          case when a.last_reset_date < (select day from today) then 0 else a.calls_made_today end, a.daily_limit
        from agent_phone_numbers a
        where a.organization_id = $1 and a.ended_at is null and a.agent_id = any (array(select id from page)) ${within}
      ) s
      group by s.id
    )
    select g.id, g.name, g.kind, g.status, g.user_id as "userId", u.email as "userEmail",
      g.external_id as "externalId", g.client_id as "clientId", c.name as "clientName", g.created_at as "createdAt", g.updated_at as "updatedAt",
      t.numbers as "numbersAssigned", t.used as "callsMadeToday", t.daily_limit as "dailyLimit"
    from totals t
    join agents g on g.id = t.id
    left join users u on u.id = g.user_id
    left join clients c on c.organization_id = g.organization_id and c.id = g.client_id
    order by t.place`;
}

export interface AgentViewRow {
  id: string;
  name: string;
  kind: AgentKind;
  status: AgentStatus;
  userId: string | null;
  userEmail: string | null;
  externalId: string | null;
  clientId: string | null;
  clientName: string | null;
  numbersAssigned: number;
  callsMadeToday: number;
  dailyLimit: number;
  createdAt: Date;
  updatedAt: Date;
}
