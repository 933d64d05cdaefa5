import { Injectable } from '@nestjs/common';
import type { Transaction } from '../../../platform/database/database.js';
import { ProblemError } from '../../../platform/http/problems/problem.error.js';
import { FIND_TOUCHED, MARK_UNDONE, UNDO_ASSIGNMENTS, UNDO_CHANGED, UNDO_CREATED } from './sql/undo-import.sql.js';

const SHOWN = 5;

/** Takes back what an import did, all of it or nothing. */
@Injectable()
export class ImportUndo {
  /** @throws ProblemError conflict when a record was changed or used since */
  async undo(
    tx: Transaction,
    ids: readonly [organizationId: string, jobId: string],
  ): Promise<{ released: number; restored: number; assignments: number }> {
    // A million numbers take longer than a request's statement may; the job is locked, and no request waits for it.
    await tx.allowLongStatements();
    // Of tables that were just filled the planner believes that they are all but empty, and reads all for each row.
    await tx.query('set local enable_nestloop = off');
    const touched = await tx.query<{ e164: string }>(FIND_TOUCHED, [...ids]);
    if (touched.length > 0) {
      const shown = touched
        .slice(0, SHOWN)
        .map(({ e164 }) => e164)
        .join(', ');
      const more = touched.length > SHOWN ? ' and others' : '';
      const detail = `Numbers were changed or used since the import: ${shown}${more}. Change or delete them one by one.`;
      throw new ProblemError('conflict', detail);
    }
    await tx.query('set local enable_nestloop = on');
    const count = async (sql: string) => {
      const [row] = await tx.query<{ count: number }>(
        `with done as (${sql} returning 1) select count(*)::integer as count from done`,
        [...ids],
      );
      return row!.count;
    };
    const assignments = await count(UNDO_ASSIGNMENTS);
    await tx.query('set local enable_nestloop = off');
    const restored = await count(UNDO_CHANGED);
    const released = await count(UNDO_CREATED);
    await tx.query(MARK_UNDONE, [...ids]);
    return { released, restored, assignments };
  }
}
