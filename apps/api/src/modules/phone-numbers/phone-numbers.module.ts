import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AgentsModule } from '../agents/agents.public.js';
import { AuthModule } from '../auth/auth.public.js';
import { ClientsModule } from '../clients/clients.public.js';
import { BulkPhoneNumbers } from './bulk-phone-numbers.js';
import { DisconnectRemovedAgents } from './disconnect-removed-agents.js';
import { NumberLifecycleController } from './number-lifecycle.controller.js';
import { NumberLifecycleRepository } from './number-lifecycle.repository.js';
import { NumberLifecycleService } from './number-lifecycle.service.js';
import { NumberListsController } from './number-lists.controller.js';
import { NumberListsService } from './number-lists.service.js';
import { PhoneNumberCountsRepository } from './phone-number-counts.repository.js';
import { PhoneNumberEntity } from './phone-number.entity.js';
import { PhoneNumberPagesRepository } from './phone-number-pages.repository.js';
import { PhoneNumberPlaces } from './phone-number-places.js';
import { PhoneNumberRegistry } from './phone-number-registry.js';
import { PhoneNumbersController } from './phone-numbers.controller.js';
import { PhoneNumbersRepository } from './phone-numbers.repository.js';
import { PhoneNumbersService } from './phone-numbers.service.js';
import { PhoneNumbers } from './phone-numbers.js';

@Module({
  imports: [TypeOrmModule.forFeature([PhoneNumberEntity]), AgentsModule, AuthModule, ClientsModule],
  controllers: [NumberListsController, PhoneNumbersController, NumberLifecycleController],
  providers: [
    BulkPhoneNumbers,
    PhoneNumbersService,
    PhoneNumbersRepository,
    NumberListsService,
    PhoneNumberCountsRepository,
    PhoneNumberPagesRepository,
    PhoneNumberPlaces,
    PhoneNumberRegistry,
    PhoneNumbers,
    DisconnectRemovedAgents,
    NumberLifecycleService,
    NumberLifecycleRepository,
  ],
  exports: [PhoneNumberPlaces, BulkPhoneNumbers, PhoneNumbers, PhoneNumberRegistry],
})
export class PhoneNumbersModule {}
