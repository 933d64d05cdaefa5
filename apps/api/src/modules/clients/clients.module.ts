import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.public.js';
import { ClientRemovalListeners } from './client-removal-listeners.js';
import { ClientsController } from './clients.controller.js';
import { ClientsRepository } from './clients.repository.js';
import { ClientsService } from './clients.service.js';
import { Clients } from './clients.js';

@Module({
  imports: [AuthModule],
  controllers: [ClientsController],
  providers: [ClientsService, ClientsRepository, ClientRemovalListeners, Clients],
  exports: [Clients, ClientRemovalListeners],
})
export class ClientsModule {}
