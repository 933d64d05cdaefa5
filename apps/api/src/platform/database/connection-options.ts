import { STATEMENT_TIMEOUT_MS } from './silence.js';

/** The role that requests run as: behind row-level security, owning nothing. */
export const APP_ROLE = 'ringfence_app';

/** The role of work that spans tenants: sign-in, key look-up, the midnight job. */
export const SYSTEM_ROLE = 'ringfence_system';

/** What a session of the API has to be, whichever pool opens it. */
export interface SessionRules {
  /** The setting that holds the address. */
  setting: 'DATABASE_URL' | 'SYSTEM_DATABASE_URL';
  /** The only role that the login of the address may become. */
  role: string;
  /** Settings of PostgreSQL as `pg_settings.setting` shows them, durations in milliseconds; no value has a space. */
  settings: Readonly<Record<string, string>>;
}

interface SessionLimits {
  statementTimeoutMs: number;
  lockTimeoutMs: number;
}

/** Sessions of DATABASE_URL, which see one tenant at a time. */
export function appSession(limits: SessionLimits, settings: Record<string, string> = {}): SessionRules {
  return { setting: 'DATABASE_URL', role: APP_ROLE, settings: { ...settingsFor(limits), ...settings } };
}

/** Sessions of SYSTEM_DATABASE_URL, which see every tenant. */
function systemSession(limits: SessionLimits): SessionRules {
  return { setting: 'SYSTEM_DATABASE_URL', role: SYSTEM_ROLE, settings: settingsFor(limits) };
}

/**
 * These win over settings of the database and of roles: what is acknowledged is on disk, even where that was turned off
 * for the database since the start. Temporary tables come last in the search path, so that none takes the place of a
 * table of the schema.
 */
function settingsFor(limits: SessionLimits): Record<string, string> {
  return {
    statement_timeout: String(limits.statementTimeoutMs),
    lock_timeout: String(limits.lockTimeoutMs),
    idle_in_transaction_session_timeout: String(limits.statementTimeoutMs),
    synchronous_commit: 'on',
    TimeZone: 'UTC',
    search_path: 'public,pg_temp',
  };
}

const REQUEST_LIMITS = { statementTimeoutMs: STATEMENT_TIMEOUT_MS, lockTimeoutMs: 5_000 };

/** The sessions of the two pools. */
export const APP_SESSION = appSession(REQUEST_LIMITS);
export const SYSTEM_SESSION = systemSession(REQUEST_LIMITS);

/**
 * The `options` start-up parameter of a session. Role and settings hold from the first statement on, without a round
 * trip. `SET ROLE NONE` leads back to the login, which has no rights at all.
 */
export function startupOptions({ role, settings }: SessionRules): string {
  return [`-c role=${role}`, ...Object.entries(settings).map(([name, value]) => `-c ${name}=${value}`)].join(' ');
}
