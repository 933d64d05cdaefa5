import { Injectable } from '@nestjs/common';
import type { ImportOperation } from '#contracts';
import type { Transaction } from '../../../platform/database/database.js';
import { databaseErrorOf, SQLSTATE } from '../../../platform/database/sqlstate.js';
import { ProblemError } from '../../../platform/http/problems/problem.error.js';
import {
  FIND_REMOVAL_TOUCHED,
  FIND_TOUCHED,
  LOCK_AGENTS_OF_ENDED,
  LOCK_NUMBERS_OF_ENDED,
  MARK_UNDONE,
  UNDO_ASSIGNMENTS,
  UNDO_CHANGED,
  UNDO_CREATED,
} from './sql/undo-import.sql.js';

const SHOWN = 5;

/** Why a number cannot be what it was, where that is more than a change of it. */
const REASONS: Record<string, string> = {
  agent_deleted: 'its agent was deleted',
  agent_inactive: 'its agent is not active',
  agent_has_number: 'its agent has the one number that it may have',
  client_archived: 'its client was archived',
  number_inactive: 'it is not active',
  number_cannot_call: 'it cannot call: its capabilities have no voice',
};

type ImportIds = readonly [organizationId: string, jobId: string];

/** Takes back what an import did, all of it or nothing. */
@Injectable()
export class ImportUndo {
  /** @throws ProblemError conflict when a record was changed or used since */
  async undo(
    tx: Transaction,
    ids: ImportIds,
    operation: ImportOperation,
  ): Promise<{ released: number; restored: number; assignments: number }> {
    // A million numbers take longer than a request's statement may; the job is locked, and no request waits for it.
    await tx.allowLongStatements();
    await requireUntouched(tx, ids, operation);
    const count = async (sql: string) => {
      const [row] = await tx.query<{ count: number }>(
        `with done as (${sql} returning 1) select count(*)::integer as count from done`,
        [...ids],
      );
      return row!.count;
    };
    try {
      await tx.query('set local enable_nestloop = on');
      const assignments = await count(UNDO_ASSIGNMENTS);
      await tx.query('set local enable_nestloop = off');
      const restored = await count(UNDO_CHANGED);
      const released = await count(UNDO_CREATED);
      await tx.query(MARK_UNDONE, [...ids]);
      return { released, restored, assignments };
    } catch (error) {
      // Another organization may register a number at the same moment: its row is not seen, and no lock keeps it away.
      if (databaseErrorOf(error)?.sqlState === SQLSTATE.uniqueViolation)
        throw touched(operation, 'one of them was taken at this moment');
      throw error;
    }
  }
}

async function requireUntouched(tx: Transaction, ids: ImportIds, operation: ImportOperation): Promise<void> {
  // Of tables that were just filled the planner believes that they are all but empty, and reads all for each row.
  await tx.query('set local enable_nestloop = off');
  if (operation !== 'register') {
    await tx.query(LOCK_AGENTS_OF_ENDED, [...ids]);
    await tx.query(LOCK_NUMBERS_OF_ENDED, [...ids]);
  }
  const find = operation === 'register' ? FIND_TOUCHED : FIND_REMOVAL_TOUCHED;
  const found = await tx.query<{ e164: string; reason: string | null }>(find, [...ids]);
  if (found.length === 0) return;
  const shown = found
    .slice(0, SHOWN)
    .map(({ e164, reason }) => (reason === null ? e164 : `${e164} (${REASONS[reason]})`))
    .join(', ');
  throw touched(operation, `${shown}${found.length > SHOWN ? ' and others' : ''}`);
}

function touched(operation: ImportOperation, numbers: string): ProblemError {
  const details: Record<ImportOperation, string> = {
    register: `Numbers were changed or used since the import: ${numbers}. Change or delete them one by one.`,
    delete: `Numbers were added again or taken since the upload: ${numbers}. Add the others one by one, or by a file.`,
    unassign: `Numbers were assigned, changed or deleted since the upload, or their agents were: ${numbers}. Assign the others one by one, or by a file.`,
  };
  return new ProblemError('conflict', details[operation]);
}
