import { Module } from '@nestjs/common';
import { CallGateModule } from '../call-gate/call-gate.public.js';
import { DatabaseCheck } from './database-check.js';
import { HealthController } from './health.controller.js';
import { MetricsController } from './metrics.controller.js';
import { NumberingPlansAge } from './numbering-plans-age.js';
import { Readiness } from './readiness.js';

/** What operators and orchestrators ask of a running process. */
@Module({
  imports: [CallGateModule],
  controllers: [HealthController, MetricsController],
  providers: [DatabaseCheck, NumberingPlansAge, Readiness],
})
export class OperationsModule {}
