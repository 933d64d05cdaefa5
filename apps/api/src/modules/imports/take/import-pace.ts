import { Injectable } from '@nestjs/common';
import { setTimeout as delay } from 'node:timers/promises';
import { Database } from '../../../platform/database/database.js';
import { hotTraffic } from '../../../platform/http/hooks/hot-traffic.js';
import { CALLS_DECIDED } from './sql/calls-decided.sql.js';

const CHUNK_ROWS = 2_000;
const CHUNK_ROWS_BESIDE_CALLS = 200;
/** How long an import rests, in times that it worked. */
const REST = 2;
const LONGEST_REST_MS = 1_000;
/** PostgreSQL's processes report what they counted about so often. */
const LOOK_MS = 1_500;

/**
 * How fast an import goes. Alone it takes all that there is. While calls are being decided it takes fewer rows at a time and
 * rests after them, because a call waits for every process that is at work on a core, and for the log that is written.
 * What this process answers it knows at once; what others answer it sees a moment later, for they share the database.
 */
@Injectable()
export class ImportPace {
  private lookedAtMs = -Infinity;
  private decided: string | null = null;
  private othersDecide = false;

  constructor(private readonly database: Database) {}

  /** Rows to one transaction. */
  get chunkRows(): number {
    return this.stepsBack ? CHUNK_ROWS_BESIDE_CALLS : CHUNK_ROWS;
  }

  /** Called after each transaction. */
  async rest(workedMs: number): Promise<void> {
    await this.look();
    if (this.stepsBack) await delay(Math.min(workedMs * REST, LONGEST_REST_MS));
  }

  private get stepsBack(): boolean {
    return hotTraffic.flows || this.othersDecide;
  }

  private async look(): Promise<void> {
    const nowMs = performance.now();
    if (nowMs - this.lookedAtMs < LOOK_MS) return;
    const isRecent = nowMs - this.lookedAtMs < 2 * LOOK_MS + LONGEST_REST_MS;
    this.lookedAtMs = nowMs;
    const [row] = await this.database.asSystem((tx) => tx.query<{ decided: string }>(CALLS_DECIDED));
    const { decided } = row!;
    this.othersDecide = isRecent && this.decided !== null && decided !== this.decided;
    this.decided = decided;
  }
}
