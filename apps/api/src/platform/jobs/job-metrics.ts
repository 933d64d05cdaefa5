import { Counter, Gauge, Histogram } from 'prom-client';
import { metricsRegistry } from '../metrics/metrics.js';

const runs = new Counter({
  name: 'ringfence_job_runs_total',
  help: 'Runs of background jobs in this process, by result: succeeded, failed.',
  labelNames: ['job', 'result'] as const,
  registers: [metricsRegistry],
});

const duration = new Histogram({
  name: 'ringfence_job_duration_seconds',
  help: 'How long runs of background jobs took in this process.',
  labelNames: ['job'] as const,
  buckets: [0.005, 0.02, 0.1, 0.5, 2, 10, 60, 300, 1_800],
  registers: [metricsRegistry],
});

const overruns = new Counter({
  name: 'ringfence_job_overruns_total',
  help: 'Runs that took longer than they may, counted when they did: the job hangs.',
  labelNames: ['job'] as const,
  registers: [metricsRegistry],
});

const lastSuccess = new Gauge({
  name: 'ringfence_job_last_success_timestamp_seconds',
  help: 'When the job last succeeded: in any process for jobs that one process runs, else in this one.',
  labelNames: ['job'] as const,
  registers: [metricsRegistry],
});

const running = new Gauge({
  name: 'ringfence_job_running_seconds',
  help: 'How long the current run has been going on, also in another process as last seen; 0 when there is none.',
  labelNames: ['job'] as const,
  registers: [metricsRegistry],
  collect: () => {
    for (const [job, seconds] of runningSince) running.set({ job }, seconds());
  },
});

const runningSince = new Map<string, () => number>();

/** What is measured of one job. */
export class JobMetrics {
  private readonly labels: { job: string };
  private readonly inThisProcess: () => number;

  /** @param inThisProcess how many seconds the run of this process has been going on, 0 without one */
  constructor(job: string, inThisProcess: () => number) {
    this.labels = { job };
    this.inThisProcess = inThisProcess;
    this.elsewhere(null);
  }

  ended(result: 'succeeded' | 'failed', seconds: number): void {
    runs.inc({ ...this.labels, result });
    duration.observe(this.labels, seconds);
  }

  succeededAt(epochSeconds: number): void {
    lastSuccess.set(this.labels, epochSeconds);
  }

  overran(): void {
    overruns.inc(this.labels);
  }

  /** @param seconds how long another process has been running the job; null for none */
  elsewhere(seconds: number | null): void {
    runningSince.set(this.labels.job, () => this.inThisProcess() || (seconds ?? 0));
  }
}
