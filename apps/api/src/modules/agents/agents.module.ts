import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuthModule } from '../auth/auth.public.js';
import { AgentEntity } from './agent.entity.js';
import { AgentRemovalListeners } from './agent-removal-listeners.js';
import { AgentsController } from './agents.controller.js';
import { AgentsRepository } from './agents.repository.js';
import { AgentsService } from './agents.service.js';
import { Agents } from './agents.js';

@Module({
  imports: [TypeOrmModule.forFeature([AgentEntity]), AuthModule],
  controllers: [AgentsController],
  providers: [AgentsService, AgentsRepository, AgentRemovalListeners, Agents],
  exports: [Agents, AgentRemovalListeners],
})
export class AgentsModule {}
