import type { LedgerRow } from './evidence.js';
import { possibleReasons, type Span } from './possible-reasons.js';
import type { CallRecord, Pair, Settlement } from './record.js';
import type { Timelines } from './timelines.js';
import type { Violations } from './violations.js';

/** Clock of the test and clock of the database are the same machine's, read in different ways. */
export const CLOCK_SLACK_MS = 100;

/** Voided by the API itself, because its client had hung up when it was decided. */
export const isGivenBack = (row: LedgerRow): boolean => row.voided && row.voidReason === 'client_gone';

/**
 * Holds every retry of an allowed call against what was in force while it was under way: it is allowed unless the
 * authorization was used up or a check that is no counter forbids the call, and denied for a reason that was true.
 */
export function checkRetries(
  call: CallRecord,
  row: LedgerRow,
  pairs: Pair[],
  defaults: string[],
  settlements: Map<string, Settlement[]>,
  timelines: Timelines,
  violations: Violations,
): void {
  const pair = pairs.find(({ phoneNumberId }) => phoneNumberId === row.phoneNumberId);
  if (!row.allowed || !pair) return;
  for (const { reported, sentMs, endedMs } of call.attempts) {
    if (!reported?.replayed || reported.authorizationId !== row.id) continue;
    const span = { fromMs: sentMs, toMs: endedMs };
    const expected = statesOf(row, settlements.get(row.id) ?? [], timelines, span);
    if (expected.delete('authorized')) {
      const { refusals, mayPass } = possibleReasons(call, pair, defaults, timelines, span);
      for (const refusal of refusals) expected.add(refusal);
      if (mayPass) expected.add('allowed');
    }
    if (expected.has(reported.reasonCode)) continue;
    const detail = `${call.key}: a retry was told ${reported.reasonCode} where only ${[...expected].join(' or ')} was possible`;
    violations.add(reported.allowed ? 'old value' : 'groundless refusal', detail);
  }
}

/** What may have become of the authorization at some moment of the span, in the words of a retry's answer. */
function statesOf(
  row: LedgerRow,
  settlements: Settlement[],
  timelines: Timelines,
  { fromMs, toMs }: Span,
): Set<string> {
  const states = new Set<string>();
  const isAsked = (kind: Settlement['kind']) => settlements.some((one) => one.kind === kind && one.sentMs <= toMs);
  if (isGivenBack(row)) {
    const givenBackMs = row.rowCommit / 1_000;
    if (givenBackMs <= toMs + CLOCK_SLACK_MS) states.add('authorization_voided');
    if (givenBackMs <= fromMs - CLOCK_SLACK_MS) return states;
  } else if (row.voided && isAsked('void')) states.add('authorization_voided');
  if (row.completed && isAsked('complete')) states.add('authorization_completed');
  if (settlements.some(({ status, endedMs }) => status === 200 && endedMs <= fromMs)) return states;
  const offsets = timelines.possible('clock', fromMs, toMs) as number[];
  const isExpired = (atMs: number) => offsets.map((offset) => atMs + offset > row.expiresMs!);
  if (isExpired(toMs + CLOCK_SLACK_MS).includes(true)) states.add('authorization_expired');
  if (isExpired(fromMs - CLOCK_SLACK_MS).includes(false)) states.add('authorized');
  return states;
}
