import { UnsafeSessionError } from '../health/session-safety.js';
import { databaseErrorOf, SQLSTATE } from './sqlstate.js';

const BUSY: readonly string[] = [
  SQLSTATE.lockNotAvailable,
  SQLSTATE.queryCanceled,
  SQLSTATE.serializationFailure,
  SQLSTATE.deadlockDetected,
  '25P03', // idle_in_transaction_session_timeout
];

// Classes of SQLSTATEs: connection exception, insufficient resources, operator intervention (shutdown, crash).
const UNAVAILABLE_CLASS = /^(08|53|57P)/;

const NETWORK_CODES: readonly unknown[] = [
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
];

// node-postgres and its pool raise these without a code; the last two are TypeORM's, when a connection breaks between two
// statements of a transaction.
const LOST_CONNECTION =
  /^(Connection terminated|Client has encountered a connection error|timeout exceeded when trying to connect|Query read timeout|Driver not Connected|Query runner already released|Database connection provided by a query runner was already released)/;

/** True when PostgreSQL cannot be reached, may not be worked with, or is too busy to answer in time: the same request may succeed later. */
export function isDatabaseUnavailable(error: unknown): boolean {
  const sqlState = databaseErrorOf(error)?.sqlState;
  if (sqlState !== undefined && (BUSY.includes(sqlState) || UNAVAILABLE_CLASS.test(sqlState))) return true;
  const source = (error as { driverError?: unknown } | null)?.driverError ?? error;
  if (!(source instanceof Error)) return false;
  if (source instanceof UnsafeSessionError) return true;
  return NETWORK_CODES.includes((source as { code?: unknown }).code) || LOST_CONNECTION.test(source.message);
}
