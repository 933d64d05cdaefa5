import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuthModule } from '../auth/auth.public.js';
import { OrganizationRemovalListeners } from './organization-removal-listeners.js';
import { OrganizationEntity } from './organization.entity.js';
import { OrganizationsController } from './organizations.controller.js';
import { OrganizationsRepository } from './organizations.repository.js';
import { OrganizationsService } from './organizations.service.js';

@Module({
  imports: [AuthModule, TypeOrmModule.forFeature([OrganizationEntity])],
  controllers: [OrganizationsController],
  providers: [OrganizationsRepository, OrganizationRemovalListeners, OrganizationsService],
  exports: [OrganizationRemovalListeners],
})
export class OrganizationsModule {}
