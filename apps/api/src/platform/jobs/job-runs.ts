import type { Logger } from '@nestjs/common';
import { reasonOf } from '../logging/reason-of.js';
import { type JobClaims, PROLONG_EVERY_MS } from './job-claims.js';
import { JobMetrics } from './job-metrics.js';
import type { Job } from './job.js';

const FIRST_RETRY_SECONDS = 2;
/** Half of the time between two ticks. */
const SLACK_MS = 500;

interface Run {
  /** Null for a job that claims nothing. */
  readonly id: string | null;
  readonly startedMs: number;
  readonly stop: AbortController;
  prolongedMs: number;
  overran: boolean;
}

/** The runs of one job in this process: at most one at a time. */
export class JobRuns {
  private readonly metrics: JobMetrics;
  private nextMs = 0;
  private failures = 0;
  private run: Run | null = null;
  private busy: Promise<void> | null = null;
  private again = false;
  private unreachable = false;
  private stopping = false;

  constructor(
    private readonly job: Job,
    private readonly claims: JobClaims,
    private readonly logger: Logger,
    private readonly nowMs: () => number = () => performance.now(),
  ) {
    this.metrics = new JobMetrics(job.name, () => (this.run ? (this.nowMs() - this.run.startedMs) / 1_000 : 0));
  }

  /** Starts a run when one is due, and looks after the one that is under way. It never throws. */
  tick(): void {
    if (this.run) void this.lookAfter(this.run);
    if (this.stopping || this.busy || this.nowMs() < this.nextMs) return;
    this.busy = this.attempt()
      .catch((error: unknown) => this.claimFailed(error))
      .finally(() => {
        this.busy = null;
        if (!this.again) return;
        this.again = false;
        this.wake();
      });
  }

  /** Runs the job now: there is something to do. A run that is under way may have passed it, so another one follows. */
  wake(): void {
    if (this.busy) {
      this.again = true;
      return;
    }
    this.nextMs = 0;
    this.tick();
  }

  /** Asks the run to end, and waits for it. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.run?.stop.abort(new Error('The process stops'));
    await this.busy;
  }

  private async attempt(): Promise<void> {
    const { job } = this;
    // Until something else is known. The timer comes a little early or late, which must not cost a period.
    this.nextMs = this.nowMs() + job.everySeconds * 1_000 - SLACK_MS;
    if (job.runsIn === 'process') return this.carryOut(null);
    const { runId, dueInSeconds, runningSeconds, succeededAt, failures } = await this.claims.claim(job.name);
    this.unreachable = false;
    this.failures = failures;
    if (succeededAt !== null) this.metrics.succeededAt(succeededAt);
    this.metrics.elsewhere(runningSeconds);
    this.nextMs = this.nowMs() + dueInSeconds * 1_000;
    if (runId !== null) await this.carryOut(runId);
  }

  private async carryOut(id: string | null): Promise<void> {
    const startedMs = this.nowMs();
    const run: Run = { id, startedMs, stop: new AbortController(), prolongedMs: startedMs, overran: false };
    this.run = run;
    let told: string | null = null;
    let failure: { error: unknown } | null = null;
    try {
      told = await this.job.run(run.stop.signal);
    } catch (error) {
      failure = { error };
    } finally {
      this.run = null;
    }
    const seconds = (this.nowMs() - startedMs) / 1_000;
    if (failure) return this.failed(run, failure.error, seconds);
    if (told !== null) this.logger.log(`Job ${this.job.name}: ${told}`);
    await this.succeeded(run, seconds);
  }

  private async succeeded(run: Run, seconds: number): Promise<void> {
    const { job, claims } = this;
    this.failures = 0;
    this.metrics.ended('succeeded', seconds);
    this.metrics.succeededAt(Date.now() / 1_000);
    if (run.id === null) return;
    // The claim says when the job is due again.
    this.nextMs = 0;
    // A run that was asked to end may have left some of its work: another process may go on at once.
    if (run.stop.signal.aborted) await claims.giveBack(job.name, run.id);
    else await claims.finish(job.name, run.id, job.everySeconds);
  }

  private async failed(run: Run, error: unknown, seconds: number): Promise<void> {
    const { job, claims } = this;
    const retrySeconds = retryAfter(this.failures, job.everySeconds);
    this.failures += 1;
    this.metrics.ended('failed', seconds);
    this.logger.error({
      msg: `Job ${job.name} failed and is tried again in ${Math.ceil(retrySeconds)} s`,
      job: job.name,
      failures: this.failures,
      stack: error instanceof Error ? error.stack : String(error),
    });
    this.nextMs = this.nowMs() + retrySeconds * 1_000;
    if (run.id === null) return;
    if (this.stopping) await claims.giveBack(job.name, run.id);
    else await claims.fail(job.name, run.id, retrySeconds, reasonOf(error));
  }

  /** Prolongs the claim of a run, or tells that it hangs and lets its claim run out, so that another process takes over. */
  private async lookAfter(run: Run): Promise<void> {
    const nowMs = this.nowMs();
    const { job } = this;
    if (run.overran) return;
    if (nowMs - run.startedMs > job.limitSeconds * 1_000) {
      run.overran = true;
      this.metrics.overran();
      this.logger.error({
        msg: `Job ${job.name} hangs: it has been running for more than ${job.limitSeconds} s. Another process may run it now`,
        job: job.name,
      });
      run.stop.abort(new Error(`Job ${job.name} took longer than ${job.limitSeconds} s`));
      return;
    }
    if (run.id === null || nowMs - run.prolongedMs < PROLONG_EVERY_MS) return;
    run.prolongedMs = nowMs;
    // A claim that cannot be prolonged runs out: the work must bear a second run at once anyway.
    await this.claims.prolong(job.name, run.id).catch(() => undefined);
  }

  /** The database could not be asked. Told once, and not at every attempt. */
  private claimFailed(error: unknown): void {
    this.nextMs = this.nowMs() + retryAfter(this.failures, this.job.everySeconds) * 1_000;
    this.failures += 1;
    if (this.unreachable) return;
    this.unreachable = true;
    this.logger.warn({
      msg: `Job ${this.job.name} could not be claimed, or its end not be noted, and is tried again: ${reasonOf(error)}`,
      job: this.job.name,
    });
  }
}

/** Longer after each failure, never longer than the period, and at random so that processes do not return together. */
export function retryAfter(failures: number, everySeconds: number): number {
  const longest = Math.min(everySeconds, FIRST_RETRY_SECONDS * 2 ** Math.min(failures, 10));
  return longest * (0.5 + Math.random() / 2);
}
