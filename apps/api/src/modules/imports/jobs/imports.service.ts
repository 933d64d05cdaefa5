import { Injectable } from '@nestjs/common';
import { setTimeout as delay } from 'node:timers/promises';
import { type ImportJobSummaryView, type ImportJobView, importStatuses } from '#contracts';
import { Database, type Transaction } from '../../../platform/database/database.js';
import { flagOf, idsOf, oneOf } from '../../../platform/http/lists/list-filter.js';
import type { ListQuery, Page } from '../../../platform/http/lists/list-query.js';
import { ProblemError } from '../../../platform/http/problems/problem.error.js';
import { AuditLog } from '../../audit/audit.public.js';
import { clientLimit, type RequestContext } from '../../tenancy/tenancy.public.js';
import { ImportUndo } from '../undo/import-undo.js';
import {
  BEFORE_ALL,
  ImportsRepository,
  type KeptError,
  type KeptNotice,
  type LockedJob,
  type ToldPlace,
} from './imports.repository.js';

const ROWS_PER_PAGE = 1_000;
const EVENT_EVERY_MS = 300;

/** What became of uploads. */
@Injectable()
export class ImportsService {
  constructor(
    private readonly database: Database,
    private readonly repository: ImportsRepository,
    private readonly undoing: ImportUndo,
    private readonly audit: AuditLog,
  ) {}

  /** @throws ProblemError validation_failed for a wrong filter */
  async list(context: RequestContext, query: ListQuery): Promise<Page<ImportJobSummaryView>> {
    const filter = {
      ids: idsOf(query),
      status: oneOf(query, 'status', importStatuses),
      dryRun: flagOf(query, 'dryRun'),
    };
    if (clientLimit(context) !== null) return { items: [], total: 0 };
    return this.database.inTenant(context.organizationId, (tx) => this.repository.findPage(tx, context, filter, query));
  }

  /** @throws ProblemError record_not_found */
  async get(context: RequestContext, id: string): Promise<ImportJobView> {
    requireUnlimited(context);
    const job = await this.database.inTenant(context.organizationId, (tx) => this.repository.find(tx, context, id));
    if (!job) throw importNotFound();
    return job;
  }

  /** The columns of the uploaded file. */
  columns(context: RequestContext, id: string): Promise<string[]> {
    return this.database.inTenant(context.organizationId, (tx) => this.repository.columns(tx, context, id));
  }

  /** Every row that was not taken, in the order of the file, page by page. */
  errors(context: RequestContext, id: string): AsyncGenerator<KeptError[]> {
    return this.pages(context, (tx, after) => this.repository.errorsAfter(tx, context, id, after, ROWS_PER_PAGE));
  }

  /** Every notice, in the order of the file, page by page. */
  notices(context: RequestContext, id: string): AsyncGenerator<KeptNotice[]> {
    return this.pages(context, (tx, after) => this.repository.noticesAfter(tx, context, id, after, ROWS_PER_PAGE));
  }

  private async *pages<T extends ToldPlace>(
    context: RequestContext,
    read: (tx: Transaction, after: ToldPlace) => Promise<T[]>,
  ): AsyncGenerator<T[]> {
    for (let last: ToldPlace = BEFORE_ALL; ;) {
      const after = last;
      const page = await this.database.inTenant(context.organizationId, (tx) => read(tx, after));
      if (page.length > 0) yield page;
      if (page.length < ROWS_PER_PAGE) return;
      last = page.at(-1)!;
    }
  }

  /** How far the import is, each time that it has moved, until it is done. */
  async *progress(context: RequestContext, id: string, signal: AbortSignal): AsyncGenerator<ImportJobSummaryView> {
    let told = '';
    while (!signal.aborted) {
      const job = await this.database.inTenant(context.organizationId, (tx) =>
        this.repository.progress(tx, context, id),
      );
      if (!job) return;
      const now = JSON.stringify(job);
      if (now !== told) yield job;
      told = now;
      if (job.finishedAt !== null) return;
      await delay(EVENT_EVERY_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  /**
   * Calls the import off. One that has begun ends before its next rows; what it has taken stays.
   *
   * @throws ProblemError record_not_found, or conflict when it is done already
   */
  async cancel(context: RequestContext, id: string): Promise<ImportJobView> {
    requireUnlimited(context);
    return this.database.inTenant(context.organizationId, async (tx) => {
      const job = await this.repository.lock(tx, context, id);
      if (!job) throw importNotFound();
      if (job.finished) {
        throw new ProblemError('conflict', `The import is ${job.status} already. Undo it instead, if that is meant.`);
      }
      if (job.status === 'pending') await this.repository.finish(tx, context, id, 'canceled');
      else if (!job.cancelRequested) await this.repository.requestCancel(tx, context, id);
      await this.audit.record(tx, context, {
        action: 'import.canceled',
        subjectType: 'import_job',
        subjectId: id,
        facts: { processed: job.processed },
      });
      return (await this.repository.find(tx, context, id))!;
    });
  }

  /**
   * Takes back everything that a finished import did.
   *
   * @throws ProblemError record_not_found, permission_denied, or conflict when there is nothing to undo, or records were changed since
   */
  async undo(context: RequestContext, id: string): Promise<ImportJobView> {
    requireUnlimited(context);
    return this.database.inTenant(context.organizationId, async (tx) => {
      const job = await this.repository.lock(tx, context, id);
      if (!job) throw importNotFound();
      if (!job.finished) throw new ProblemError('conflict', 'The import is not done yet. Cancel it first.');
      if (job.undone) throw new ProblemError('conflict', 'The import was undone before. There is nothing left of it.');
      if (job.dryRun) throw new ProblemError('conflict', 'The import was a dry run. It changed nothing to undo.');
      requireMayUndo(context, job);
      const counts = await this.undoing.undo(tx, [context.organizationId, id], job.operation);
      await this.audit.record(tx, context, {
        action: 'import.undone',
        subjectType: 'import_job',
        subjectId: id,
        facts: { ...counts },
      });
      return (await this.repository.find(tx, context, id))!;
    });
  }
}

/** An upload holds numbers of any client, so that there is none for a caller who is limited to some. */
function requireUnlimited(context: RequestContext): void {
  if (clientLimit(context) !== null) throw importNotFound();
}

/** What an upload did to assignments needs the permission of assigning to be taken back, as it did to be done. */
function requireMayUndo({ principal }: RequestContext, { operation, columns }: LockedJob): void {
  const touchesAssignments = operation === 'unassign' || columns.includes('agent');
  if (!touchesAssignments || principal.permissions.has('assignments:write')) return;
  const detail = 'The upload changed who calls from numbers. To undo it you need the permission assignments:write.';
  throw new ProblemError('permission_denied', detail);
}

function importNotFound(): ProblemError {
  return new ProblemError('record_not_found', 'There is no such import.');
}
