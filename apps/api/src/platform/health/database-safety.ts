import type { Query } from './session-safety.js';

/**
 * Whether what this server acknowledges is kept. Asked at the start, by the readiness probe, and on each connection of
 * the gate: a failover may have led it to a standby, or to a server with other settings.
 */
const READ_DATABASE_SAFETY = `
  select current_setting('fsync') as fsync, current_setting('full_page_writes') as full_page_writes,
    current_setting('synchronous_commit') as synchronous_commit,
    pg_is_in_recovery() as is_standby, current_setting('transaction_read_only') = 'on' as is_read_only
`;

interface DatabaseSafety {
  fsync: string;
  full_page_writes: string;
  synchronous_commit: string;
  is_standby: boolean;
  is_read_only: boolean;
}

interface SafetyVerdict {
  /** Everything that forbids deciding calls on this server, in sentences that say what to do. */
  complaints: string[];
  /** What an operator should know and may have meant; null when there is nothing. */
  warning: string | null;
}

/** Reads and judges the server as the asking session finds it. */
export async function readDatabaseSafety(query: Query): Promise<SafetyVerdict> {
  const [facts] = (await query(READ_DATABASE_SAFETY, [])) as [DatabaseSafety];
  return judgeDatabaseSafety(facts);
}

/** The judgement alone. `local` and `remote_write` are written to this server's disk before the answer: only `off` is not. */
export function judgeDatabaseSafety(facts: DatabaseSafety): SafetyVerdict {
  const commit = facts.synchronous_commit;
  return {
    complaints: durabilityComplaints(facts),
    warning:
      commit === 'local' || commit === 'remote_write'
        ? `synchronous_commit is ${commit}: a call that was allowed may be forgotten by a standby that takes over. ` +
          'The connections of the API use on.'
        : null,
  };
}

/** Several complaints as the one message that is printed, logged and answered; null when there are none. */
export function gateComplaint(complaints: readonly string[]): string | null {
  return complaints.length === 0 ? null : `The call gate cannot be served: ${complaints.join(' ')}`;
}

function durabilityComplaints(facts: DatabaseSafety): string[] {
  const off = (['fsync', 'full_page_writes', 'synchronous_commit'] as const).filter((name) => facts[name] === 'off');
  const complaints: string[] = [];
  if (off.length > 0) {
    complaints.push(
      `${off.join(' and ')} ${off.length === 1 ? 'is' : 'are'} off, so a crash of the server would forget calls that were ` +
        'allowed; set to on in postgresql.conf, and for the database and its roles.',
    );
  }
  if (facts.is_standby) {
    complaints.push(
      'the server is a standby and counts nothing; set DATABASE_URL to the primary, or promote this server.',
    );
  } else if (facts.is_read_only) {
    complaints.push(
      'transactions are read-only; set default_transaction_read_only to off, or DATABASE_URL to the primary.',
    );
  }
  return complaints;
}
