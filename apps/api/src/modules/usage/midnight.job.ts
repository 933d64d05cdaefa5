import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { ENV, type Env } from '../../config/env.js';
import { Jobs } from '../../platform/jobs/jobs.js';
import { MidnightService } from './midnight.service.js';

/** Longer than the days of many organizations take to be rolled up after a stop of weeks. */
const LIMIT_SECONDS = 3_600;

/** Runs every minute, because organizations have their midnights at different minutes. */
@Injectable()
export class MidnightJob implements OnModuleInit {
  constructor(
    private readonly midnight: MidnightService,
    private readonly jobs: Jobs,
    @Inject(ENV) private readonly env: Env,
  ) {}

  onModuleInit(): void {
    this.jobs.register({
      name: 'usage.midnight',
      everySeconds: 60,
      runsIn: 'cluster',
      limitSeconds: LIMIT_SECONDS,
      enabled: this.env.MIDNIGHT_JOB,
      run: (signal) => this.run(signal),
    });
  }

  /** @throws Error when it failed for an organization, after it was done for the others */
  private async run(signal: AbortSignal): Promise<string | null> {
    const { organizations, counters, failures } = await this.midnight.run(signal);
    const told = `rolled up ${organizations} organizations, set ${counters} counters back`;
    if (failures > 0) throw new Error(`${told}, failed for ${failures} organizations`);
    return organizations + counters === 0 ? null : told;
  }
}
