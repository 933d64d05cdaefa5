import { Module } from '@nestjs/common';
import { AgentsModule } from '../agents/agents.public.js';
import { AuthModule } from '../auth/auth.public.js';
import { ClientsModule } from '../clients/clients.public.js';
import { OrganizationsModule } from '../organizations/organizations.public.js';
import { PhoneNumbersModule } from '../phone-numbers/phone-numbers.public.js';
import { AgentAssignmentsController } from './agent-assignments.controller.js';
import { AgentAssignmentsRepository } from './agent-assignments.repository.js';
import { AssignmentPagesRepository } from './assignment-pages.repository.js';
import { AgentAssignmentsService } from './agent-assignments.service.js';
import { AssignNumberService } from './assign-number.service.js';
import { AssignmentListsController } from './assignment-lists.controller.js';
import { AssignmentListsService } from './assignment-lists.service.js';
import { BulkAssignments } from './bulk/bulk-assignments.js';
import { BulkOperationsController } from './bulk/bulk-operations.controller.js';
import { BulkOperationsService } from './bulk/bulk-operations.service.js';
import { NumberAssignmentController } from './number-assignment.controller.js';
import { RetireNumbers } from './retire-numbers.js';

@Module({
  imports: [AgentsModule, AuthModule, ClientsModule, OrganizationsModule, PhoneNumbersModule],
  controllers: [
    AssignmentListsController,
    AgentAssignmentsController,
    BulkOperationsController,
    NumberAssignmentController,
  ],
  providers: [
    RetireNumbers,
    BulkOperationsService,
    BulkAssignments,
    AgentAssignmentsService,
    AssignmentListsService,
    AssignNumberService,
    AgentAssignmentsRepository,
    AssignmentPagesRepository,
  ],
})
export class AgentAssignmentsModule {}
