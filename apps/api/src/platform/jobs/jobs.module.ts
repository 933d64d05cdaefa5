import { Global, Module } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { JobClaims } from './job-claims.js';
import { JobQueues } from './job-queues.js';
import { Jobs } from './jobs.js';

/** The home of everything that runs without a request. */
@Global()
@Module({ imports: [ScheduleModule.forRoot()], providers: [JobClaims, JobQueues, Jobs], exports: [JobQueues, Jobs] })
export class JobsModule {}
