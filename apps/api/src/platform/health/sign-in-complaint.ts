import type { SessionRules } from '../database/connection-options.js';
import { databaseErrorOf } from '../database/sqlstate.js';

const WRONG_LOGIN: readonly string[] = ['28000', '28P01'];
/** The role of the start-up parameter does not exist, or the login may not take it. */
const ROLE_REFUSED: readonly string[] = ['22023', '42501'];
const PROTOCOL_VIOLATION = '08P01';

/** What to do about an error of PostgreSQL, or of what stands before it, that ended a session at its start; null for others. */
export function signInComplaint(error: unknown, { setting, role }: SessionRules): string | null {
  const sqlState = databaseErrorOf(error)?.sqlState;
  if (sqlState === undefined) return null;
  const said = error instanceof Error ? error.message : String(error);
  if (WRONG_LOGIN.includes(sqlState)) {
    return `${setting} does not sign in (${said}); mend its name or password, or run "npm run migration:run", which makes a login that is missing.`;
  }
  if (ROLE_REFUSED.includes(sqlState)) {
    return `the login of ${setting} may not become ${role} (${said}); run "npm run migration:run", which grants that.`;
  }
  if (sqlState === PROTOCOL_VIOLATION) {
    return `${setting} leads to something that refuses the start-up parameter "options" (${said}); set it to PostgreSQL itself.`;
  }
  return null;
}

/** Whether PostgreSQL, or what stands before it, refused to begin the session. */
export function isSignInRefused(error: unknown): boolean {
  const sqlState = databaseErrorOf(error)?.sqlState;
  return sqlState !== undefined && [...WRONG_LOGIN, ...ROLE_REFUSED, PROTOCOL_VIOLATION].includes(sqlState);
}
