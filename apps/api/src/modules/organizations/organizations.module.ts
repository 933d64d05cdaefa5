import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { SYSTEM_POOL } from '../../platform/database/database.js';
import { AuthModule } from '../auth/auth.public.js';
import { OrganizationRemovalListeners } from './organization-removal-listeners.js';
import { OrganizationEntity } from './organization.entity.js';
import { OrganizationsController } from './organizations.controller.js';
import { OrganizationsRepository } from './organizations.repository.js';
import { OrganizationsService } from './organizations.service.js';

@Module({
  imports: [
    AuthModule,
    TypeOrmModule.forFeature([OrganizationEntity]),
    TypeOrmModule.forFeature([OrganizationEntity], SYSTEM_POOL),
  ],
  controllers: [OrganizationsController],
  providers: [OrganizationsRepository, OrganizationRemovalListeners, OrganizationsService],
  exports: [OrganizationRemovalListeners],
})
export class OrganizationsModule {}
