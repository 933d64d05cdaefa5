import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database.js';
import { CLAIM_PURGE, PURGE_IDEMPOTENCY_KEYS } from './sql/purge-idempotency-keys.sql.js';

const KEYS_PER_TRANSACTION = 1_000;

/** Deletes idempotency keys that have expired. */
@Injectable()
export class IdempotencyKeyPurge {
  constructor(private readonly database: Database) {}

  /** Ends when nothing is left to delete, when another process is at it, or when it is asked to. @returns how many */
  async run(signal?: AbortSignal): Promise<number> {
    for (let total = 0; ;) {
      const purged = await this.database.asSystem(async (tx) => {
        const [claim] = await tx.query<{ claimed: boolean }>(CLAIM_PURGE);
        return claim!.claimed ? (await tx.query(PURGE_IDEMPOTENCY_KEYS, [KEYS_PER_TRANSACTION])).length : 0;
      });
      total += purged;
      if (purged < KEYS_PER_TRANSACTION || signal?.aborted) return total;
    }
  }
}
