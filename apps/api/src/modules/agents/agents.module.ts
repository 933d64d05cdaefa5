import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuthModule } from '../auth/auth.public.js';
import { ClientsModule } from '../clients/clients.public.js';
import { AgentEntity } from './agent.entity.js';
import { AgentRemovalListeners } from './agent-removal-listeners.js';
import { AgentsController } from './agents.controller.js';
import { AgentsRepository } from './agents.repository.js';
import { AgentsService } from './agents.service.js';
import { KeepAgentsOfRemovedClients } from './keep-agents-of-removed-clients.js';
import { AgentRegistry } from './agent-registry.js';
import { Agents } from './agents.js';

@Module({
  imports: [TypeOrmModule.forFeature([AgentEntity]), AuthModule, ClientsModule],
  controllers: [AgentsController],
  providers: [
    AgentsService,
    AgentsRepository,
    AgentRemovalListeners,
    AgentRegistry,
    Agents,
    KeepAgentsOfRemovedClients,
  ],
  exports: [AgentRegistry, Agents, AgentRemovalListeners],
})
export class AgentsModule {}
