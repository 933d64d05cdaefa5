import { Inject, Injectable, Logger } from '@nestjs/common';
import { ENV, type Env } from '../../../config/env.js';
import { Database, type Transaction } from '../../../platform/database/database.js';
import { AuditLog } from '../../audit/audit.public.js';
import {
  CLAIM_LEDGER,
  DROP_DAY,
  type DroppedDay,
  DUE_DAYS,
  LEDGER_STATE,
  type LedgerState,
  MAKE_DAY,
  OLD_DAYS,
} from './sql/ledger-days.sql.js';

/** Two weeks of holidays in which a job that fails is mended by nobody. */
const DAYS_AHEAD = 14;
/** The gate waits while rows move to the day that they belong to: half a second for so many. */
const ROWS_AT_ONCE = 50_000;
/** Fewer than this, and an operator should look why the job does not make more. */
const FEWEST_DAYS_AHEAD = 2;

interface LedgerRun {
  /** Days that got their partition. */
  made: number;
  /** Rows that were moved there from the default partition. */
  moved: number;
  /** Days that the retention took. */
  dropped: number;
}

/**
 * Keeps the days of the ledger: makes those that are to come, moves to their day what came while it was missing, and drops
 * what is older than LEDGER_RETENTION_DAYS. Any number of processes may run it at once: each step is a transaction that
 * claims the ledger, so that the lock is held for one day at a time.
 */
@Injectable()
export class LedgerDays {
  private readonly logger = new Logger('Ledger');

  constructor(
    private readonly database: Database,
    private readonly audit: AuditLog,
    @Inject(ENV) private readonly env: Pick<Env, 'LEDGER_RETENTION_DAYS'>,
  ) {}

  async run(): Promise<LedgerRun> {
    const made = await this.makeDays();
    return { ...made, dropped: await this.dropDays() };
  }

  state(): Promise<LedgerState> {
    return this.database.asSystem(async (tx) => (await tx.query<LedgerState>(LEDGER_STATE))[0]!);
  }

  private async makeDays(): Promise<Pick<LedgerRun, 'made' | 'moved'>> {
    const due = await this.database.asSystem((tx) => tx.query<{ day: string }>(DUE_DAYS, [DAYS_AHEAD]));
    let made = 0;
    let rows = 0;
    for (const { day } of due) {
      const moved = await this.claimed(async (tx) => {
        await tx.allowLongStatements();
        const [row] = await tx.query<{ moved: number | null }>(MAKE_DAY, [day, ROWS_AT_ONCE]);
        return row!.moved;
      });
      if (moved === null) continue;
      made += 1;
      rows += moved;
      this.logger.log(`Made the day ${day} of the ledger${moved > 0 ? ` and moved ${moved} calls there` : ''}`);
    }
    return { made, moved: rows };
  }

  /** Stops at a day that has to stay: what is younger goes by the same clocks. */
  private async dropDays(): Promise<number> {
    const { LEDGER_RETENTION_DAYS: days } = this.env;
    if (days === undefined) return 0;
    const old = await this.database.asSystem((tx) => tx.query<{ day: string }>(OLD_DAYS, [days]));
    for (const [index, { day }] of old.entries()) {
      const dropped = await this.claimed((tx) => this.drop(tx, day));
      if (dropped === null || dropped.result === 'missing') return index;
      if (dropped.result !== 'dropped') {
        this.logger.warn(`The day ${day} of the ledger is kept beyond LEDGER_RETENTION_DAYS: ${KEPT[dropped.result]}`);
        return index;
      }
      this.logger.log(
        `Dropped the day ${day} of the ledger with ${dropped.calls} calls (LEDGER_RETENTION_DAYS=${days})`,
      );
    }
    return old.length;
  }

  private async drop(tx: Transaction, day: string): Promise<DroppedDay> {
    await tx.allowLongStatements();
    const [dropped] = await tx.query<DroppedDay>(DROP_DAY, [day]);
    if (dropped!.result === 'dropped') {
      const facts = { day, calls: dropped!.calls, retentionDays: this.env.LEDGER_RETENTION_DAYS };
      await this.audit.recordOfSystem(tx, 'Ledger retention', {
        action: 'ledger_day.dropped',
        subjectType: 'ledger_day',
        subjectId: null,
        facts,
      });
    }
    return dropped!;
  }

  /** Works on the ledger; null when another process does. */
  private claimed<T>(work: (tx: Transaction) => Promise<T>): Promise<T | null> {
    return this.database.asSystem(async (tx) => {
      const [claim] = await tx.query<{ claimed: boolean }>(CLAIM_LEDGER);
      return claim!.claimed ? work(tx) : null;
    });
  }
}

const KEPT = {
  too_young: 'it is less than four days old.',
  unsettled: 'it holds authorizations whose lease has not run out.',
  not_rolled_up: 'the midnight job has not rolled up its calls for good (MIDNIGHT_JOB).',
  busy: 'a statement that reads the ledger did not end. It is tried again in a minute.',
} as const;

/**
 * What an operator should look at, in words fit for everybody who can reach the server; null when all is well. The gate
 * decides exactly all the same: what has no day of its own is in the default partition.
 */
export function ledgerComplaint({ daysAhead, unplaced }: LedgerState): string | null {
  if (unplaced > 0) {
    return `${unplaced} calls of the ledger lie in no day. The job moves them (LEDGER_JOB); see docs/operating.md if they stay.`;
  }
  if (daysAhead < FEWEST_DAYS_AHEAD) {
    return `The ledger has ${daysAhead} of the coming days. The job makes ${DAYS_AHEAD} (LEDGER_JOB); see its log.`;
  }
  return null;
}
