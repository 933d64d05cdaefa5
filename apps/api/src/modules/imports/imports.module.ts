import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.public.js';
import { PhoneNumbersModule } from '../phone-numbers/phone-numbers.public.js';
import { BulkUploadController } from './bulk-upload.controller.js';
import { BulkUploadService } from './bulk-upload.service.js';
import { ImportsController } from './imports.controller.js';
import { ImportsRepository } from './imports.repository.js';
import { ImportsService } from './imports.service.js';
import { UploadChunks } from './upload-chunks.js';

@Module({
  imports: [AuthModule, PhoneNumbersModule],
  controllers: [BulkUploadController, ImportsController],
  providers: [BulkUploadService, UploadChunks, ImportsService, ImportsRepository],
})
export class ImportsModule {}
