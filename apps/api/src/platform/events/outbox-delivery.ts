import type { Logger } from '@nestjs/common';
import type { OutboxEventType } from '#contracts';
import type { Database } from '../database/database.js';
import { reasonOf } from '../logging/reason-of.js';
import type { OutboxHandler } from './outbox-handler.js';
import { outboxMetrics } from './outbox-metrics.js';
import { CLAIM_EVENTS, type ClaimedEventRow, MARK_DEAD, MARK_DELIVERED, MARK_FAILED } from './sql/outbox.sql.js';

/** Events that are under way at once, each of another subject. */
const AT_ONCE = 8;
const HANDLE_LIMIT_MS = 10_000;
/** When an event is due again whose process died: longer than it may take, and than its end takes to be noted. */
const CLAIM_SECONDS = 30;
/** The last attempt comes about three hours after the first. */
export const MAX_ATTEMPTS = 16;
const FIRST_RETRY_SECONDS = 1;
const LONGEST_RETRY_SECONDS = 3_600;

/** Brings a consumer what is due for it. Any number of processes may do so at once. */
export class OutboxDelivery {
  constructor(
    private readonly database: Database,
    private readonly handler: OutboxHandler,
    private readonly logger: Logger,
    private readonly handleLimitMs = HANDLE_LIMIT_MS,
  ) {}

  /** Delivers until nothing is due. An event that fails is put off, and holds up only younger ones of its subject. */
  async run(signal: AbortSignal): Promise<null> {
    for (;;) {
      if (signal.aborted) return null;
      const events = await this.database.asSystem((tx) =>
        tx.query<ClaimedEventRow>(CLAIM_EVENTS, [this.handler.consumer, AT_ONCE, CLAIM_SECONDS]),
      );
      if (events.length === 0) return null;
      await Promise.all(events.map((event) => this.deliver(event, signal)));
    }
  }

  private async deliver(event: ClaimedEventRow, signal: AbortSignal): Promise<void> {
    const { consumer } = this.handler;
    const { organizationId, id, attempts } = event;
    // The attempts that are counted here ended without a word: the process died with each of them.
    if (attempts > MAX_ATTEMPTS) return this.giveUp(event, 'The process ended each time that it was tried');
    try {
      await this.handle(event, signal);
    } catch (error) {
      if (attempts === MAX_ATTEMPTS) return this.giveUp(event, reasonOf(error));
      outboxMetrics.attempt(consumer, 'failed');
      await this.mark(MARK_FAILED, [organizationId, id, attempts, retryAfter(attempts), reasonOf(error)]);
      return;
    }
    outboxMetrics.attempt(consumer, 'delivered');
    await this.mark(MARK_DELIVERED, [organizationId, id]);
  }

  /** A handler that ignores its signal is left behind when its time is over. */
  private async handle(event: ClaimedEventRow, signal: AbortSignal): Promise<void> {
    const { attempts: attempt, type, payload, ...fields } = event;
    const limit = AbortSignal.timeout(this.handleLimitMs);
    const late = new Promise<never>((_resolve, reject) => {
      limit.addEventListener('abort', () => reject(new Error(`It took longer than ${this.handleLimitMs} ms`)));
    });
    const given = { ...fields, attempt, type: type as OutboxEventType, payload: payload as never };
    await Promise.race([this.handler.handle(given, AbortSignal.any([signal, limit])), late]);
  }

  private async giveUp({ organizationId, id, type, attempts }: ClaimedEventRow, reason: string): Promise<void> {
    const { consumer } = this.handler;
    outboxMetrics.attempt(consumer, 'dead');
    this.logger.error({
      msg: `The event ${id} (${type}) was given up after ${attempts - (attempts > MAX_ATTEMPTS ? 1 : 0)} attempts`,
      ...{ consumer, type, organizationId, eventId: id, reason },
    });
    await this.mark(MARK_DEAD, [organizationId, id, attempts, reason]);
  }

  private async mark(statement: string, parameters: unknown[]): Promise<void> {
    await this.database.asSystem((tx) => tx.query(statement, parameters));
  }
}

/** Longer each time, at random within it, so that what failed together does not come back together. */
function retryAfter(attempts: number): number {
  const longest = Math.min(LONGEST_RETRY_SECONDS, FIRST_RETRY_SECONDS * 2 ** (attempts - 1));
  return longest * (0.5 + Math.random() / 2);
}
