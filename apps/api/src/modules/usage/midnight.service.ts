import { Injectable, Logger } from '@nestjs/common';
import { Database, type Transaction } from '../../platform/database/database.js';
import {
  CLAIM_ORGANIZATION,
  type ClaimedOrganization,
  DUE_ORGANIZATIONS,
  FINISH_ROLL_UP,
  HOLD_LATE_SETTLEMENTS,
} from './sql/due-organizations.sql.js';
import { ROLL_UP_DAYS } from './sql/roll-up-days.sql.js';
import { TURN_COUNTERS } from './sql/set-counters-back.sql.js';

const COUNTERS_PER_TRANSACTION = 1_000;
const DAYS_PER_TRANSACTION = 31;

interface MidnightResult {
  /** Organizations whose finished days were rolled up by this run. */
  organizations: number;
  /** Counters that this run set back. */
  counters: number;
  failures: number;
}

/**
 * What is due after an organization's midnight: counters go to the archive, finished days are rolled up from the ledger.
 * The call gate does not depend on it (invariant G5): it archives a counter itself
 * when it is the first to touch it on a new day.
 *
 * Any number of processes may run it at once. Each step claims the organization's row and reads under that lock what is
 * left to do. Counters and roll-up are separate transactions, so that the gate never waits for the ledger to be read.
 */
@Injectable()
export class MidnightService {
  private readonly logger = new Logger(MidnightService.name);

  constructor(private readonly database: Database) {}

  /** Does what is due. One organization's failure is logged and does not keep the others from theirs. */
  async run(signal?: AbortSignal): Promise<MidnightResult> {
    const result: MidnightResult = { organizations: 0, counters: 0, failures: 0 };
    const due = await this.database.asSystem((tx) => tx.query<{ id: string }>(DUE_ORGANIZATIONS));
    for (const { id } of due) {
      if (signal?.aborted) break;
      try {
        result.counters += await this.turnCounters(id);
        if (await this.rollUp(id)) result.organizations += 1;
      } catch (error) {
        result.failures += 1;
        this.logger.error(`The midnight job failed for the organization ${id}: ${String(error)}`);
      }
    }
    return result;
  }

  /** @returns how many counters were set back */
  private async turnCounters(organizationId: string): Promise<number> {
    let total = 0;
    for (;;) {
      const turned = await this.withClaim(organizationId, async (tx, { today }) => {
        const [row] = await tx.query<{ counters: number }>(TURN_COUNTERS, [
          organizationId,
          today,
          COUNTERS_PER_TRANSACTION,
        ]);
        return row!.counters;
      });
      total += turned ?? 0;
      if (turned === null || turned < COUNTERS_PER_TRANSACTION) return total;
    }
  }

  /** @returns whether this run rolled anything up */
  private async rollUp(organizationId: string): Promise<boolean> {
    let any = false;
    for (;;) {
      const done = await this.withClaim(organizationId, async (tx, { firstDay, lastDay }) => {
        await tx.allowLongStatements();
        await tx.query(HOLD_LATE_SETTLEMENTS, [organizationId]);
        await tx.query(ROLL_UP_DAYS, [organizationId, firstDay, lastDay]);
        await tx.query(FINISH_ROLL_UP, [organizationId, lastDay]);
        return true;
      });
      if (done === null) return any;
      any = true;
    }
  }

  /** Works on an organization that has something due; null when it has not, or when another process is at it. */
  private withClaim<T>(
    organizationId: string,
    work: (tx: Transaction, claim: ClaimedOrganization) => Promise<T>,
  ): Promise<T | null> {
    return this.database.asSystem(async (tx) => {
      const [claim] = await tx.query<ClaimedOrganization>(CLAIM_ORGANIZATION, [organizationId, DAYS_PER_TRANSACTION]);
      return claim ? work(tx, claim) : null;
    });
  }
}
