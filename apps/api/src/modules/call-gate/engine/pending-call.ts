import type { ProblemError } from '../../../platform/http/problems/problem.error.js';
import type { CallCommand, CallDecision } from '../policy/call-decision.js';
import type { CallState } from './call-state.js';

/** A call on its way to its decision, and how it is answered. */
export interface PendingCall {
  command: CallCommand;
  resolve: (decision: CallDecision) => void;
  reject: (problem: ProblemError) => void;
  /** By `performance.now()`. */
  arrivedMs: number;
  /** Changed by `CallBatcher` alone, along `transition`. */
  state: CallState;
}

/**
 * No call waits longer than this to leave for the database. A dialer that waits longer has given up, and a call that is
 * decided for it later would use its limit for nothing.
 */
export const MAX_WAIT_MS = 2_000;

/** Whether the call may not leave any more. */
export function isLate(call: PendingCall, nowMs: number): boolean {
  return nowMs - call.arrivedMs > MAX_WAIT_MS;
}
