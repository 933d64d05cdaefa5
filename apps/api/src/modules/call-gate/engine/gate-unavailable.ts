import { ProblemError } from '../../../platform/http/problems/problem.error.js';

/**
 * What a call is answered that could not be decided: never an allow.
 *
 * @param why for the dialer, after "cannot decide:"
 * @param cause for the operators' log
 */
export function gateUnavailable(why: string, cause?: unknown): ProblemError {
  const detail = `The call gate cannot decide: ${why}. Do not dial; ask again in a second with the same Idempotency-Key.`;
  return new ProblemError('gate_unavailable', detail, { headers: { 'retry-after': '1' }, cause });
}
