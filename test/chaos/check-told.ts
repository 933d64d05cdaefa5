import type { Evidence, LedgerRow } from './evidence.js';
import type { CallRecord, ChaosRecord, Pair, ToldDecision } from './record.js';
import { pairKey } from './record.js';
import { groupBy } from './grouping.js';
import type { Timelines } from './timelines.js';
import type { Violations } from './violations.js';

/** Clock of the test and clock of the database are the same machine's, read in different ways. */
const CLOCK_SLACK_MS = 100;

/** Holds every answer against the ledger, and every decision against what was in force while it was asked for. */
export function checkTold(record: ChaosRecord, evidence: Evidence, timelines: Timelines, violations: Violations): void {
  const pairsOf = groupBy(record.world.pairs, ({ agentId }) => agentId);
  const defaults = new Map(record.world.organizations.map(({ id, defaultCountries }) => [id, defaultCountries]));
  const rowsOf = groupBy(evidence.ledger, ({ destination }) => destination);
  const asked = new Set<string>();
  for (const call of record.calls) {
    asked.add(call.destination.number);
    const rows = rowsOf.get(call.destination.number) ?? [];
    const pairs = (pairsOf.get(call.agentId) ?? []).filter(
      ({ phoneNumberId }) => call.phoneNumberId === null || call.phoneNumberId === phoneNumberId,
    );
    checkAnswers(call, rows, violations);
    for (const row of rows) {
      checkRow(call, row, pairs, violations);
      const span = spanOf(call, record.endedMs);
      checkReason(row, call, pairs, defaults.get(call.organizationId)!, timelines, span, violations);
      checkDate(row, timelines, span, violations);
    }
  }
  for (const row of evidence.ledger) {
    if (!asked.has(row.destination)) violations.add('counted once', `nobody asked to call ${row.destination}`);
  }
}

interface Span {
  fromMs: number;
  toMs: number;
}

/** A decision fell between the first time that it was asked for and the first answer. */
function spanOf(call: CallRecord, endedMs: number): Span {
  const own = call.attempts.filter(({ reused }) => reused === undefined);
  return {
    fromMs: Math.min(...own.map(({ sentMs }) => sentMs)),
    toMs: Math.min(endedMs, ...own.filter(({ told }) => told !== undefined).map((attempt) => attempt.endedMs)),
  };
}

function checkAnswers(call: CallRecord, rows: LedgerRow[], violations: Violations): void {
  if (rows.length > 1) violations.add('counted once', `${call.key} was decided ${rows.length} times`);
  const answers: ToldDecision[] = [];
  for (const { status, told, strange, reused } of call.attempts) {
    if (strange !== undefined) violations.add('answer', `${call.key}: ${strange}`);
    if (reused !== undefined) {
      if (status === 200) violations.add('same answer', `${call.key} was taken for another call, to ${reused}`);
    } else if (status === 422) {
      violations.add('same answer', `${call.key} was refused as if it belonged to another call`);
    } else if (told) answers.push(told);
  }
  if (answers.length === 0) violations.add('unanswered', `${call.key} of ${call.agentId}: ${attemptsOf(call)}`);
  for (const told of answers) {
    if (JSON.stringify(told) !== JSON.stringify(answers[0])) {
      violations.add('same answer', `${call.key}: ${JSON.stringify(answers[0])}, then ${JSON.stringify(told)}`);
    }
    const row = rows.find(({ id }) => id === told.authorizationId);
    if (!row) {
      violations.add(
        'lost acknowledgement',
        `${call.key}: ${told.reasonCode} ${told.authorizationId} is not in the ledger`,
      );
    } else if (!isAsTold(row, told)) {
      violations.add('same answer', `${call.key}: told ${JSON.stringify(told)}, the ledger has ${JSON.stringify(row)}`);
    }
  }
}

/** How often which API process gave which answer, how long it took on average, and what the last one said. */
function attemptsOf({ attempts }: CallRecord): string {
  const kinds = groupBy(attempts, ({ api, status }) => `${status} by ${api}`);
  const told = [...kinds].map(([kind, of]) => {
    const ms = of.reduce((sum, { sentMs, endedMs }) => sum + endedMs - sentMs, 0) / of.length;
    return `${of.length} times ${kind} after ${Math.round(ms)} ms`;
  });
  const problem = attempts.findLast((attempt) => attempt.problem !== undefined)?.problem;
  return `${told.join(', ')}; ${problem ?? 'no problem told'}`;
}

function isAsTold(row: LedgerRow, told: ToldDecision): boolean {
  return (
    row.allowed === told.allowed &&
    row.allowed === (row.reason === 'allowed') &&
    row.reason === told.reasonCode &&
    row.from === told.from &&
    row.country === told.country &&
    row.limitAt === told.limit &&
    row.usedAfter === told.used
  );
}

function checkRow(call: CallRecord, row: LedgerRow, pairs: Pair[], violations: Violations): void {
  const { destination } = call;
  if (row.key !== call.key) violations.add('counted once', `${call.key}: the ledger's row has the key ${row.key}`);
  if (row.country !== destination.country) {
    violations.add('country', `${destination.number} is in ${destination.country}, decided as ${row.country}`);
  }
  if (row.agentId !== null && row.agentId !== call.agentId) {
    violations.add('caller id', `${call.key}: asked for agent ${call.agentId}, decided for ${row.agentId}`);
  }
  const owns = pairs.some((pair) => pair.phoneNumberId === row.phoneNumberId && pair.phoneNumber === row.from);
  if (!owns && (row.allowed || row.from !== null)) {
    violations.add('caller id', `${call.key}: ${row.from} is no number of the agent ${call.agentId}`);
  }
}

/** Every reason must have been true of one of the assignments in question at some moment of the span. */
function checkReason(
  row: LedgerRow,
  call: CallRecord,
  pairs: Pair[],
  defaults: string[],
  timelines: Timelines,
  { fromMs, toMs }: Span,
  violations: Violations,
): void {
  const concerned =
    row.phoneNumberId === null ? pairs : pairs.filter((pair) => pair.phoneNumberId === row.phoneNumberId);
  const may = (pair: Pair): Set<string> => {
    const possible = (field: string) => timelines.possible(field, fromMs, toMs);
    const reasons = new Set<string>();
    const { refusal, country } = call.destination;
    const live = possible(`live:${pairKey(pair)}`);
    if (refusal === 'destination_invalid') return new Set([refusal]);
    if (live.includes(false)) reasons.add('no_assignment');
    if (!live.includes(true)) return reasons;
    const suspended = possible(`suspended:${pair.organizationId}`);
    if (suspended.includes(true)) reasons.add('organization_suspended');
    if (!suspended.includes(false)) return reasons;
    if (possible(`agent:${pair.agentId}`).includes('inactive')) reasons.add('agent_inactive');
    if (!possible(`agent:${pair.agentId}`).includes('active')) return reasons;
    if (possible(`number:${pair.phoneNumberId}`).includes('inactive')) reasons.add('number_inactive');
    if (!possible(`number:${pair.phoneNumberId}`).includes('active')) return reasons;
    if (possible(`paused:${pairKey(pair)}`).includes(true)) reasons.add('assignment_paused');
    if (!possible(`paused:${pairKey(pair)}`).includes(false)) return reasons;
    if (refusal) return reasons.add(refusal);
    const lists = (possible(`countries:${pairKey(pair)}`) as (string[] | null)[]).map((list) => list ?? defaults);
    if (lists.some((list) => !list.includes(country!))) reasons.add('country_not_allowed');
    if (!lists.some((list) => list.includes(country!))) return reasons;
    // Whether the limit was reached is told exactly by the order of commits.
    const limits = possible(`limit:${pairKey(pair)}`) as number[];
    if (row.limitAt !== null && limits.includes(row.limitAt)) reasons.add('allowed').add('daily_limit_reached');
    return reasons;
  };
  // Of several numbers the gate may choose any, but it must not overlook one that the agent had all the while.
  const overlooks = row.reason === 'no_assignment' && concerned.some((pair) => !may(pair).has('no_assignment'));
  if (!overlooks && concerned.some((pair) => may(pair).has(row.reason))) return;
  const expected = [...new Set(concerned.flatMap((pair) => [...may(pair)]))].join(' or ');
  const detail = `${call.key}: ${row.reason} (limit ${row.limitAt}) where only ${expected} was possible`;
  violations.add(row.allowed ? 'old value' : 'groundless refusal', detail);
}

/** The decision's time is the database's turned clock; its date follows from the zone, or is one that came before. */
function checkDate(row: LedgerRow, timelines: Timelines, { fromMs, toMs }: Span, violations: Violations): void {
  const offsets = timelines.possible('clock', fromMs, toMs) as number[];
  const isOnTime = offsets.some(
    (offset) => row.decidedMs >= fromMs + offset - CLOCK_SLACK_MS && row.decidedMs <= toMs + offset + CLOCK_SLACK_MS,
  );
  if (!isOnTime) violations.add('local date', `${row.id} was decided at ${new Date(row.decidedMs).toISOString()}`);
  const dates = timelines.dates(row.organizationId, row.decidedMs, fromMs, toMs);
  if (dates.has(row.localDate)) return;
  const earliest = [...dates].sort()[0]!;
  if (row.localDate > earliest && row.localDate <= timelines.latestDate(row.organizationId, toMs)) return;
  const at = new Date(row.decidedMs).toISOString();
  violations.add('local date', `${row.id} at ${at} counts for ${row.localDate}, not ${[...dates].join(' or ')}`);
}
