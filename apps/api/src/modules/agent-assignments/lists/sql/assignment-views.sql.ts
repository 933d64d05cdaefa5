import type { AgentAssignmentView, AgentKind, PhoneNumberProvider } from '#contracts';

/**
 * Used, limit, countries and the end of the day of the assignment `a`, from `gate_facts`, the same words that the gate decides by,
 * so that the console never shows anything else than what the gate does. The clock is read once in a subselect of its own: a
 * volatile argument would keep PostgreSQL from inlining the function. It is planned apart (`offset 0`): as one join of seven
 * tables it takes four times as long to plan, and longer than to run. That agent and number are named as well leads
 * each step to one row, also before the first statistics, when the planner sees no difference between a key and a part of it.
 */
const FACTS = `
  cross join lateral (
    select f.* from gate_facts(clock.at) f
    where f.organization_id = a.organization_id and f.assignment_id = a.id and f.agent_id = a.agent_id
      and f.phone_number_id = a.phone_number_id
    offset 0
  ) f`;

/** Live assignments with what is left of today; the caller appends conditions on `a`, `n` and `g`. $1 organization. */
export const ASSIGNMENTS_FROM = `
  from (select ringfence_clock() as at) clock
  cross join agent_phone_numbers a
  join agents g on g.organization_id = a.organization_id and g.id = a.agent_id
  join phone_numbers n on n.organization_id = a.organization_id and n.id = a.phone_number_id
  ${FACTS}
  where a.organization_id = $1 and a.ended_at is null`;

/** The same for a page that is found already: agent and number of each are looked up by their ids. $1 organization, $2 ids. */
export const ASSIGNMENTS_FROM_IDS = `
  from (select ringfence_clock() as at) clock
  cross join (
    select a.* from agent_phone_numbers a
    where a.organization_id = $1 and a.ended_at is null and a.id = any ($2::uuid[])
    offset 0
  ) a
  cross join lateral (
    select g.* from agents g where g.organization_id = a.organization_id and g.id = a.agent_id offset 0
  ) g
  cross join lateral (
    select n.* from phone_numbers n where n.organization_id = a.organization_id and n.id = a.phone_number_id offset 0
  ) n
  ${FACTS}`;

export const ASSIGNMENT_COLUMNS = `
  a.id, a.agent_id as "agentId", g.name as "agentName", g.kind as "agentKind",
  a.phone_number_id as "phoneNumberId", n.e164 as "phoneNumber", n.country_code as "countryCode", n.provider, n.label,
  a.daily_limit as "dailyLimit", a.allowed_countries as "allowedCountries",
  f.allowed_countries as "effectiveCountries", a.allowed_number_types as "allowedNumberTypes",
  a.paused_at is not null as paused, f.used as "callsMadeToday", a.last_reset_date::text as "lastResetDate",
  greatest(a.daily_limit - f.used, 0) as remaining, f.resets_at as "resetsAt",
  a.created_at as "createdAt", a.updated_at as "updatedAt"`;

export interface AssignmentViewRow {
  id: string;
  agentId: string;
  agentName: string;
  agentKind: AgentKind;
  phoneNumberId: string;
  phoneNumber: string;
  countryCode: string | null;
  provider: PhoneNumberProvider;
  label: string | null;
  dailyLimit: number;
  allowedCountries: string[] | null;
  effectiveCountries: string[];
  allowedNumberTypes: string[];
  paused: boolean;
  callsMadeToday: number;
  lastResetDate: string;
  remaining: number;
  resetsAt: Date;
  createdAt: Date;
  updatedAt: Date;
}

export function toView(row: AssignmentViewRow): AgentAssignmentView {
  return {
    ...row,
    resetsAt: row.resetsAt.toISOString(),
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}
