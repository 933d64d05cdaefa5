import { Counter, Gauge, Histogram } from 'prom-client';
import { reasonCodeList, type ReasonCode } from '#contracts';
import { metricsRegistry } from '../../../platform/metrics/metrics.js';
import type { CallDecision } from '../policy/call-decision.js';

const registers = [metricsRegistry];

const decisions = new Counter({
  name: 'ringfence_gate_decisions_total',
  help: 'Decisions of the call gate by reason code and outcome (decided now, or replayed for an idempotency key)',
  labelNames: ['reason_code', 'outcome'] as const,
  registers,
});

/** Why calls could not be decided. */
const unavailableCauses = ['queue_full', 'locked', 'database', 'access'] as const;
type UnavailableCause = (typeof unavailableCauses)[number];

const unavailable = new Counter({
  name: 'ringfence_gate_unavailable_total',
  help: 'Calls that could not be decided (503), by cause: too many were waiting, the assignment was locked for long, the database did not decide (in time), or it did not say who calls',
  labelNames: ['cause'] as const,
  registers,
});
for (const cause of unavailableCauses) unavailable.inc({ cause }, 0);

const clientGone = new Counter({
  name: 'ringfence_gate_client_gone_total',
  help: 'Calls whose client closed the connection before the answer, by whether they were decided all the same',
  labelNames: ['decided'] as const,
  registers,
});
for (const decided of ['false', 'true']) clientGone.inc({ decided }, 0);

/** What came of giving back a call that no client was told about. */
const giveBackResults = ['voided', 'retried', 'settled', 'failed'] as const;
export type GiveBackResult = (typeof giveBackResults)[number];

const givenBack = new Counter({
  name: 'ringfence_gate_given_back_total',
  help: 'Allowed calls whose client had hung up, by what came of them: voided, kept because a retry was answered or a settlement came first, or not given back in time',
  labelNames: ['result'] as const,
  registers,
});
for (const result of giveBackResults) givenBack.inc({ result }, 0);

const settlements = new Counter({
  name: 'ringfence_gate_settlements_total',
  help: 'Requests to complete or void an authorization, by what came of them; "repeated" was settled the same way before, "corrected" completed with other figures',
  labelNames: ['action', 'result'] as const,
  registers,
});

const batchSize = new Histogram({
  name: 'ringfence_gate_batch_size',
  help: 'Calls decided in one statement',
  buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512],
  registers,
});

const statementSeconds = new Histogram({
  name: 'ringfence_gate_statement_seconds',
  help: 'Time of one gate statement, commit included',
  buckets: [0.0005, 0.001, 0.002, 0.004, 0.008, 0.016, 0.032, 0.064, 0.25, 1, 4],
  registers,
});

let queueDepth: () => number = () => 0;

new Gauge({
  name: 'ringfence_gate_queue_depth',
  help: 'Calls that wait for a batch, or for a row that another transaction holds',
  registers,
  collect() {
    this.set(queueDepth());
  },
});

/** Looking a label up costs more than counting, so each counter is bound once. */
const bound = new Map<string, { inc(): void }>(
  reasonCodeList.flatMap((reason_code) =>
    (['decided', 'replayed'] as const).map(
      (outcome) => [`${reason_code} ${outcome}`, decisions.labels({ reason_code, outcome })] as const,
    ),
  ),
);

/** What an operator sees of the gate. No label ever holds a number, an agent or an organization. */
export const gateMetrics = {
  /** During an upgrade the database may answer a reason that this process does not know: it is counted under its own name. */
  decision(reasonCode: ReasonCode, outcome: CallDecision['outcome']): void {
    (bound.get(`${reasonCode} ${outcome}`) ?? decisions.labels({ reason_code: reasonCode, outcome })).inc();
  },
  unavailable(cause: UnavailableCause, calls: number): void {
    unavailable.inc({ cause }, calls);
  },
  clientGone(isDecided: boolean): void {
    clientGone.inc({ decided: String(isDecided) });
  },
  givenBack(result: GiveBackResult): void {
    givenBack.inc({ result });
  },
  settlement(action: 'complete' | 'void', result: string): void {
    settlements.inc({ action, result });
  },
  batch(size: number): void {
    batchSize.observe(size);
  },
  /** @param seconds from sending the statement to its answer after commit */
  statement(seconds: number): void {
    statementSeconds.observe(seconds);
  },
  watchQueue(depth: () => number): void {
    queueDepth = depth;
  },
};
