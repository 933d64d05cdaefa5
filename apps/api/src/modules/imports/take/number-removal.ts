import { Injectable } from '@nestjs/common';
import type { ImportErrorCode, UploadColumn } from '#contracts';
import type { Transaction } from '../../../platform/database/database.js';
import { BulkAssignments } from '../../agent-assignments/agent-assignments.public.js';
import { BulkPhoneNumbers } from '../../phone-numbers/phone-numbers.public.js';
import { PLATFORM_ORGANIZATION, type RequestContext } from '../../tenancy/tenancy.public.js';
import { type Removal, refusalOfRemoval } from './removal-plan.js';
import { NOTE_LIVE_ASSIGNMENTS, NOTE_NUMBERS } from './sql/note-changes.sql.js';

export interface RefusedRemoval {
  line: number;
  code: ImportErrorCode;
  column: UploadColumn;
  message: string;
  value: string;
}

export interface RemovalResult {
  done: number;
  /** How many of the refused need nothing to be mended. */
  skipped: number;
  refused: RefusedRemoval[];
}

/** Deletes or unassigns the numbers of a file, a chunk at a time, each as the operation on one number would. */
@Injectable()
export class NumberRemoval {
  constructor(
    private readonly numbers: BulkPhoneNumbers,
    private readonly assignments: BulkAssignments,
  ) {}

  /**
   * Locks the numbers, plans, and carries out; a dry run only plans.
   *
   * @param rows each number once
   */
  async take(
    tx: Transaction,
    context: RequestContext,
    job: { id: string; dryRun: boolean },
    operation: Removal,
    rows: readonly { line: number; e164: string }[],
  ): Promise<RemovalResult> {
    const ids = await this.numbers.idsOf(
      tx,
      rows.map(({ e164 }) => e164),
    );
    if (!job.dryRun) await this.numbers.lock(tx, context, ids);
    const views = await this.numbers.find(tx, context, ids);
    const byNumber = new Map(views.map((view) => [view.phoneNumber, view]));
    const ownsPool = context.organizationId === PLATFORM_ORGANIZATION;
    const done: string[] = [];
    const result: RemovalResult = { done: 0, skipped: 0, refused: [] };
    for (const { line, e164 } of rows) {
      const number = byNumber.get(e164) ?? null;
      const refusal = refusalOfRemoval(operation, number, ownsPool);
      if (refusal === null) {
        done.push(number!.id);
        continue;
      }
      const { code, message, isSkipped } = refusal;
      if (isSkipped) result.skipped += 1;
      result.refused.push({ line, code, message, column: 'phoneNumber', value: e164 });
    }
    if (!job.dryRun && done.length > 0) await this.carryOut(tx, context, job.id, operation, done);
    return { ...result, done: done.length };
  }

  private async carryOut(
    tx: Transaction,
    context: RequestContext,
    jobId: string,
    operation: Removal,
    ids: readonly string[],
  ): Promise<void> {
    const noted = [context.organizationId, jobId, ids];
    if (operation === 'delete') {
      await tx.query(NOTE_NUMBERS, noted);
      await this.numbers.archive(tx, context, ids);
    } else {
      await tx.query(NOTE_LIVE_ASSIGNMENTS, noted);
      await this.assignments.end(tx, context, ids);
    }
  }
}
