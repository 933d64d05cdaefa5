import type { Row } from '../support/database.js';

/** Asks the database, past every proxy. */
type Query = (sql: string, parameters?: readonly unknown[]) => Promise<Row[]>;

/** A decision as the ledger has it, with the time of the commit that PostgreSQL itself noted. */
export interface LedgerRow {
  id: string;
  organizationId: string;
  agentId: string | null;
  phoneNumberId: string | null;
  from: string | null;
  destination: string;
  country: string | null;
  allowed: boolean;
  reason: string;
  localDate: string;
  usedAfter: number | null;
  limitAt: number | null;
  voided: boolean;
  voidReason: string | null;
  completed: boolean;
  durationSeconds: number | null;
  /** What each correction of the duration says that it was and became, in their order. */
  corrections: { from: number; to: number }[];
  decidedMs: number;
  /** Null where it was denied. */
  expiresMs: number | null;
  key: string | null;
  /** The partition of the ledger that holds it. */
  partition: string;
  /** Microseconds since 1970. Of a settled row `rowCommit` is the settlement's. */
  commit: number;
  rowCommit: number;
}

interface Counter {
  agentId: string;
  phoneNumberId: string;
  assignmentId: string;
  limit: number;
  paused: boolean;
  live: boolean;
  countries: string[] | null;
  calls: number;
  day: string;
}

/** What was in force for an assignment from a commit on, or that its counter was set back by hand. */
export interface HistoryRow {
  agentId: string;
  phoneNumberId: string;
  limit: number;
  paused: boolean;
  live: boolean;
  countries: string[] | null;
  isReset: boolean;
  commit: number;
}

export interface Evidence {
  ledger: LedgerRow[];
  counters: Counter[];
  archive: { agentId: string; phoneNumberId: string; day: string; calls: number }[];
  history: HistoryRow[];
}

const commitOf = (xmin: string) => `(extract(epoch from pg_xact_commit_timestamp(${xmin})) * 1e6)::float8`;

/** Reads what the database holds of these organizations. No statement of the gate is used. */
export async function readEvidence(query: Query, organizationIds: readonly string[]): Promise<Evidence> {
  const ledger = await query(
    `select l.id, l.organization_id as "organizationId", l.agent_id as "agentId", l.phone_number_id as "phoneNumberId",
       l.from_number as "from", l.destination, l.destination_country as country, l.decision = 'allowed' as allowed,
       l.reason_code as reason, l.local_date::text as "localDate", l.used_after as "usedAfter", l.limit_at as "limitAt",
       l.status = 'voided' as voided, l.void_reason as "voidReason",
       l.tableoid::regclass::text as partition, l.status = 'completed' as completed, l.duration_seconds as "durationSeconds",
       (select coalesce(jsonb_agg(c.changes -> 'durationSeconds' order by c.sequence), '[]')
        from settlement_corrections c
        where c.organization_id = l.organization_id and c.authorization_id = l.id) as corrections,
       (extract(epoch from l.decided_at) * 1000)::float8 as "decidedMs",
       (extract(epoch from l.expires_at) * 1000)::float8 as "expiresMs", k.key,
       coalesce(${commitOf('d.xmin')}, ${commitOf('l.xmin')}) as commit, ${commitOf('l.xmin')} as "rowCommit"
     from call_authorizations l
     left join idempotency_keys k on k.organization_id = l.organization_id and k.authorization_id = l.id
     left join chaos_decisions d on d.authorization_id = l.id
     where l.organization_id = any ($1::uuid[])`,
    [organizationIds],
  );
  const counters = await query(
    `select agent_id as "agentId", phone_number_id as "phoneNumberId", id as "assignmentId", daily_limit as "limit",
       paused_at is not null as paused, ended_at is null as live, allowed_countries as countries,
       calls_made_today as calls, last_reset_date::text as day
     from agent_phone_numbers where organization_id = any ($1::uuid[])`,
    [organizationIds],
  );
  const archive = await query(
    `select agent_id as "agentId", phone_number_id as "phoneNumberId", local_date::text as day, calls_allowed as calls
     from usage_daily where organization_id = any ($1::uuid[]) and calls_allowed <> 0`,
    [organizationIds],
  );
  const history = await query(
    `select h.agent_id as "agentId", h.phone_number_id as "phoneNumberId", h.daily_limit as "limit", h.paused, h.live,
       h.countries, h.is_reset as "isReset", ${commitOf('h.xmin')} as commit
     from chaos_history h join agents g on g.id = h.agent_id where g.organization_id = any ($1::uuid[])`,
    [organizationIds],
  );
  return { ledger, counters, archive, history } as unknown as Evidence;
}
