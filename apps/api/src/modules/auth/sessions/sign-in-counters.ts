import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import type { Transaction } from '../../../platform/database/database.js';

/** How many attempts may fail in the seconds that begin with the first of them. */
export interface Allowance {
  points: number;
  seconds: number;
}

/**
 * Counters of one kind in `sign_in_counters`, within a transaction: what it counts is undone when it fails. The row of a
 * counter is locked from the first count on, so attempts at the same time count one after the other.
 */
export class SignInCounters {
  private readonly limiter: RateLimiterPostgres;

  /** @param kind what is counted; kinds share nothing */
  constructor(tx: Transaction, kind: string, { points, seconds }: Allowance) {
    this.limiter = new RateLimiterPostgres({
      storeClient: {
        query: async ({ text, values }: { text: string; values: unknown[] }) => {
          const rows = await tx.query(text, values);
          return { rows, rowCount: rows.length };
        },
      },
      storeType: 'client',
      tableName: 'sign_in_counters',
      tableCreated: true,
      clearExpiredByTimeout: false,
      keyPrefix: kind,
      points,
      duration: seconds,
    });
  }

  /**
   * Counts one attempt.
   *
   * @param seconds how long the count lasts when it begins now, instead of what the allowance says
   * @returns null when it is within the allowance, else the seconds until the count is over
   */
  async take(key: string, seconds?: number): Promise<number | null> {
    try {
      await this.limiter.consume(key, 1, seconds === undefined ? {} : { customDuration: seconds });
      return null;
    } catch (error) {
      if (error instanceof RateLimiterRes) return Math.max(1, Math.ceil(error.msBeforeNext / 1_000));
      throw error;
    }
  }

  /** Counts one attempt, whatever the allowance. @returns how many there are now */
  async add(key: string): Promise<number> {
    return (await this.limiter.penalty(key, 1)).consumedPoints;
  }

  /** Takes one attempt back. */
  async giveBack(key: string): Promise<void> {
    await this.limiter.reward(key, 1);
  }

  async forget(key: string): Promise<void> {
    await this.limiter.delete(key);
  }

  /** Begins a count, or begins it anew. */
  async begin(key: string): Promise<void> {
    await this.limiter.set(key, 1, this.limiter.duration);
  }

  /** Whether a count is running. */
  async isRunning(key: string): Promise<boolean> {
    return (await this.limiter.get(key)) !== null;
  }
}
