import { Injectable } from '@nestjs/common';
import type { ImportJobView, ImportRowError, ImportStatus } from '#contracts';
import type { Transaction } from '../../platform/database/database.js';
import type { RequestContext } from '../tenancy/tenancy.public.js';
import { ADD_IMPORT_PROGRESS, IMPORT_ROWS_AFTER, INSERT_IMPORT_ROWS } from './sql/import-jobs.sql.js';

export interface ImportOptions {
  mode: 'create' | 'upsert';
  dryRun: boolean;
  fileName: string | null;
}

/** What became of rows. */
export interface ImportCounts {
  created: number;
  updated: number;
  skipped: number;
  failed: number;
}

const SHOWN_ERRORS = 100;

@Injectable()
export class ImportsRepository {
  /** @returns the id of a new job, which is running */
  async create(tx: Transaction, context: RequestContext, options: ImportOptions, total: number): Promise<string> {
    const { principal } = context;
    const [job] = await tx.query<{ id: string }>(
      `insert into import_jobs (organization_id, status, mode, dry_run, file_name, created_by, total)
       values ($1, 'running', $2, $3, $4, $5, $6) returning id`,
      [
        context.organizationId,
        options.mode,
        options.dryRun,
        options.fileName,
        principal.kind === 'user' ? principal.userId : principal.apiKeyId,
        total,
      ],
    );
    return job!.id;
  }

  async addProgress(
    tx: Transaction,
    context: RequestContext,
    id: string,
    counts: ImportCounts,
    errors: readonly ImportRowError[],
  ): Promise<void> {
    const { created, updated, skipped, failed } = counts;
    const job = [context.organizationId, id];
    await tx.query(ADD_IMPORT_PROGRESS, [...job, created, updated, skipped, failed]);
    if (errors.length > 0) await tx.query(INSERT_IMPORT_ROWS, [...job, JSON.stringify(errors)]);
  }

  async finish(tx: Transaction, context: RequestContext, id: string, status: ImportStatus): Promise<void> {
    await tx.query(`update import_jobs set status = $3, finished_at = now() where organization_id = $1 and id = $2`, [
      context.organizationId,
      id,
      status,
    ]);
  }

  /** The job with its first errors; null when there is none. */
  async find(tx: Transaction, context: RequestContext, id: string): Promise<ImportJobView | null> {
    const [job] = await tx.query<Omit<ImportJobView, 'errors'>>(
      `select id, status, total, processed, created, updated, skipped, failed
       from import_jobs where organization_id = $1 and id = $2`,
      [context.organizationId, id],
    );
    return job ? { ...job, errors: await this.errorsAfter(tx, context, id, 0, SHOWN_ERRORS) } : null;
  }

  /** Rows that were not taken, in the order of the file, from after that line on. */
  errorsAfter(
    tx: Transaction,
    context: RequestContext,
    id: string,
    line: number,
    limit: number,
  ): Promise<ImportRowError[]> {
    return tx.query<ImportRowError>(IMPORT_ROWS_AFTER, [context.organizationId, id, line, limit]);
  }
}
