import { Injectable } from '@nestjs/common';
import { Gauge } from 'prom-client';
import { metricsRegistry } from '../../../platform/metrics/metrics.js';
import type { LedgerState } from './sql/ledger-days.sql.js';

const daysAhead = new Gauge({
  name: 'ringfence_ledger_days_ahead',
  help: 'Days after today (UTC) that have a partition of the ledger, without a gap. 14 when all is well.',
  registers: [metricsRegistry],
});
const unplaced = new Gauge({
  name: 'ringfence_ledger_unplaced_rows',
  help: 'Rows of the ledger in its default partition, 100000 at most. 0 when all is well.',
  registers: [metricsRegistry],
});
const oldestDay = new Gauge({
  name: 'ringfence_ledger_oldest_day_timestamp_seconds',
  help: 'When the oldest day that the ledger keeps began, in seconds since 1970.',
  registers: [metricsRegistry],
});

/** The state of the ledger as metrics, renewed every minute. */
@Injectable()
export class LedgerGauges {
  tell(state: LedgerState): void {
    daysAhead.set(state.daysAhead);
    unplaced.set(state.unplaced);
    if (state.oldestDay !== null) oldestDay.set(Date.parse(`${state.oldestDay}T00:00:00Z`) / 1_000);
  }
}
