import type { AgentKind } from '#contracts';
import { ledgerRange } from './ledger-range.sql.js';

/**
 * Today's calls of an organization ($1) on its usage day ($2). Counters of ended assignments count as well, and so does
 * what a manual reset has put into the archive of today: the calls were made.
 */
export const TODAYS_TOTALS = `
  select
    (coalesce((select sum(u.calls_allowed) from usage_daily u where u.organization_id = $1 and u.local_date = $2::date), 0)
      + coalesce((select sum(a.calls_made_today) from agent_phone_numbers a
          where a.organization_id = $1 and a.last_reset_date = $2::date), 0))::integer as "callsAllowed",
    (select count(*)::integer from phone_numbers n where n.organization_id = $1 and n.lifecycle <> 'released') as numbers,
    (select count(*)::integer from agent_phone_numbers a where a.organization_id = $1 and a.ended_at is null) as assigned,
    (select count(*)::integer from agents g where g.organization_id = $1 and g.deleted_at is null) as agents,
    (select count(*)::integer from agents g
      where g.organization_id = $1 and g.deleted_at is null and g.status = 'active') as "activeAgents"`;

export interface TodaysTotals {
  callsAllowed: number;
  numbers: number;
  assigned: number;
  agents: number;
  activeAgents: number;
}

/**
 * Every agent of an organization ($1) with the counters and limits of its live assignments on its usage day ($2), the busiest
 * first. A counter of an earlier day counts as 0, as it does for the gate.
 *
 * Agents and assignments are read once each and put together by grouping, without a join: before the first statistics the planner
 * takes an organization for a few rows, and would go through all assignments again for each agent.
 */
export const TODAYS_AGENTS = `
  select s.agent_id as "agentId", max(s.name) as "agentName", max(s.kind) as "agentKind",
    sum(s.used)::integer as "callsMadeToday", sum(s.daily_limit)::integer as "dailyLimit"
  from (
    select g.id as agent_id, g.name, g.kind, 0 as used, 0 as daily_limit
    from agents g
    where g.organization_id = $1 and g.deleted_at is null
    union all
    select a.agent_id, null, null, case when a.last_reset_date < $2::date then 0 else a.calls_made_today end, a.daily_limit
    from agent_phone_numbers a
    where a.organization_id = $1 and a.ended_at is null
  ) s
  group by s.agent_id
  having max(s.name) is not null
  order by 4 desc, lower(max(s.name)), s.agent_id`;

export interface TodaysAgent {
  agentId: string;
  agentName: string;
  agentKind: AgentKind;
  callsMadeToday: number;
  dailyLimit: number;
}

/** Refusals of an organization ($1) on its usage day ($2), by agent and reason. */
export const TODAYS_REFUSALS = `
  select l.agent_id as "agentId", l.reason_code as "reasonCode", count(*)::integer as count
  from call_authorizations l
  where l.organization_id = $1 and l.decision = 'denied' and ${ledgerRange('l', '$2::date', '$2::date')}
  group by l.agent_id, l.reason_code`;

export interface TodaysRefusals {
  agentId: string | null;
  reasonCode: string;
  count: number;
}
