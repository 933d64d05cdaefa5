import { type DynamicModule, Module } from '@nestjs/common';
import type { Env } from './config/env.js';
import { SettingsModule } from './config/settings.module.js';
import { AgentAssignmentsModule } from './modules/agent-assignments/agent-assignments.public.js';
import { AgentsModule } from './modules/agents/agents.public.js';
import { AuditTrailModule } from './modules/audit-trail/audit-trail.public.js';
import { AuditModule } from './modules/audit/audit.public.js';
import { AuthModule } from './modules/auth/auth.public.js';
import { CallGateModule } from './modules/call-gate/call-gate.public.js';
import { ClientsModule } from './modules/clients/clients.public.js';
import { ImportsModule } from './modules/imports/imports.public.js';
import { OperationsModule } from './modules/operations/operations.public.js';
import { OrganizationsModule } from './modules/organizations/organizations.public.js';
import { PhoneNumbersModule } from './modules/phone-numbers/phone-numbers.public.js';
import { UsageModule } from './modules/usage/usage.public.js';
import { DatabaseModule } from './platform/database/database.module.js';
import { EventsModule } from './platform/events/events.module.js';
import { JobsModule } from './platform/jobs/jobs.module.js';

/** The whole API. */
@Module({})
export class AppModule {
  static register(env: Env): DynamicModule {
    return {
      module: AppModule,
      imports: [
        SettingsModule.register(env),
        DatabaseModule,
        JobsModule,
        EventsModule,
        AuditModule,
        AuthModule,
        AuditTrailModule,
        OrganizationsModule,
        ClientsModule,
        AgentsModule,
        PhoneNumbersModule,
        ImportsModule,
        AgentAssignmentsModule,
        UsageModule,
        CallGateModule,
        OperationsModule,
      ],
    };
  }
}
