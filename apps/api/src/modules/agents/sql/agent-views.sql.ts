import type { AgentKind, AgentStatus } from '#contracts';

/**
 * Agents with what they may call today. The counters come from `gate_facts`, the same words that the gate decides by,
 * so a counter of yesterday shows as 0 although the midnight job has not set it back yet. The clock is read once, in a subselect of
 * its own: a volatile argument would keep PostgreSQL from inlining the function, and every agent would scan all
 * assignments. The lateral totals are computed after the page is cut.
 *
 * The caller appends conditions on `g` and the order to `AGENTS_FROM`. A caller who is limited to clients is told of the
 * numbers of these only: `clients` is the parameter that holds them.
 */
export const AGENTS_FROM = `from agents g where g.organization_id = $1 and g.deleted_at is null`;

export function agentViews(page: string, clients: string | null): string {
  const within =
    clients === null
      ? ''
      : `and exists (select from phone_numbers n where n.organization_id = f.organization_id
          and n.id = f.phone_number_id and n.client_id = any (${clients}::uuid[]))`;
  return `
    with page as (${page})
    select g.id, g.name, g.kind, g.status, g.user_id as "userId", u.email as "userEmail",
      g.external_id as "externalId", g.client_id as "clientId", c.name as "clientName", g.created_at as "createdAt", g.updated_at as "updatedAt",
      t.numbers as "numbersAssigned", t.used as "callsMadeToday", t.daily_limit as "dailyLimit"
    from page
    join agents g on g.id = page.id
    left join users u on u.id = g.user_id
    left join clients c on c.organization_id = g.organization_id and c.id = g.client_id
    cross join (select ringfence_clock() as at) clock
    cross join lateral (
      select count(*)::integer as numbers, coalesce(sum(f.used), 0)::integer as used,
        coalesce(sum(f.daily_limit), 0)::integer as daily_limit
      from gate_facts(clock.at) f
      where f.organization_id = g.organization_id and f.agent_id = g.id ${within}
    ) t
    order by page.place`;
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
