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

/** Every agent of an organization ($1) with the counters and limits of its live assignments, the busiest first. */
export const TODAYS_AGENTS = `
  select g.id as "agentId", g.name as "agentName", g.kind as "agentKind",
    coalesce(t.used, 0)::integer as "callsMadeToday", coalesce(t.daily_limit, 0)::integer as "dailyLimit"
  from agents g
  left join (
    select f.agent_id, sum(f.used) as used, sum(f.daily_limit) as daily_limit
    from (select ringfence_clock() as at) clock
    cross join lateral gate_facts(clock.at) f
    where f.organization_id = $1
    group by f.agent_id
  ) t on t.agent_id = g.id
  where g.organization_id = $1 and g.deleted_at is null
  order by 4 desc, lower(g.name), g.id`;

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
