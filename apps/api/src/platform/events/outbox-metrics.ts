import { Counter, Gauge } from 'prom-client';
import { metricsRegistry } from '../metrics/metrics.js';

const deliveries = new Counter({
  name: 'ringfence_outbox_deliveries_total',
  help: 'Attempts of this process to deliver events, by result: delivered, failed (tried again), dead (given up).',
  labelNames: ['consumer', 'result'] as const,
  registers: [metricsRegistry],
});

const undelivered = new Gauge({
  name: 'ringfence_outbox_undelivered',
  help: 'Events in the database, by state: waiting, dead (given up).',
  labelNames: ['consumer', 'state'] as const,
  registers: [metricsRegistry],
});

const oldest = new Gauge({
  name: 'ringfence_outbox_oldest_seconds',
  help: 'Age of the oldest event that waits; 0 when none does.',
  labelNames: ['consumer'] as const,
  registers: [metricsRegistry],
});

export const outboxMetrics = {
  attempt: (consumer: string, result: 'delivered' | 'failed' | 'dead') => deliveries.inc({ consumer, result }),
  standing: (consumer: string, { waiting, dead, oldestSeconds }: Standing) => {
    undelivered.set({ consumer, state: 'waiting' }, waiting);
    undelivered.set({ consumer, state: 'dead' }, dead);
    oldest.set({ consumer }, oldestSeconds);
  },
};

interface Standing {
  waiting: number;
  dead: number;
  oldestSeconds: number;
}
