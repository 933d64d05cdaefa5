import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { ENV, type Env } from '../../config/env.js';
import { Jobs } from '../../platform/jobs/jobs.js';
import { AuditChain } from './audit-chain.js';

const LIMIT_SECONDS = 600;

/**
 * Links new audit events every second, for what has no link yet can be removed without a trace. Every process does,
 * because the head of each chain is locked by one of them at a time.
 */
@Injectable()
export class AuditChainJob implements OnModuleInit {
  constructor(
    private readonly chain: AuditChain,
    private readonly jobs: Jobs,
    @Inject(ENV) private readonly env: Env,
  ) {}

  onModuleInit(): void {
    this.jobs.register({
      name: 'audit.chain',
      everySeconds: 1,
      runsIn: 'process',
      limitSeconds: LIMIT_SECONDS,
      enabled: this.env.AUDIT_CHAIN_JOB,
      run: (signal) => this.run(signal),
    });
  }

  /** @throws Error when it failed for an organization, after it was done for the others */
  private async run(signal: AbortSignal): Promise<null> {
    const { failures } = await this.chain.link(signal);
    if (failures > 0) throw new Error(`The chains of ${failures} organizations could not be linked`);
    return null;
  }
}
