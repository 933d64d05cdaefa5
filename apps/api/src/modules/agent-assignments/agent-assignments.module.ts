import { Module } from '@nestjs/common';
import { AgentsModule } from '../agents/agents.public.js';
import { AuthModule } from '../auth/auth.public.js';
import { ClientsModule } from '../clients/clients.public.js';
import { OrganizationsModule } from '../organizations/organizations.public.js';
import { PhoneNumbersModule } from '../phone-numbers/phone-numbers.public.js';
import { AgentAssignmentRows } from './assign/agent-assignment-rows.js';
import { AgentAssignmentsController } from './assign/agent-assignments.controller.js';
import { AgentAssignmentsRepository } from './assign/agent-assignments.repository.js';
import { AssignmentPagesRepository } from './lists/assignment-pages.repository.js';
import { AgentAssignmentsService } from './assign/agent-assignments.service.js';
import { AssignNumberService } from './assign/assign-number.service.js';
import { AssignmentListsController } from './lists/assignment-lists.controller.js';
import { AssignmentListsService } from './lists/assignment-lists.service.js';
import { BulkAssignments } from './bulk/bulk-assignments.js';
import { BulkOperationsController } from './bulk/bulk-operations.controller.js';
import { BulkOperationsService } from './bulk/bulk-operations.service.js';
import { NumberAssignmentController } from './assign/number-assignment.controller.js';
import { RetireNumbers } from './assign/retire-numbers.js';

@Module({
  imports: [AgentsModule, AuthModule, ClientsModule, OrganizationsModule, PhoneNumbersModule],
  controllers: [
    AssignmentListsController,
    AgentAssignmentsController,
    BulkOperationsController,
    NumberAssignmentController,
  ],
  providers: [
    AgentAssignmentRows,
    RetireNumbers,
    BulkOperationsService,
    BulkAssignments,
    AgentAssignmentsService,
    AssignmentListsService,
    AssignNumberService,
    AgentAssignmentsRepository,
    AssignmentPagesRepository,
  ],
  exports: [AgentAssignmentRows, BulkAssignments],
})
export class AgentAssignmentsModule {}
