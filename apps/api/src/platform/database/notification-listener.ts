import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { KEEP_ALIVE } from './silence.js';

/** What a listener reports. None of these may throw but `onConnect`. */
interface NotificationEvents {
  /** A new session, before it listens. What it throws ends the session, and counts as a lost one. */
  onConnect?(client: pg.Client): Promise<void>;
  /** A message, as it was sent. */
  onMessage(payload: string): void;
  /** From now on messages arrive. Those that were sent before are lost. */
  onListening(): void;
  /** No messages arrive until `onListening` is told again. */
  onLost(error: Error): void;
}

interface Backoff {
  firstMs: number;
  maxMs: number;
}

const BACKOFF: Backoff = { firstMs: 100, maxMs: 10_000 };
const CONNECT_TIMEOUT_MS = 5_000;
const STOP_TIMEOUT_MS = 1_000;

/**
 * A connection that listens to one channel, and connects again when it is lost: after a moment at first, then ever more
 * rarely, at random within each wait, so that processes which lost the same server do not return to it together. It keeps
 * no process alive.
 */
export class NotificationListener {
  private client: pg.Client | null = null;
  private timer: NodeJS.Timeout | undefined;
  private failures = 0;
  private stopped = false;

  constructor(
    private readonly config: pg.ClientConfig,
    private readonly channel: string,
    private readonly events: NotificationEvents,
    private readonly backoff: Backoff = BACKOFF,
  ) {}

  start(): void {
    void this.connect();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    const { client } = this;
    this.client = null;
    // A server that no longer answers must not hold up the end.
    const ended = client?.end().catch(() => undefined);
    await Promise.race([ended, delay(STOP_TIMEOUT_MS, undefined, { ref: false })]);
  }

  private async connect(): Promise<void> {
    const client = new pg.Client({ connectionTimeoutMillis: CONNECT_TIMEOUT_MS, ...KEEP_ALIVE, ...this.config });
    this.client = client;
    client.on('error', (error) => this.lose(client, error));
    client.on('end', () => this.lose(client, new Error('the server closed the connection')));
    client.on('notification', ({ payload }) => this.events.onMessage(payload ?? ''));
    try {
      await client.connect();
      await this.events.onConnect?.(client);
      await client.query(`listen ${client.escapeIdentifier(this.channel)}`);
    } catch (error) {
      this.lose(client, error instanceof Error ? error : new Error(String(error)));
      return;
    }
    if (this.client !== client) return;
    // The pool of pg calls it as well; the types do not know it.
    (client as pg.Client & { unref(): void }).unref();
    this.failures = 0;
    this.events.onListening();
  }

  private lose(client: pg.Client, error: Error): void {
    if (this.client !== client) return;
    this.client = null;
    client.end().catch(() => undefined);
    if (this.stopped) return;
    this.failures += 1;
    // Told once, not at every attempt.
    if (this.failures === 1) this.events.onLost(error);
    const longestMs = Math.min(this.backoff.firstMs * 2 ** (this.failures - 1), this.backoff.maxMs);
    this.timer = setTimeout(() => void this.connect(), longestMs * (0.5 + Math.random() / 2)).unref();
  }
}
