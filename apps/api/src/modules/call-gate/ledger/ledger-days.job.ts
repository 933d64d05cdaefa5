import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { setTimeout as delay } from 'node:timers/promises';
import { ENV, type Env } from '../../../config/env.js';
import { LedgerDays } from './ledger-days.service.js';
import { LedgerGauges } from './ledger-gauges.js';

const PAUSE_MS = 60_000;

/** Keeps the days of the ledger from the start on and every minute. It pauses between two runs, so that they never overlap. */
@Injectable()
export class LedgerDaysJob implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Ledger');
  private readonly stop = new AbortController();
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly days: LedgerDays,
    private readonly gauges: LedgerGauges,
    @Inject(ENV) private readonly env: Pick<Env, 'LEDGER_JOB'>,
  ) {}

  onApplicationBootstrap(): void {
    this.running = this.run();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stop.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    const { signal } = this.stop;
    while (!signal.aborted) {
      await this.once().catch((error: unknown) => {
        this.logger.error(`Keeping the days of the ledger failed and is tried again in a minute: ${String(error)}`);
      });
      await delay(PAUSE_MS, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  /** A process that leaves the days to others tells about them all the same. */
  private async once(): Promise<void> {
    if (this.env.LEDGER_JOB) await this.days.run();
    this.gauges.tell(await this.days.state());
  }
}
