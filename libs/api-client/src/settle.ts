import { ask, limitsOf, type Patience, type Refusal, type Silence } from './answers.js';
import type { Client } from './generated/client/index.js';
import { completeNamedCall, voidNamedCall } from './generated/sdk.gen.js';
import type { CompleteNamedCall, SettlementView, VoidNamedCall } from './generated/types.gen.js';

/** How a call ended, or that it was not placed: plain JSON, which may be kept and sent later, also by `settleCalls`. */
export type Settlement = { complete: CompleteNamedCall } | { void: VoidNamedCall };

export type SettlementReport =
  | { state: 'settled'; record: SettlementView }
  /** Nothing came back in time. Send it again by `settle`: the same settlement counts once. */
  | ({ state: 'undelivered'; settlement: Settlement } & Silence)
  /** The call stays as it was, which is counted. */
  | ({ state: 'refused'; settlement: Settlement } & Refusal);

/**
 * Completes a call or gives it back, and sends that again until the API has it or the time is over. Rejects only for a
 * patience that is none.
 *
 * @throws RangeError for times that are not above zero
 */
export async function settle(
  client: Client,
  settlement: Settlement,
  patience: Patience = {},
): Promise<SettlementReport> {
  const answer = await ask((signal) => send(client, settlement, signal), isSettlementView, limitsOf(patience));
  if (answer.kind === 'answered') return { state: 'settled', record: answer.data };
  const { message } = answer;
  if (answer.kind === 'unanswered') return { state: 'undelivered', settlement, message, cause: answer.cause };
  return { state: 'refused', settlement, status: answer.status, problem: answer.problem, message };
}

function send(client: Client, settlement: Settlement, signal: AbortSignal) {
  const options = { client, signal, throwOnError: false } as const;
  return 'void' in settlement
    ? voidNamedCall({ ...options, body: settlement.void })
    : completeNamedCall({ ...options, body: settlement.complete });
}

function isSettlementView(data: unknown): data is SettlementView {
  return typeof data === 'object' && data !== null && 'id' in data && 'status' in data && 'decision' in data;
}
