import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import { ENV, type Env } from '../../../config/env.js';
import { Database } from '../../../platform/database/database.js';
import { Outbox } from '../../../platform/events/outbox.js';
import { JobQueues } from '../../../platform/jobs/job-queues.js';
import { Jobs } from '../../../platform/jobs/jobs.js';
import { ImportsRepository } from '../jobs/imports.repository.js';
import { ABANDONED_JOBS, ORGANIZATIONS_TO_SERVE } from '../jobs/sql/import-jobs.sql.js';
import { ImportTurns } from './import-turns.js';

const QUEUE = 'imports';
const HEARTBEAT_SECONDS = 10;
const MAX_TURN_SECONDS = 6 * 3_600;
const SWEEP_SECONDS = 15;
const SWEEP_LIMIT_SECONDS = 300;

/**
 * Whose turn it is. A message stands for an organization, not for a file: the organization is served for a while and
 * goes to the end of the queue, so imports are one at a time within it and fair between all.
 *
 * A file that has arrived leaves an event in its own transaction, and the event puts the organization into the queue: a
 * process that dies in between loses neither. What is to be done stands in `import_jobs`; a message that is lost, or comes
 * twice, changes nothing.
 */
@Injectable()
export class ImportQueue implements OnModuleInit, OnApplicationBootstrap {
  constructor(
    @Inject(ENV) private readonly env: Env,
    private readonly database: Database,
    private readonly turns: ImportTurns,
    private readonly repository: ImportsRepository,
    private readonly queues: JobQueues,
    private readonly jobs: Jobs,
    private readonly outbox: Outbox,
  ) {}

  async onModuleInit(): Promise<void> {
    // Before any event is delivered into it.
    await this.queues.open({ name: QUEUE, heartbeatSeconds: HEARTBEAT_SECONDS, limitSeconds: MAX_TURN_SECONDS });
    this.outbox.register({
      consumer: 'imports.queue',
      type: 'import.received',
      handle: ({ organizationId }) => this.queues.send(QUEUE, organizationId),
    });
    this.jobs.register({
      name: 'imports.sweep',
      everySeconds: SWEEP_SECONDS,
      runsIn: 'cluster',
      limitSeconds: SWEEP_LIMIT_SECONDS,
      enabled: this.env.IMPORT_WORKER,
      run: () => this.sweep(),
    });
  }

  async onApplicationBootstrap(): Promise<void> {
    if (!this.env.IMPORT_WORKER) return;
    await this.queues.work(QUEUE, async (organizationId, signal) => {
      if (await this.turns.serve(organizationId, signal)) await this.queues.send(QUEUE, organizationId);
    });
  }

  /** Puts into the queue whatever is left to do and stands in no queue, and removes files that stopped arriving. */
  private async sweep(): Promise<null> {
    const { waiting, abandoned } = await this.database.asSystem(async (tx) => ({
      waiting: await tx.query<{ organizationId: string }>(ORGANIZATIONS_TO_SERVE),
      abandoned: await tx.query<{ organizationId: string; id: string }>(ABANDONED_JOBS),
    }));
    for (const { organizationId } of waiting) await this.queues.send(QUEUE, organizationId);
    for (const { organizationId, id } of abandoned) {
      await this.database.inTenant(organizationId, (tx) => this.repository.remove(tx, organizationId, id));
    }
    return null;
  }
}
