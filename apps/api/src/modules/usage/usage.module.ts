import { Module } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { ENV, type Env } from '../../config/env.js';
import { Database } from '../../platform/database/database.js';
import { AgentsModule } from '../agents/agents.public.js';
import { AuthModule } from '../auth/auth.public.js';
import { PhoneNumbersModule } from '../phone-numbers/phone-numbers.public.js';
import { MidnightJob } from './midnight.job.js';
import { MidnightService } from './midnight.service.js';
import { UsageController } from './usage.controller.js';
import { UsageRepository } from './usage.repository.js';
import { UsageService } from './usage.service.js';

@Module({
  imports: [
    ScheduleModule.forRootAsync({ inject: [ENV], useFactory: (env: Env) => ({ cronJobs: env.MIDNIGHT_JOB }) }),
    AgentsModule,
    AuthModule,
    PhoneNumbersModule,
  ],
  controllers: [UsageController],
  providers: [
    UsageService,
    UsageRepository,
    { provide: MidnightService, inject: [Database], useFactory: (database: Database) => new MidnightService(database) },
    MidnightJob,
  ],
})
export class UsageModule {}
