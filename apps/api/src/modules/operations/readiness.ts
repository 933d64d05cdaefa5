import { Injectable } from '@nestjs/common';
import { setTimeout as delay } from 'node:timers/promises';
import { ledgerComplaint, LedgerDays } from '../call-gate/call-gate.public.js';
import { DatabaseCheck } from './database-check.js';

/** How long an answer holds. A request that comes meanwhile gets the same one. */
const HOLDS_MS = 1_000;
/** Orchestrators give a probe a second or a few. */
const PATIENCE_MS = 2_000;

export const NO_ANSWER = 'The database does not answer in time.';

/**
 * Whether calls can be served. The database is asked once at a time, however many ask: a database that says nothing would
 * otherwise take a connection of the pool for each of them.
 */
@Injectable()
export class Readiness {
  private asked: Promise<string | null> | null = null;
  private askedAtMs = 0;
  private answeredAtMs = -Infinity;
  private answer: string | null = null;
  private warning: string | null = null;

  constructor(
    private readonly database: DatabaseCheck,
    private readonly ledger: LedgerDays,
  ) {}

  /**
   * What an operator should look at although calls are served and decided exactly, as of the last question; null when there
   * is nothing. A process with a warning stays in service, for every other lacks the same day.
   */
  get notice(): string | null {
    return this.answer === null ? this.warning : null;
  }

  /** What is wrong, at most two seconds after the question; null when nothing is. */
  async complaint(): Promise<string | null> {
    if (this.asked === null) {
      if (performance.now() - this.answeredAtMs < HOLDS_MS) return this.answer;
      this.asked = this.ask();
    }
    const leftMs = Math.max(this.askedAtMs + PATIENCE_MS - performance.now(), 0);
    return Promise.race([this.asked, delay(leftMs, NO_ANSWER, { ref: false })]);
  }

  private async ask(): Promise<string | null> {
    this.askedAtMs = performance.now();
    this.answer = await this.database.complaint();
    this.warning = this.answer === null ? await this.ledgerWarning() : null;
    this.answeredAtMs = performance.now();
    this.asked = null;
    return this.answer;
  }

  private async ledgerWarning(): Promise<string | null> {
    try {
      return ledgerComplaint(await this.ledger.state());
    } catch (error) {
      return `The days of the ledger cannot be looked up: ${error instanceof Error ? error.name : 'unknown error'}.`;
    }
  }
}
