import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import type { OutboxEventType, OutboxPayload } from '#contracts';
import { Database, type Transaction } from '../database/database.js';
import { Jobs } from '../jobs/jobs.js';
import { OutboxDelivery } from './outbox-delivery.js';
import type { OutboxHandler } from './outbox-handler.js';
import { outboxMetrics } from './outbox-metrics.js';
import { COUNT_UNDELIVERED, PURGE_EVENTS, RECORD_EVENT, type UndeliveredRow } from './sql/outbox.sql.js';

/** How soon an event arrives whose process could not deliver it itself. */
const DELIVER_SECONDS = 5;
/** No consumer may hang longer: each event has its own, much shorter limit. */
const DELIVER_LIMIT_SECONDS = 300;
const WATCH_SECONDS = 15;
const PURGE_SECONDS = 3_600;
const KEEP_DELIVERED_DAYS = 7;
const KEEP_DEAD_DAYS = 90;
const EVENTS_PER_TRANSACTION = 1_000;

interface NewEvent<Type extends OutboxEventType> {
  type: Type;
  organizationId: string;
  subjectId: string | null;
  payload: OutboxPayload<Type>;
}

/**
 * Effects outside of a transaction: the event is a row of the transaction that causes it, so both happen or neither does,
 * and a job delivers it afterwards, at least once (ADR 24). Each consumer has a row of its own: one that fails holds up no
 * other.
 */
@Injectable()
export class Outbox implements OnModuleInit {
  private readonly logger = new Logger('Outbox');
  private readonly consumers = new Map<string, OutboxHandler>();

  constructor(
    private readonly database: Database,
    private readonly jobs: Jobs,
  ) {}

  onModuleInit(): void {
    this.jobs.register({
      name: 'outbox.watch',
      everySeconds: WATCH_SECONDS,
      runsIn: 'process',
      limitSeconds: 60,
      enabled: true,
      run: () => this.watch(),
    });
    this.jobs.register({
      name: 'outbox.purge',
      everySeconds: PURGE_SECONDS,
      runsIn: 'cluster',
      limitSeconds: 600,
      enabled: true,
      run: (signal) => this.purge(signal),
    });
  }

  /** @throws Error when there is a consumer of this name already */
  register<Type extends OutboxEventType>(handler: OutboxHandler<Type>): void {
    const { consumer } = handler;
    if (this.consumers.has(consumer)) throw new Error(`There are two consumers named ${consumer}`);
    this.consumers.set(consumer, handler as unknown as OutboxHandler);
    const delivery = new OutboxDelivery(this.database, handler as unknown as OutboxHandler, this.logger);
    this.jobs.register({
      name: jobOf(consumer),
      everySeconds: DELIVER_SECONDS,
      runsIn: 'process',
      limitSeconds: DELIVER_LIMIT_SECONDS,
      enabled: true,
      run: (signal) => delivery.run(signal),
    });
  }

  /**
   * Leaves the event in the caller's transaction. It is delivered a moment after the commit, by this process or another.
   *
   * @throws Error when nothing consumes such events: they would wait for ever
   */
  async record<Type extends OutboxEventType>(tx: Transaction, event: NewEvent<Type>): Promise<void> {
    const { type, organizationId, subjectId, payload } = event;
    const names = [...this.consumers.values()].filter((handler) => handler.type === type).map((one) => one.consumer);
    if (names.length === 0) throw new Error(`Nothing consumes events of the type ${type}`);
    await tx.query(RECORD_EVENT, [organizationId, type, subjectId, JSON.stringify(payload), names]);
    tx.onCommit(() => names.forEach((consumer) => this.jobs.wake(jobOf(consumer))));
  }

  private async watch(): Promise<null> {
    const rows = await this.database.asSystem((tx) => tx.query<UndeliveredRow>(COUNT_UNDELIVERED));
    const standing = new Map(rows.map((row) => [row.consumer, row]));
    for (const consumer of new Set([...this.consumers.keys(), ...standing.keys()])) {
      outboxMetrics.standing(consumer, standing.get(consumer) ?? { waiting: 0, dead: 0, oldestSeconds: 0 });
    }
    return null;
  }

  private async purge(signal: AbortSignal): Promise<string | null> {
    for (let total = 0; ;) {
      const purged = await this.database.asSystem((tx) =>
        tx.query(PURGE_EVENTS, [KEEP_DELIVERED_DAYS, KEEP_DEAD_DAYS, EVENTS_PER_TRANSACTION]),
      );
      total += purged.length;
      if (purged.length < EVENTS_PER_TRANSACTION || signal.aborted) {
        return total === 0 ? null : `deleted ${total} old events`;
      }
    }
  }
}

function jobOf(consumer: string): string {
  return `outbox.${consumer}`;
}
