import type { Evidence, LedgerRow } from './evidence.js';
import type { CallRecord, ChaosRecord, Pair, ReportedDecision } from './record.js';
import { pairKey } from './record.js';
import { CLOCK_SLACK_MS, checkRetries, isGivenBack } from './check-retries.js';
import { groupBy } from './grouping.js';
import { possibleReasons, type Span } from './possible-reasons.js';
import type { Timelines } from './timelines.js';
import type { Violations } from './violations.js';

/** Holds every answer against the ledger, and every decision against what was in force while it was asked for. */
export function checkReports(
  record: ChaosRecord,
  evidence: Evidence,
  timelines: Timelines,
  violations: Violations,
): void {
  const pairsOf = groupBy(record.world.pairs, ({ agentId }) => agentId);
  const defaults = new Map(record.world.organizations.map(({ id, defaultCountries }) => [id, defaultCountries]));
  const rowsOf = groupBy(evidence.ledger, ({ destination }) => destination);
  const settlements = groupBy(record.settlements, ({ authorizationId }) => authorizationId);
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
      checkGivenBack(call, row, violations);
      checkRetries(call, row, pairs, defaults.get(call.organizationId)!, settlements, timelines, violations);
      const span = spanOf(call, record.endedMs);
      checkReason(row, call, pairs, defaults.get(call.organizationId)!, timelines, span, violations);
      checkDate(row, timelines, span, violations);
    }
  }
  for (const row of evidence.ledger) {
    if (!asked.has(row.destination)) violations.add('counted once', `nobody asked to call ${row.destination}`);
  }
}

/** A decision fell between the first time that it was asked for and the first answer. */
function spanOf(call: CallRecord, endedMs: number): Span {
  const own = call.attempts.filter(({ reused }) => reused === undefined);
  return {
    fromMs: Math.min(...own.map(({ sentMs }) => sentMs)),
    toMs: Math.min(endedMs, ...own.filter(({ reported }) => reported !== undefined).map((attempt) => attempt.endedMs)),
  };
}

function checkAnswers(call: CallRecord, rows: LedgerRow[], violations: Violations): void {
  if (rows.length > 1) violations.add('counted once', `${call.key} was decided ${rows.length} times`);
  const answers: ReportedDecision[] = [];
  for (const { status, reported, strange, reused } of call.attempts) {
    if (strange !== undefined) violations.add('answer', `${call.key}: ${strange}`);
    if (reused !== undefined) {
      if (status === 200) violations.add('same answer', `${call.key} was taken for another call, to ${reused}`);
    } else if (status === 422) {
      violations.add('same answer', `${call.key} was refused as if it belonged to another call`);
    } else if (reported) answers.push(reported);
  }
  if (answers.length === 0) violations.add('unanswered', `${call.key} of ${call.agentId}: ${attemptsOf(call)}`);
  const decisions = answers.filter(({ replayed }) => !replayed).length;
  if (decisions > 1) violations.add('counted once', `${call.key} was told ${decisions} decisions`);
  for (const reported of answers) {
    if (reported.authorizationId !== answers[0]!.authorizationId) {
      violations.add('same answer', `${call.key}: ${JSON.stringify(answers[0])}, then ${JSON.stringify(reported)}`);
    }
    const row = rows.find(({ id }) => id === reported.authorizationId);
    if (!row) {
      violations.add(
        'lost acknowledgement',
        `${call.key}: ${reported.reasonCode} ${reported.authorizationId} is not in the ledger`,
      );
    } else if (!isAsReported(row, reported) && !isDeniedByNow(row, reported)) {
      violations.add(
        'same answer',
        `${call.key}: told ${JSON.stringify(reported)}, the ledger has ${JSON.stringify(row)}`,
      );
    }
  }
}

/** How often which API process gave which answer, how long it took on average, and what the last one said. */
function attemptsOf({ attempts }: CallRecord): string {
  const kinds = groupBy(attempts, ({ api, status }) => `${status} by ${api}`);
  const summary = [...kinds].map(([kind, of]) => {
    const ms = of.reduce((sum, { sentMs, endedMs }) => sum + endedMs - sentMs, 0) / of.length;
    return `${of.length} times ${kind} after ${Math.round(ms)} ms`;
  });
  const problem = attempts.findLast((attempt) => attempt.problem !== undefined)?.problem;
  return `${summary.join(', ')}; ${problem ?? 'no problem told'}`;
}

function isAsReported(row: LedgerRow, reported: ReportedDecision): boolean {
  return (
    row.allowed === reported.allowed &&
    row.allowed === (row.reason === 'allowed') &&
    row.reason === reported.reasonCode &&
    isOfRow(row, reported)
  );
}

function isOfRow(row: LedgerRow, reported: ReportedDecision): boolean {
  return (
    row.from === reported.from &&
    row.country === reported.country &&
    row.limitAt === reported.limit &&
    row.usedAfter === reported.used
  );
}

/** A retry of an allowed call may be denied; whether it had to be is for `checkRetries`. */
function isDeniedByNow(row: LedgerRow, reported: ReportedDecision): boolean {
  return (
    reported.replayed && row.allowed && !reported.allowed && reported.reasonCode !== 'allowed' && isOfRow(row, reported)
  );
}

/** Who was told that a call may be placed has placed it. */
function checkGivenBack(call: CallRecord, row: LedgerRow, violations: Violations): void {
  if (!isGivenBack(row)) return;
  const isTold = call.attempts.some(({ reported }) => reported?.allowed && reported.authorizationId === row.id);
  if (isTold) violations.add('void', `${call.key} was allowed and given back: its caller was told so`);
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
  span: Span,
  violations: Violations,
): void {
  const concerned =
    row.phoneNumberId === null ? pairs : pairs.filter((pair) => pair.phoneNumberId === row.phoneNumberId);
  const may = (pair: Pair): Set<string> => {
    const { refusals, mayPass } = possibleReasons(call, pair, defaults, timelines, span);
    if (!mayPass) return refusals;
    // Whether the limit was reached is told exactly by the order of commits.
    const limits = timelines.possible(`limit:${pairKey(pair)}`, span.fromMs, span.toMs) as number[];
    return row.limitAt !== null && limits.includes(row.limitAt)
      ? new Set([...refusals, 'allowed', 'daily_limit_reached'])
      : refusals;
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
