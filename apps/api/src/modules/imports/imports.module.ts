import { Module } from '@nestjs/common';
import { AgentAssignmentsModule } from '../agent-assignments/agent-assignments.public.js';
import { AgentsModule } from '../agents/agents.public.js';
import { AuthModule } from '../auth/auth.public.js';
import { OrganizationsModule } from '../organizations/organizations.public.js';
import { PhoneNumbersModule } from '../phone-numbers/phone-numbers.public.js';
import { AgentUploadController } from './agents/agent-upload.controller.js';
import { CancelImportsOfRemovedOrganizations } from './jobs/cancel-imports-of-removed-organizations.js';
import { ImportsController } from './jobs/imports.controller.js';
import { ImportsRepository } from './jobs/imports.repository.js';
import { ImportsService } from './jobs/imports.service.js';
import { BulkUploadController } from './receive/bulk-upload.controller.js';
import { BulkUploadService } from './receive/bulk-upload.service.js';
import { ImportMerge } from './take/import-merge.js';
import { ImportPace } from './take/import-pace.js';
import { ImportQueue } from './take/import-queue.js';
import { ImportTurns } from './take/import-turns.js';
import { NumberRemoval } from './take/number-removal.js';
import { ImportUndo } from './undo/import-undo.js';

@Module({
  imports: [AgentAssignmentsModule, AgentsModule, AuthModule, OrganizationsModule, PhoneNumbersModule],
  controllers: [AgentUploadController, BulkUploadController, ImportsController],
  providers: [
    BulkUploadService,
    CancelImportsOfRemovedOrganizations,
    ImportsService,
    ImportsRepository,
    ImportQueue,
    ImportTurns,
    ImportMerge,
    NumberRemoval,
    ImportPace,
    ImportUndo,
  ],
})
export class ImportsModule {}
