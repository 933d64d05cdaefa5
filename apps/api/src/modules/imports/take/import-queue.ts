import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { PgBoss } from 'pg-boss';
import { ENV, type Env } from '../../../config/env.js';
import { SYSTEM_SESSION } from '../../../platform/database/connection-options.js';
import { Database } from '../../../platform/database/database.js';
import { poolOptions } from '../../../platform/database/pool-options.js';
import { ImportsRepository } from '../jobs/imports.repository.js';
import { ABANDONED_JOBS, ORGANIZATIONS_TO_SERVE } from '../jobs/sql/import-jobs.sql.js';
import { ImportTurns } from './import-turns.js';

const QUEUE = 'imports';
const POOL_SIZE = 2;
const POLL_SECONDS = 1;
/** A worker that is silent for so long is dead, and its turn is given to another. */
const HEARTBEAT_SECONDS = 10;
const SUPERVISE_SECONDS = 5;
const MAX_TURN_SECONDS = 6 * 3_600;
const SWEEP_MS = 15_000;
const STOP_MS = 10_000;

interface Turn {
  organizationId: string;
}

/**
 * Whose turn it is. A message stands for an organization, not for a file: the organization is served for a while and
 * goes to the end of the queue, so imports are one at a time within it and fair between all.
 *
 * The queue is pg-boss's, in its own schema, reached by the system role alone. What is to be done stands in
 * `import_jobs`; a message that is lost, or comes twice, changes nothing.
 */
@Injectable()
export class ImportQueue implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('ImportQueue');
  private readonly boss: PgBoss;
  private worker: string | null = null;
  private sweeping: NodeJS.Timeout | undefined;
  private started: Promise<void> | null = null;

  constructor(
    @Inject(ENV) private readonly env: Env,
    private readonly database: Database,
    private readonly turns: ImportTurns,
    private readonly repository: ImportsRepository,
  ) {
    this.boss = new PgBoss({
      connectionString: env.SYSTEM_DATABASE_URL,
      application_name: 'ringfence-queue',
      ...poolOptions(SYSTEM_SESSION),
      schema: 'pgboss',
      max: POOL_SIZE,
      migrate: false,
      createSchema: false,
      schedule: false,
      reindex: false,
      monitorVacuum: false,
      supervise: env.IMPORT_WORKER,
      superviseIntervalSeconds: SUPERVISE_SECONDS,
      monitorIntervalSeconds: SUPERVISE_SECONDS,
    });
    this.boss.on('error', (error) => this.logger.error(`The queue of imports: ${String(error)}`));
  }

  onApplicationBootstrap(): Promise<void> {
    this.started = this.start();
    return this.started;
  }

  /** Lets the work in progress finish its chunk. Another process, or the next start, goes on with the rest. */
  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.sweeping);
    this.turns.stop();
    await this.started?.catch(() => undefined);
    await this.boss.stop({ graceful: true, timeout: STOP_MS });
  }

  /** Puts the organization into the queue, unless it stands there already. */
  async announce(organizationId: string): Promise<void> {
    await this.boss.send(QUEUE, { organizationId } satisfies Turn, {
      singletonKey: organizationId,
      group: { id: organizationId },
    });
    if (this.worker !== null) this.boss.notifyWorker(this.worker);
  }

  private async start(): Promise<void> {
    await this.boss.start();
    await this.boss.createQueue(QUEUE, {
      policy: 'stately',
      retryLimit: 1_000,
      retryDelay: 1,
      heartbeatSeconds: HEARTBEAT_SECONDS,
      expireInSeconds: MAX_TURN_SECONDS,
      deleteAfterSeconds: 3_600,
    });
    if (!this.env.IMPORT_WORKER) return;
    const options = { groupConcurrency: 1, pollingIntervalSeconds: POLL_SECONDS };
    this.worker = await this.boss.work<Turn>(QUEUE, options, async ([turn]) => {
      const { organizationId } = turn!.data;
      if (await this.turns.serve(organizationId)) await this.announce(organizationId);
    });
    this.sweeping = setInterval(() => void this.sweep(), SWEEP_MS);
    this.sweeping.unref();
    await this.sweep();
  }

  /** Announces whatever is left to do: the process that should have said so may have died. */
  private async sweep(): Promise<void> {
    try {
      const { waiting, abandoned } = await this.database.asSystem(async (tx) => ({
        waiting: await tx.query<Turn>(ORGANIZATIONS_TO_SERVE),
        abandoned: await tx.query<Turn & { id: string }>(ABANDONED_JOBS),
      }));
      for (const { organizationId } of waiting) await this.announce(organizationId);
      for (const { organizationId, id } of abandoned) {
        await this.database.inTenant(organizationId, (tx) => this.repository.remove(tx, organizationId, id));
      }
    } catch (error) {
      this.logger.warn(`Imports that wait could not be looked for: ${String(error)}`);
    }
  }
}
