import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { JobClaims } from './job-claims.js';
import { JobRuns } from './job-runs.js';
import type { Job } from './job.js';

const TICK_MS = 1_000;

/**
 * All background work that runs on a schedule. Modules register their jobs while they start. Every process has the same
 * schedule, so a job that must run once claims its period in the database first (`JobClaims`).
 */
@Injectable()
export class Jobs implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Jobs');
  private readonly runs = new Map<string, JobRuns>();
  private started = false;

  constructor(private readonly claims: JobClaims) {}

  /** @throws Error when there is a job of this name already */
  register(job: Job): void {
    if (this.runs.has(job.name)) throw new Error(`There are two jobs named ${job.name}`);
    if (job.enabled) this.runs.set(job.name, new JobRuns(job, this.claims, this.logger));
  }

  /** The jobs that this process runs. */
  names(): string[] {
    return [...this.runs.keys()].sort();
  }

  /** Runs a job as soon as possible, for there is something to do. Nothing happens where the job is not run. */
  wake(name: string): void {
    if (this.started) this.runs.get(name)?.wake();
  }

  onApplicationBootstrap(): void {
    this.started = true;
    this.tick();
  }

  /** Each job knows when it is due; one timer for all asks them. */
  @Interval('jobs', TICK_MS)
  tick(): void {
    if (!this.started) return;
    for (const runs of this.runs.values()) runs.tick();
  }

  /** Runs that are under way are asked to end, and finish what they are at. */
  async beforeApplicationShutdown(): Promise<void> {
    this.started = false;
    await Promise.all([...this.runs.values()].map((runs) => runs.stop()));
  }
}
