import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Gauge } from 'prom-client';
import { phoneMetadata, phoneMetadataAgeDays } from '#phone';
import { metricsRegistry } from '../../platform/metrics/metrics.js';

/** Area codes go into service every month, and the library follows about as often. */
const OLD_AFTER_DAYS = 180;

new Gauge({
  name: 'ringfence_phone_metadata_age_days',
  help: 'How long ago the numbering plans that this version knows were published',
  registers: [metricsRegistry],
  collect() {
    this.set(phoneMetadataAgeDays(new Date()));
  },
});

/** What is to be said about the numbering plans at that time; null while they are recent. */
export function complaintOfOldPlans(at: Date): string | null {
  const days = phoneMetadataAgeDays(at);
  if (days <= OLD_AFTER_DAYS) return null;
  const { library, version, publishedOn } = phoneMetadata;
  return (
    `The numbering plans (${library} ${version}) are of ${publishedOn}, ${days} days old. Numbers of newer area codes are ` +
    'refused as invalid. Update to a newer version.'
  );
}

/** Tells the log, once at the start, that numbers of new area codes may be refused. Calls are decided all the same. */
@Injectable()
export class NumberingPlansAge implements OnApplicationBootstrap {
  private readonly logger = new Logger('NumberingPlans');

  onApplicationBootstrap(): void {
    const complaint = complaintOfOldPlans(new Date());
    if (complaint !== null) this.logger.warn(complaint);
  }
}
