import { LRUCache } from 'lru-cache';
import { ProblemError } from '../../../platform/http/problems/problem.error.js';

interface FreshCacheRules {
  /** Age at which a value is no longer answered. */
  maxAgeMs: number;
  /** Age at which a value is still answered, but looked up again behind the caller's back. */
  renewAgeMs: number;
  /** How long a look-up may take. */
  answerLimitMs: number;
  maxEntries: number;
}

/**
 * A look-up by key takes a millisecond. One that takes so long is not slow, its server is gone, and a dialer that asks for
 * a call will not wait longer.
 */
const ANSWER_LIMIT_MS = 2_000;

/** How long a principal's permissions are remembered when no change of them is heard: the bound for a revoked key. */
export const REMEMBERED_ACCESS: FreshCacheRules = {
  maxAgeMs: 5_000,
  renewAgeMs: 2_500,
  answerLimitMs: ANSWER_LIMIT_MS,
  maxEntries: 10_000,
};

interface Entry<Value> {
  value: Value;
  askedAtMs: number;
}

/**
 * Remembers look-ups for a moment. A key that is asked for all the time is looked up once per `renewAgeMs`, and its
 * callers never wait. Many callers of a missing key share one look-up; what failed is not remembered. A look-up that does
 * not answer is given up: its callers are told so, and the next one looks up anew. When it is full, the key whose look-up
 * is longest ago goes. A value's age counts from when its look-up began.
 *
 * The bounded store is lru-cache's. Its `fetch` and `ttl` are not used: they know one age where two are needed (renewed from
 * the one, never answered after the other), always answer a promise, and have no limit to a look-up's time.
 */
export class FreshCache<Value> {
  /** Read by `peek` only, which leaves the order alone: the entry that was set longest ago goes first. */
  private readonly entries: LRUCache<string, Entry<Value>>;
  private readonly pending = new Map<string, Promise<Value>>();
  private readonly running = new Set<Promise<unknown>>();

  constructor(
    /** The signal tells that it is given up. What it answers after that is not heard. */
    private readonly lookUp: (key: string, giveUp: AbortSignal) => Promise<Value>,
    private readonly rules: FreshCacheRules,
    private readonly nowMs: () => number = () => performance.now(),
  ) {
    this.entries = new LRUCache({ max: rules.maxEntries });
  }

  /**
   * The value itself when it is known, so that a hot caller need not wait for the next tick; else a promise, which rejects
   * with a ProblemError service_unavailable when the look-up does not answer in time.
   */
  get(key: string): Value | Promise<Value> {
    const entry = this.entries.peek(key);
    if (entry !== undefined) {
      const ageMs = this.nowMs() - entry.askedAtMs;
      if (ageMs < this.rules.renewAgeMs) return entry.value;
      if (ageMs < this.rules.maxAgeMs) {
        if (!this.pending.has(key)) this.ask(key).catch(() => undefined);
        return entry.value;
      }
    }
    return this.pending.get(key) ?? this.ask(key);
  }

  /** The value when it is known and needs no renewal; else undefined, and nothing is looked up. */
  peek(key: string): Value | undefined {
    const entry = this.entries.peek(key);
    return entry !== undefined && this.nowMs() - entry.askedAtMs < this.rules.renewAgeMs ? entry.value : undefined;
  }

  /** Makes the next caller look up anew. A look-up under way is not remembered either: it may have read the old state. */
  forget(key: string): void {
    this.entries.delete(key);
    this.pending.delete(key);
  }

  /** The same for every key that the condition holds for. It is told no value of a look-up that is under way. */
  forgetWhere(isMeant: (key: string, value: Value | undefined) => boolean): void {
    for (const [key, { value }] of [...this.entries]) if (isMeant(key, value)) this.forget(key);
    for (const key of this.pending.keys()) if (isMeant(key, undefined)) this.forget(key);
  }

  /** Waits for the look-ups under way, no longer than the callers do: for a clean shutdown. */
  async settle(): Promise<void> {
    await Promise.allSettled(this.running);
  }

  private ask(key: string): Promise<Value> {
    const askedAtMs = this.nowMs();
    const asked = this.answerInTime(key)
      .then((value) => {
        if (this.pending.get(key) === asked) this.entries.set(key, { value, askedAtMs });
        return value;
      })
      .finally(() => {
        this.running.delete(asked);
        if (this.pending.get(key) === asked) this.pending.delete(key);
      });
    this.pending.set(key, asked);
    this.running.add(asked);
    return asked;
  }

  private answerInTime(key: string): Promise<Value> {
    const giveUp = new AbortController();
    return new Promise((resolve, reject) => {
      const limit = setTimeout(() => {
        reject(lookUpTooLate());
        giveUp.abort();
      }, this.rules.answerLimitMs);
      this.lookUp(key, giveUp.signal)
        .finally(() => clearTimeout(limit))
        .then(resolve, reject);
    });
  }
}

function lookUpTooLate(): ProblemError {
  return new ProblemError('service_unavailable', 'What you may do was not found out in time. Try again in a moment.', {
    headers: { 'retry-after': '1' },
  });
}
