import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { ENV, type Env } from '../../../config/env.js';
import { Jobs } from '../../../platform/jobs/jobs.js';
import { LedgerDays } from './ledger-days.service.js';
import { LedgerGauges } from './ledger-gauges.js';

const EVERY_SECONDS = 60;
/** Longer than it takes to move a day of many calls out of the default partition. */
const LIMIT_SECONDS = 3_600;

/** Keeps the days of the ledger, and tells about them. */
@Injectable()
export class LedgerDaysJob implements OnModuleInit {
  constructor(
    private readonly days: LedgerDays,
    private readonly gauges: LedgerGauges,
    private readonly jobs: Jobs,
    @Inject(ENV) private readonly env: Pick<Env, 'LEDGER_JOB'>,
  ) {}

  onModuleInit(): void {
    this.jobs.register({
      name: 'call-gate.keep_ledger_days',
      everySeconds: EVERY_SECONDS,
      runsIn: 'cluster',
      limitSeconds: LIMIT_SECONDS,
      enabled: this.env.LEDGER_JOB,
      run: () => this.keep(),
    });
    // A process that leaves the days to others tells about them all the same.
    this.jobs.register({
      name: 'call-gate.tell_ledger_days',
      everySeconds: EVERY_SECONDS,
      runsIn: 'process',
      limitSeconds: EVERY_SECONDS,
      enabled: true,
      run: () => this.tell(),
    });
  }

  private async keep(): Promise<string | null> {
    const { made, moved, dropped } = await this.days.run();
    await this.tell();
    return made + dropped === 0
      ? null
      : `made ${made} days of the ledger, moved ${moved} calls there, dropped ${dropped} days`;
  }

  private async tell(): Promise<null> {
    this.gauges.tell(await this.days.state());
    return null;
  }
}
