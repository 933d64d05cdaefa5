import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.public.js';
import { AuthorizeBatchController } from './authorize-batch.controller.js';
import { AuthorizeCallController } from './authorize-call.controller.js';
import { AuthorizeCallService } from './authorize-call.service.js';
import { AuthorizeCallShortcut } from './authorize-call.shortcut.js';
import { CallBatcher } from './call-batcher.js';
import { DecisionLogController } from './decision-log.controller.js';
import { DecisionLogRepository } from './decision-log.repository.js';
import { DecisionLogService } from './decision-log.service.js';
import { GateDatabase } from './gate-database.js';
import { OwnCalls } from './own-calls.js';
import { SettleCallController } from './settle-call.controller.js';
import { SettleCallService } from './settle-call.service.js';
import { SettlementRepository } from './settlement.repository.js';
import { SimulateCallController } from './simulate-call.controller.js';
import { SimulateCallService } from './simulate-call.service.js';

@Module({
  imports: [AuthModule],
  controllers: [
    AuthorizeBatchController,
    AuthorizeCallController,
    SettleCallController,
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
    OwnCalls,
    SettleCallService,
    SettlementRepository,
    SimulateCallService,
  ],
})
export class CallGateModule {}
