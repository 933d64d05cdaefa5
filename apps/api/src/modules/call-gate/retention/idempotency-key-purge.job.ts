import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { ENV, type Env } from '../../../config/env.js';
import { Jobs } from '../../../platform/jobs/jobs.js';
import { IdempotencyKeyPurge } from './idempotency-key-purge.js';

/** Keeps the table of keys at what `IDEMPOTENCY_RETENTION_HOURS` promises. */
@Injectable()
export class IdempotencyKeyPurgeJob implements OnModuleInit {
  constructor(
    private readonly purge: IdempotencyKeyPurge,
    private readonly jobs: Jobs,
    @Inject(ENV) private readonly env: Env,
  ) {}

  onModuleInit(): void {
    this.jobs.register({
      name: 'call-gate.purge_idempotency_keys',
      everySeconds: 60,
      runsIn: 'cluster',
      limitSeconds: 600,
      enabled: this.env.MIDNIGHT_JOB,
      run: (signal) => this.run(signal),
    });
  }

  private async run(signal: AbortSignal): Promise<string | null> {
    const purged = await this.purge.run(signal);
    return purged === 0 ? null : `deleted ${purged} idempotency keys`;
  }
}
