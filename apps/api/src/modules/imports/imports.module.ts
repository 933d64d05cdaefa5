import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.public.js';
import { OrganizationsModule } from '../organizations/organizations.public.js';
import { BulkUploadController } from './bulk-upload.controller.js';
import { BulkUploadService } from './bulk-upload.service.js';
import { CancelImportsOfRemovedOrganizations } from './cancel-imports-of-removed-organizations.js';
import { ImportMerge } from './import-merge.js';
import { ImportPace } from './import-pace.js';
import { ImportQueue } from './import-queue.js';
import { ImportTurns } from './import-turns.js';
import { ImportUndo } from './import-undo.js';
import { ImportsController } from './imports.controller.js';
import { ImportsRepository } from './imports.repository.js';
import { ImportsService } from './imports.service.js';

@Module({
  imports: [AuthModule, OrganizationsModule],
  controllers: [BulkUploadController, ImportsController],
  providers: [
    BulkUploadService,
    CancelImportsOfRemovedOrganizations,
    ImportsService,
    ImportsRepository,
    ImportQueue,
    ImportTurns,
    ImportMerge,
    ImportPace,
    ImportUndo,
  ],
})
export class ImportsModule {}
