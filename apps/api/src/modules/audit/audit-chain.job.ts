import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { setTimeout as delay } from 'node:timers/promises';
import { ENV, type Env } from '../../config/env.js';
import { AuditChain } from './audit-chain.js';

const PAUSE_MS = 1_000;

/**
 * Links new audit events every second, for what has no link yet can be removed without a trace. It pauses between two
 * runs, so that they never overlap.
 */
@Injectable()
export class AuditChainJob implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(AuditChainJob.name);
  private readonly stop = new AbortController();
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly chain: AuditChain,
    @Inject(ENV) private readonly env: Env,
  ) {}

  onApplicationBootstrap(): void {
    if (this.env.AUDIT_CHAIN_JOB) this.running = this.run();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stop.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    const { signal } = this.stop;
    while (!signal.aborted) {
      await this.chain.link().catch((error: unknown) => {
        this.logger.error(`Linking audit events failed and is tried again in a second: ${String(error)}`);
      });
      await delay(PAUSE_MS, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }
}
