import { ProblemError } from '../../../platform/http/problem.error.js';

const MAX_FAILURES = 10;
const WINDOW_MS = 15 * 60 * 1_000;
const MAX_KEYS = 10_000;

/**
 * Slows guessing: at most ten failed attempts for one e-mail from one address in any 15 minutes. Each API process counts
 * for itself and forgets when it ends. At most 10,000 pairs are kept; when more come, the one whose first attempt is
 * longest ago goes.
 */
export class SignInAttempts {
  private readonly timesByKey = new Map<string, number[]>();

  constructor(private readonly nowMs: () => number = Date.now) {}

  /**
   * Counts an attempt before it is tried, so that attempts at the same time count as well.
   *
   * @throws ProblemError too_many_requests, with Retry-After in seconds
   */
  begin(email: string, address: string): void {
    const now = this.nowMs();
    const key = keyOf(email, address);
    const times = (this.timesByKey.get(key) ?? []).filter((time) => time > now - WINDOW_MS);
    if (times.length >= MAX_FAILURES) {
      const seconds = Math.ceil((times[0]! + WINDOW_MS - now) / 1_000);
      throw new ProblemError('too_many_requests', `Too many failed attempts. Try again in ${seconds} seconds.`, {
        headers: { 'retry-after': String(seconds) },
      });
    }
    times.push(now);
    if (!this.timesByKey.has(key) && this.timesByKey.size >= MAX_KEYS) this.dropOldest();
    this.timesByKey.set(key, times);
  }

  /** Forgets the attempts of who signed in after all. */
  succeeded(email: string, address: string): void {
    this.timesByKey.delete(keyOf(email, address));
  }

  private dropOldest(): void {
    const oldest = this.timesByKey.keys().next();
    if (!oldest.done) this.timesByKey.delete(oldest.value);
  }
}

function keyOf(email: string, address: string): string {
  return `${address} ${email.toLowerCase()}`;
}
