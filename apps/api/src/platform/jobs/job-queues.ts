import { type BeforeApplicationShutdown, Inject, Injectable, Logger } from '@nestjs/common';
import { PgBoss } from 'pg-boss';
import { ENV, type Env } from '../../config/env.js';
import { SYSTEM_SESSION } from '../database/connection-options.js';
import { poolOptions } from '../database/pool-options.js';

const POOL_SIZE = 2;
const POLL_SECONDS = 1;
const SUPERVISE_SECONDS = 5;
const STOP_MS = 10_000;

interface QueueRules {
  name: string;
  /** A worker that is silent for so long is dead, and its message is given to another. */
  heartbeatSeconds: number;
  /** The longest that one message may take. */
  limitSeconds: number;
}

/** A message for a group. One of a group is worked on at a time, and a second one that waits is the same as the first. */
interface GroupMessage {
  group: string;
}

/**
 * Queues of messages that processes share: pg-boss, in its own schema, reached by the system role alone. What is to be done
 * stands in tables of the modules; a message that is lost, or comes twice, must change nothing.
 */
@Injectable()
export class JobQueues implements BeforeApplicationShutdown {
  private readonly logger = new Logger('JobQueues');
  private readonly boss: PgBoss;
  private readonly workers = new Map<string, string>();
  private readonly stopping = new AbortController();
  private started: Promise<unknown> | null = null;

  constructor(@Inject(ENV) env: Env) {
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
    this.boss.on('error', (error) => this.logger.error(`A queue: ${String(error)}`));
  }

  /** Makes the queue where there is none yet. */
  async open({ name, heartbeatSeconds, limitSeconds }: QueueRules): Promise<void> {
    this.started ??= this.boss.start();
    await this.started;
    await this.boss.createQueue(name, {
      policy: 'stately',
      retryLimit: 1_000,
      retryDelay: 1,
      heartbeatSeconds,
      expireInSeconds: limitSeconds,
      deleteAfterSeconds: 3_600,
    });
  }

  /** Puts a group into the queue, unless it stands there already. */
  async send(queue: string, group: string): Promise<void> {
    const message: GroupMessage = { group };
    await this.boss.send(queue, message, { singletonKey: group, group: { id: group } });
    const worker = this.workers.get(queue);
    if (worker !== undefined) this.boss.notifyWorker(worker);
  }

  /**
   * Works on messages of the queue, one at a time.
   *
   * @param handle its signal aborts when the process stops: then it ends soon, and what it leaves is sent again
   */
  async work(queue: string, handle: (group: string, signal: AbortSignal) => Promise<void>): Promise<void> {
    const options = { groupConcurrency: 1, pollingIntervalSeconds: POLL_SECONDS };
    const worker = await this.boss.work<GroupMessage>(queue, options, async ([message]) =>
      handle(message!.data.group, this.stopping.signal),
    );
    this.workers.set(queue, worker);
  }

  /** Lets the work in progress come to an end. Another process, or the next start, goes on with the rest. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.started?.catch(() => undefined);
    if (this.started) await this.boss.stop({ graceful: true, timeout: STOP_MS });
  }
}
