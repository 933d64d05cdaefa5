import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.public.js';
import { BulkUploadController } from './bulk-upload.controller.js';
import { BulkUploadService } from './bulk-upload.service.js';
import { ImportMerge } from './import-merge.js';
import { ImportPace } from './import-pace.js';
import { ImportQueue } from './import-queue.js';
import { ImportTurns } from './import-turns.js';
import { ImportUndo } from './import-undo.js';
import { ImportsController } from './imports.controller.js';
import { ImportsRepository } from './imports.repository.js';
import { ImportsService } from './imports.service.js';

@Module({
  imports: [AuthModule],
  controllers: [BulkUploadController, ImportsController],
  providers: [
    BulkUploadService,
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
