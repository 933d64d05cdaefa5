import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.public.js';
import { AuthorizeBatchController } from './authorize/authorize-batch.controller.js';
import { AuthorizeCallController } from './authorize/authorize-call.controller.js';
import { AuthorizeCallService } from './authorize/authorize-call.service.js';
import { AuthorizeCallShortcut } from './authorize/authorize-call.shortcut.js';
import { DecisionLogController } from './decision-log/decision-log.controller.js';
import { DecisionLogRepository } from './decision-log/decision-log.repository.js';
import { DecisionLogService } from './decision-log/decision-log.service.js';
import { CallBatcher } from './engine/call-batcher.js';
import { GateDatabase } from './engine/gate-database.js';
import { GivenBackCalls } from './engine/given-back-calls.js';
import { LedgerDaysJob } from './ledger/ledger-days.job.js';
import { LedgerDays } from './ledger/ledger-days.service.js';
import { LedgerGauges } from './ledger/ledger-gauges.js';
import { OwnCalls } from './policy/own-calls.js';
import { IdempotencyKeyPurge } from './retention/idempotency-key-purge.js';
import { IdempotencyKeyPurgeJob } from './retention/idempotency-key-purge.job.js';
import { SettleCallController } from './settle/settle-call.controller.js';
import { SettleNamedCallController } from './settle/settle-named-call.controller.js';
import { SettleCallService } from './settle/settle-call.service.js';
import { SettlementRepository } from './settle/settlement.repository.js';
import { SimulateCallController } from './simulate/simulate-call.controller.js';
import { SimulateCallService } from './simulate/simulate-call.service.js';

@Module({
  imports: [AuthModule],
  controllers: [
    AuthorizeBatchController,
    AuthorizeCallController,
    SettleCallController,
    SettleNamedCallController,
    SimulateCallController,
    DecisionLogController,
  ],
  providers: [
    DecisionLogRepository,
    DecisionLogService,
    AuthorizeCallService,
    AuthorizeCallShortcut,
    CallBatcher,
    GateDatabase,
    GivenBackCalls,
    LedgerDays,
    LedgerDaysJob,
    LedgerGauges,
    IdempotencyKeyPurge,
    IdempotencyKeyPurgeJob,
    OwnCalls,
    SettleCallService,
    SettlementRepository,
    SimulateCallService,
  ],
  exports: [LedgerDays],
})
export class CallGateModule {}
