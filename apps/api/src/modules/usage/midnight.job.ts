import { Injectable, Logger } from '@nestjs/common';
import { Cron, CronExpression } from '@nestjs/schedule';
import { MidnightService } from './midnight.service.js';

/** Runs every minute, because organizations have their midnights at different minutes. */
@Injectable()
export class MidnightJob {
  private readonly logger = new Logger(MidnightJob.name);

  constructor(private readonly midnight: MidnightService) {}

  @Cron(CronExpression.EVERY_MINUTE, { name: 'midnight', waitForCompletion: true })
  async run(): Promise<void> {
    try {
      const { organizations, counters, purgedKeys, failures } = await this.midnight.run();
      if (organizations + counters + purgedKeys + failures === 0) return;
      this.logger.log(
        `Midnight: rolled up ${organizations} organizations, set ${counters} counters back, ` +
          `purged ${purgedKeys} idempotency keys, ${failures} failures`,
      );
    } catch (error) {
      this.logger.error(`The midnight job failed and runs again in a minute: ${String(error)}`);
    }
  }
}
