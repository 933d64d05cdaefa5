import { Module } from '@nestjs/common';
import { AgentsModule } from '../agents/agents.public.js';
import { AuthModule } from '../auth/auth.public.js';
import { PhoneNumbersModule } from '../phone-numbers/phone-numbers.public.js';
import { AgentAssignmentsController } from './agent-assignments.controller.js';
import { AgentAssignmentsRepository } from './agent-assignments.repository.js';
import { AgentAssignmentsService } from './agent-assignments.service.js';
import { AssignNumberService } from './assign-number.service.js';
import { NumberAssignmentController } from './number-assignment.controller.js';

@Module({
  imports: [AgentsModule, AuthModule, PhoneNumbersModule],
  controllers: [AgentAssignmentsController, NumberAssignmentController],
  providers: [AgentAssignmentsService, AssignNumberService, AgentAssignmentsRepository],
})
export class AgentAssignmentsModule {}
