import type { AuthorizationStatus, ReasonCode } from '#contracts';
import type { TestDatabase } from './database.js';

interface LedgerFacts {
  organizationId: string;
  /** How many calls; one a second, the first at `from`. */
  calls: number;
  from: Date;
  agentId?: string | null;
  phoneNumberId?: string | null;
  destination?: string;
  reasonCode?: ReasonCode;
  status?: AuthorizationStatus;
}

/** Writes authorizations into the ledger past the gate, with ids of the time that they claim to be of. */
export async function fillLedger(db: TestDatabase, facts: LedgerFacts): Promise<string[]> {
  const reasonCode = facts.reasonCode ?? 'allowed';
  const decision = reasonCode === 'allowed' ? 'allowed' : 'denied';
  const rows = (await db.query(
    `insert into call_authorizations (organization_id, id, assignment_id, agent_id, phone_number_id, from_number, provider,
       destination, destination_country, destination_type, decision, reason_code, local_date, status, authorized_by,
       decided_at, resets_at, expires_at)
     select $1, (lpad(to_hex((extract(epoch from c.at) * 1000)::bigint), 12, '0') || '7' ||
         substr(md5(random()::text), 1, 3) || '8' || substr(md5(random()::text), 1, 15))::uuid,
       gen_random_uuid(), $2, $3, '+12025550123', 'telnyx', $4, 'CA', 'FIXED_LINE', $5, $6, c.at::date, $7,
       gen_random_uuid(), c.at, c.at + interval '1 day', c.at + interval '4 hours'
     from (select $8::timestamptz + i * interval '1 second' as at from generate_series(0, $9::integer - 1) i) c
     returning id`,
    [
      facts.organizationId,
      facts.agentId ?? null,
      facts.phoneNumberId ?? null,
      facts.destination ?? '+14165550123',
      decision,
      reasonCode,
      facts.status ?? (decision === 'allowed' ? 'authorized' : 'denied'),
      facts.from,
      facts.calls,
    ],
  )) as { id: string }[];
  return rows.map(({ id }) => id);
}

/** Gives the day of an instant, by UTC, its partition; nothing may be written of it before. */
export async function makeLedgerDay(db: TestDatabase, at: Date): Promise<void> {
  const day = at.toISOString().slice(0, 10);
  const [made] = await db.query('select make_ledger_day($1::date, 0) as moved', [day]);
  if (made!['moved'] !== 0) throw new Error(`The day ${day} of the ledger was not made`);
}
