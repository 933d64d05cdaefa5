/** The role that requests run as: behind row-level security, owning nothing. */
export const APP_ROLE = 'ringfence_app';

/** The role of work that spans tenants: sign-in, key look-up, the midnight job. */
export const SYSTEM_ROLE = 'ringfence_system';

interface SessionLimits {
  statementTimeoutMs: number;
  lockTimeoutMs: number;
}

/**
 * The `options` start-up parameter of a connection. Role and timeouts hold from the first statement on, without a round
 * trip, and `RESET ROLE` leads back to the same role. They win over settings of the database and of roles: what is
 * acknowledged is on disk, even where somebody has turned that off for the database since the start.
 */
export function sessionOptions(role: string, limits: SessionLimits): string {
  return [
    `-c role=${role}`,
    `-c statement_timeout=${limits.statementTimeoutMs}`,
    `-c lock_timeout=${limits.lockTimeoutMs}`,
    `-c idle_in_transaction_session_timeout=${limits.statementTimeoutMs}`,
    '-c synchronous_commit=on',
    '-c timezone=UTC',
  ].join(' ');
}
