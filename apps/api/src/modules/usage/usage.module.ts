import { Module } from '@nestjs/common';
import { AgentsModule } from '../agents/agents.public.js';
import { AuthModule } from '../auth/auth.public.js';
import { PhoneNumbersModule } from '../phone-numbers/phone-numbers.public.js';
import { MidnightJob } from './midnight.job.js';
import { MidnightService } from './midnight.service.js';
import { UsageController } from './usage.controller.js';
import { UsageRepository } from './usage.repository.js';
import { UsageService } from './usage.service.js';

@Module({
  imports: [AgentsModule, AuthModule, PhoneNumbersModule],
  controllers: [UsageController],
  providers: [UsageService, UsageRepository, MidnightService, MidnightJob],
})
export class UsageModule {}
