/** SQLSTATEs that the code tells apart (PostgreSQL, appendix A). */
export const SQLSTATE = {
  uniqueViolation: '23505',
  foreignKeyViolation: '23503',
  checkViolation: '23514',
  serializationFailure: '40001',
  deadlockDetected: '40P01',
  lockNotAvailable: '55P03',
  queryCanceled: '57014',
} as const;

/** Every SQLSTATE has a digit; `EPIPE` is an error of the network, after which it is unknown what was committed. */
const SQLSTATE_FORM = /^(?=.*[0-9])[0-9A-Z]{5}$/;

interface DatabaseErrorFacts {
  sqlState: string;
  constraint: string | undefined;
}

/** SQLSTATE and constraint of an error that came from PostgreSQL, however it was wrapped; null for any other error. */
export function databaseErrorOf(error: unknown): DatabaseErrorFacts | null {
  const source = (error as { driverError?: unknown } | null)?.driverError ?? error;
  const { code, constraint } = (source ?? {}) as { code?: unknown; constraint?: unknown };
  if (typeof code !== 'string' || !SQLSTATE_FORM.test(code)) return null;
  return { sqlState: code, constraint: typeof constraint === 'string' ? constraint : undefined };
}

/** True when a unique constraint or index of that name was violated. */
export function isUniqueViolation(error: unknown, constraint: string): boolean {
  const facts = databaseErrorOf(error);
  return facts?.sqlState === SQLSTATE.uniqueViolation && facts.constraint === constraint;
}

/** True when the whole transaction may simply be run again. */
export function isRetryable(error: unknown): boolean {
  const sqlState = databaseErrorOf(error)?.sqlState;
  return sqlState === SQLSTATE.serializationFailure || sqlState === SQLSTATE.deadlockDetected;
}
