import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AgentsModule } from '../agents/agents.public.js';
import { AuthModule } from '../auth/auth.public.js';
import { ClientsModule } from '../clients/clients.public.js';
import { BulkPhoneNumbers } from './bulk/bulk-phone-numbers.js';
import { DisconnectRemovedAgents } from './lifecycle/disconnect-removed-agents.js';
import { NumberLifecycleController } from './lifecycle/number-lifecycle.controller.js';
import { NumberLifecycleRepository } from './lifecycle/number-lifecycle.repository.js';
import { NumberLifecycleService } from './lifecycle/number-lifecycle.service.js';
import { NumberListsController } from './lists/number-lists.controller.js';
import { NumberListsService } from './lists/number-lists.service.js';
import { PhoneNumberCountsRepository } from './lists/phone-number-counts.repository.js';
import { PhoneNumberEntity } from './inventory/phone-number.entity.js';
import { PhoneNumberPagesRepository } from './lists/phone-number-pages.repository.js';
import { PhoneNumberPlaces } from './lists/phone-number-places.js';
import { PhoneNumberRegistry } from './inventory/phone-number-registry.js';
import { PhoneNumbersController } from './inventory/phone-numbers.controller.js';
import { PhoneNumbersRepository } from './inventory/phone-numbers.repository.js';
import { PhoneNumbersService } from './inventory/phone-numbers.service.js';
import { PhoneNumbers } from './inventory/phone-numbers.js';

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
