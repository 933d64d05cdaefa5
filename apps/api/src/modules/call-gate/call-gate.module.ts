import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.public.js';
import { AuthorizeCallController } from './authorize-call.controller.js';
import { AuthorizeCallService } from './authorize-call.service.js';
import { CallBatcher } from './call-batcher.js';
import { GateDatabase } from './gate-database.js';

@Module({
  imports: [AuthModule],
  controllers: [AuthorizeCallController],
  providers: [AuthorizeCallService, CallBatcher, GateDatabase],
})
export class CallGateModule {}
