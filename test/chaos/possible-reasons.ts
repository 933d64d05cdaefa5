import type { CallRecord, Pair } from './record.js';
import { pairKey } from './record.js';
import type { Timelines } from './timelines.js';

/** From when to when something was decided, at some moment. */
export interface Span {
  fromMs: number;
  toMs: number;
}

export interface PossibleReasons {
  /** Why the call may have been refused, by the checks that are no counters. */
  refusals: Set<string>;
  /** Whether none of them need have refused it. */
  mayPass: boolean;
}

/**
 * What the checks may have made of a call with one assignment at some moment of the span, the first refusal first. The
 * daily limit is not among them.
 */
export function possibleReasons(
  call: CallRecord,
  pair: Pair,
  defaults: string[],
  timelines: Timelines,
  { fromMs, toMs }: Span,
): PossibleReasons {
  const possible = (field: string) => timelines.possible(field, fromMs, toMs);
  const { refusal, country } = call.destination;
  const refusals = new Set<string>();
  if (refusal === 'destination_invalid') return { refusals: new Set([refusal]), mayPass: false };
  const lists = (possible(`countries:${pairKey(pair)}`) as (string[] | null)[]).map((list) => list ?? defaults);
  const checks: [reason: string, refuses: boolean[]][] = [
    ['no_assignment', possible(`live:${pairKey(pair)}`).map((live) => live !== true)],
    ['organization_suspended', possible(`suspended:${pair.organizationId}`).map((suspended) => suspended === true)],
    ['agent_inactive', possible(`agent:${pair.agentId}`).map((state) => state === 'inactive')],
    ['number_inactive', possible(`number:${pair.phoneNumberId}`).map((state) => state === 'inactive')],
    ['assignment_paused', possible(`paused:${pairKey(pair)}`).map((paused) => paused === true)],
    ['number_type_blocked', [refusal === 'number_type_blocked']],
    ['country_not_allowed', lists.map((list) => !list.includes(country!))],
  ];
  for (const [reason, refuses] of checks) {
    if (refuses.includes(true)) refusals.add(reason);
    if (!refuses.includes(false)) return { refusals, mayPass: false };
  }
  return { refusals, mayPass: true };
}
