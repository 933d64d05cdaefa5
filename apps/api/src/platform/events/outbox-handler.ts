import type { OutboxEventType, OutboxPayload } from '#contracts';

/** What a transaction has left for a consumer. */
export interface OutboxEvent<Type extends OutboxEventType = OutboxEventType> {
  id: string;
  organizationId: string;
  type: Type;
  /** What the event is about. Events of one subject arrive in their order. */
  subjectId: string | null;
  payload: OutboxPayload<Type>;
  createdAt: Date;
  /** 1 the first time. */
  attempt: number;
}

/** Has an effect when something has happened. A module registers it with `Outbox` while it starts. */
export interface OutboxHandler<Type extends OutboxEventType = OutboxEventType> {
  /** Names the handler in the database, the log and metrics: `imports.queue`. It stays when the code moves. */
  consumer: string;
  type: Type;
  /**
   * Has the effect. It comes at least once, so the same event again must do no harm: its id tells it apart.
   *
   * @param signal aborts when the time is over, or when the process stops
   * @throws whatever keeps the effect from happening: then it is tried again later
   */
  handle(event: OutboxEvent<Type>, signal: AbortSignal): Promise<void>;
}
