import { isGivenBack } from './check-retries.js';
import type { Evidence, LedgerRow } from './evidence.js';
import { type ChaosRecord, type Pair, pairKey } from './record.js';
import { groupBy } from './grouping.js';
import type { Timelines } from './timelines.js';
import type { Violations } from './violations.js';

interface Rules {
  limit: number;
  paused: boolean;
  live: boolean;
  countries: string[] | null;
}

/** What is known of an assignment while the ledger is replayed. */
interface State extends Rules {
  pair: Pair;
  day: string;
  used: Map<string, number>;
}

type Event = { commit: number; order: number } & (
  | { kind: 'decision'; row: LedgerRow; state: State }
  | { kind: 'void'; row: LedgerRow; state: State }
  | { kind: 'rules'; state: State; rules: Rules }
  | { kind: 'reset'; state: State }
);

/** Replays decisions, voids and changes in the order in which they were committed. */
export function checkReplay(record: ChaosRecord, evidence: Evidence, violations: Violations): void {
  const states = new Map<string, State>();
  for (const pair of record.world.pairs) {
    const { limit, countries, isOriginal } = pair;
    states.set(pairKey(pair), { pair, limit, countries, paused: false, live: isOriginal, day: '', used: new Map() });
  }
  const defaults = new Map(record.world.organizations.map(({ id, defaultCountries }) => [id, defaultCountries]));
  for (const event of eventsOf(evidence, states)) {
    switch (event.kind) {
      case 'rules':
        Object.assign(event.state, event.rules);
        break;
      case 'reset':
        event.state.used.set(event.state.day, 0);
        break;
      case 'void':
        event.state.used.set(event.row.localDate, (event.state.used.get(event.row.localDate) ?? 0) - 1);
        break;
      case 'decision':
        replay(event.row, event.state, defaults.get(event.row.organizationId)!, violations);
    }
  }
}

function replay(row: LedgerRow, state: State, defaults: string[], violations: Violations): void {
  const { localDate, reason } = row;
  if (localDate < state.day)
    violations.add('day went back', `${row.id} (${reason}) counts for ${localDate} after ${state.day}`);
  // A refusal counts nothing, so it need not hold the day.
  if (row.allowed && localDate > state.day) state.day = localDate;
  const isCountryAllowed = (state.countries ?? defaults).includes(row.country ?? '');
  const used = state.used.get(localDate) ?? 0;
  const facts = `${row.id} (${reason}, ${localDate}): ${used} used before of ${state.limit}, the row says ${row.usedAfter} of ${row.limitAt}`;
  if (row.allowed) {
    state.used.set(localDate, used + 1);
    if (used + 1 > state.limit) violations.add('limit', facts);
    if (row.usedAfter !== used + 1) violations.add('count', facts);
    if (row.limitAt !== state.limit || state.paused || !state.live || !isCountryAllowed) {
      violations.add('old value', `${facts}; paused ${state.paused}, live ${state.live}, ${state.countries?.join()}`);
    }
  }
  const isGroundless =
    (reason === 'daily_limit_reached' && used < state.limit) ||
    (reason === 'assignment_paused' && !state.paused) ||
    (reason === 'country_not_allowed' && isCountryAllowed);
  if (isGroundless) violations.add('groundless refusal', facts);
}

function eventsOf(evidence: Evidence, states: Map<string, State>): Event[] {
  const events: Event[] = [];
  for (const row of evidence.ledger) {
    if (row.agentId === null || row.phoneNumberId === null) continue;
    const state = states.get(`${row.agentId}/${row.phoneNumberId}`);
    if (!state) continue;
    // In one batch the calls that were admitted come first, in the order of the count.
    events.push({ kind: 'decision', commit: row.commit, order: row.allowed ? (row.usedAfter ?? 0) : 1e9, row, state });
    if (row.voided) events.push({ kind: 'void', commit: row.rowCommit, order: -1, row, state });
  }
  for (const { agentId, phoneNumberId, commit, isReset, limit, paused, live, countries } of evidence.history) {
    const state = states.get(`${agentId}/${phoneNumberId}`);
    if (!state) continue;
    if (isReset) events.push({ kind: 'reset', commit, order: -1, state });
    else events.push({ kind: 'rules', commit, order: -1, state, rules: { limit, paused, live, countries } });
  }
  return events.sort((a, b) => a.commit - b.commit || a.order - b.order);
}

/** Day by day: what was admitted is within the greatest limit of the day, and is what counter and archive hold. */
export function checkArchive(
  record: ChaosRecord,
  evidence: Evidence,
  timelines: Timelines,
  violations: Violations,
): void {
  const countedCalls = new Map<string, number>();
  const add = (key: string, calls: number) => countedCalls.set(key, (countedCalls.get(key) ?? 0) + calls);
  for (const { agentId, phoneNumberId, day, calls } of evidence.archive)
    add(`${agentId}/${phoneNumberId} ${day}`, calls);
  for (const { agentId, phoneNumberId, day, calls } of evidence.counters)
    add(`${agentId}/${phoneNumberId} ${day}`, calls);
  const spans = spansByKey(record);
  const days = groupBy(
    evidence.ledger.filter(({ allowed, phoneNumberId }) => allowed && phoneNumberId !== null),
    ({ agentId, phoneNumberId, localDate }) => `${agentId}/${phoneNumberId} ${localDate}`,
  );
  for (const [key, rows] of days) {
    const admitted = rows.filter(({ voided }) => !voided).length;
    if (admitted !== (countedCalls.get(key) ?? 0)) {
      violations.add(
        'count',
        `${key}: ${admitted} in the ledger, ${countedCalls.get(key) ?? 0} in counter and archive`,
      );
    }
    countedCalls.delete(key);
    const fromMs = Math.min(...rows.map((row) => spans.get(row.key ?? '')?.[0] ?? record.startedMs));
    const toMs = Math.max(...rows.map((row) => spans.get(row.key ?? '')?.[1] ?? record.endedMs));
    const pair = key.split(' ')[0]!;
    const greatest = Math.max(...(timelines.possible(`limit:${pair}`, fromMs, toMs) as number[]));
    const resets = timelines.changesDuring(`reset:${pair.split('/')[0]}`, fromMs, toMs);
    if (admitted > greatest * (1 + resets)) {
      violations.add('limit', `${key}: ${admitted} admitted, the greatest limit of the day was ${greatest}`);
    }
    checkVoids(key, rows, timelines.possible(`limit:${pair}`, fromMs, record.endedMs) as number[], violations);
  }
  for (const [key, calls] of countedCalls) {
    if (calls !== 0) violations.add('count', `${key}: nothing in the ledger, ${calls} in counter and archive`);
  }
  checkSettlements(record, evidence, violations);
  checkRulesInForce(record, evidence, timelines, violations);
  checkSamples(record, violations);
}

/**
 * Ten calls of a day may be voided, or a tenth of its limit where that is more, and never more than the limit. Those
 * that the API gives back itself are not among them.
 */
function checkVoids(key: string, rows: LedgerRow[], limits: number[], violations: Violations): void {
  const voided = rows.filter((row) => row.voided && !isGivenBack(row)).length;
  const most = Math.max(...limits.map((limit) => Math.min(limit, Math.max(10, Math.floor(limit / 10)))));
  if (voided > most) violations.add('void', `${key}: ${voided} calls were given back, of ${most} that may be`);
}

/**
 * What was acknowledged as settled is, in that way and no other, and nothing is that was not asked for. A completed call is
 * completed again with another length: each is there once, the last in the ledger and those before in its corrections.
 */
function checkSettlements(record: ChaosRecord, evidence: Evidence, violations: Violations): void {
  const rows = new Map(evidence.ledger.map((row) => [row.id, row]));
  for (const { kind, authorizationId, durationSeconds, status } of record.settlements) {
    const row = rows.get(authorizationId);
    const isAsReported = kind === 'void' ? row?.voided : row?.completed && lengthsOf(row).includes(durationSeconds);
    if (status === 200 && !isAsReported)
      violations.add(kind, `of ${authorizationId} was acknowledged and is not there`);
  }
  const asked = groupBy(record.settlements, ({ authorizationId }) => authorizationId);
  for (const row of evidence.ledger) {
    const { id, voided, completed } = row;
    if (isGivenBack(row) || (!voided && !completed)) continue;
    const kind = voided ? 'void' : 'complete';
    const of = asked.get(id)?.filter((settlement) => settlement.kind === kind) ?? [];
    const asks = (length: number | null) => of.some((settlement) => voided || settlement.durationSeconds === length);
    if (!lengthsOf(row).every(asks)) violations.add(kind, `nobody asked for that of ${id}`);
    if (!isChain(row)) violations.add('correction', `of ${id} does not begin where the one before ended`);
  }
}

/** Every length that a completed call has had. */
const lengthsOf = ({ corrections, durationSeconds }: LedgerRow): (number | null)[] => [
  ...corrections.map(({ from }) => from),
  durationSeconds,
];

/** Whether the corrections of a call lead from one length to the next, up to that of the ledger, and to none twice. */
function isChain(row: LedgerRow): boolean {
  const lengths = lengthsOf(row);
  return (
    new Set(lengths).size === lengths.length && row.corrections.every(({ to }, index) => to === lengths[index + 1])
  );
}

function spansByKey(record: ChaosRecord): Map<string, [number, number]> {
  return new Map(
    record.calls.map(({ key, attempts }) => [
      key,
      [attempts[0]?.sentMs ?? record.startedMs, attempts.find(({ reported }) => reported)?.endedMs ?? record.endedMs],
    ]),
  );
}

/** Changes that were acknowledged are there in the end. */
function checkRulesInForce(
  record: ChaosRecord,
  evidence: Evidence,
  timelines: Timelines,
  violations: Violations,
): void {
  const counters = new Map(evidence.counters.map((counter) => [pairKey(counter), counter]));
  for (const pair of record.world.pairs) {
    const key = pairKey(pair);
    const counter = counters.get(key);
    // A number that an admin was refused for the agent.
    if (!counter && timelines.last(`live:${key}`) === false && !pair.isOriginal) continue;
    for (const name of ['limit', 'paused', 'live', 'countries'] as const) {
      const expected = timelines.last(`${name}:${key}`);
      if (JSON.stringify(counter?.[name]) === JSON.stringify(expected)) continue;
      violations.add(
        'lost change',
        `${name} of ${key} is ${String(counter?.[name])}, acknowledged ${String(expected)}`,
      );
    }
  }
}

function checkSamples(record: ChaosRecord, violations: Violations): void {
  const latest = new Map<string, string>();
  for (const sample of record.samples) {
    const before = latest.get(pairKey(sample));
    if (before !== undefined && sample.lastResetDate < before) {
      violations.add('day went back', `the counter of ${pairKey(sample)} from ${before} to ${sample.lastResetDate}`);
    }
    latest.set(pairKey(sample), sample.lastResetDate);
  }
}
