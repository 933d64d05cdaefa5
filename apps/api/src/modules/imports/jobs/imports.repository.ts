import { Injectable } from '@nestjs/common';
import type {
  ImportJobSummaryView,
  ImportJobView,
  ImportNotice,
  ImportOperation,
  ImportRowError,
  ImportStatus,
  PhoneNumberProvider,
  UploadColumn,
  UploadNumberFormat,
  UploadReadingView,
} from '#contracts';
import type { Transaction } from '../../../platform/database/database.js';
import type { ListQuery, Page } from '../../../platform/http/lists/list-query.js';
import type { RequestContext } from '../../tenancy/tenancy.public.js';
import type { ImportActor } from './import-actor.js';
import { actorOf } from './import-actor.js';
import {
  ADD_IMPORT_PROGRESS,
  COUNT_IMPORT_JOBS,
  FILE_RECEIVED,
  FINISH_IMPORT,
  IMPORT_JOB_VIEW,
  IMPORT_JOBS,
  IMPORT_READING,
  IMPORT_ROWS_AFTER,
  INSERT_IMPORT_JOB,
  INSERT_IMPORT_ROWS,
  LOCK_IMPORT_JOB,
  WORKABLE_JOB,
} from './sql/import-jobs.sql.js';

export interface ImportOptions {
  operation: ImportOperation;
  mode: 'create' | 'upsert';
  dryRun: boolean;
  fileName: string | null;
  /** For national numbers of rows without a country. */
  country: string | null;
  numberFormat: UploadNumberFormat;
}

export interface ImportFormat {
  delimiter: string;
  columns: (UploadColumn | null)[];
  /** What they are called in the file; null without a header. */
  names: string[] | null;
  hasHeader: boolean;
  /** Of rows that name none. */
  provider: PhoneNumberProvider | null;
}

/** A job as a worker finds it. */
export interface WorkableJob extends ImportOptions {
  id: string;
  encoding: string;
  delimiter: string;
  /** Empty for a column that is left out. */
  columns: (UploadColumn | '')[];
  hasHeader: boolean;
  /** Of rows that name none. */
  provider: PhoneNumberProvider | null;
  processed: number;
  attempts: number;
  pieces: number;
  actor: ImportActor;
  requestId: string;
}

export interface ImportFilter {
  ids?: string[];
  status?: ImportStatus;
  dryRun?: boolean;
}

export interface LockedJob {
  processed: number;
  status: ImportStatus;
  operation: ImportOperation;
  /** Empty for a column that is left out. */
  columns: string[];
  dryRun: boolean;
  finished: boolean;
  undone: boolean;
  cancelRequested: boolean;
}

/** What became of rows. */
export interface RowCounts {
  created: number;
  updated: number;
  deleted: number;
  unassigned: number;
  skipped: number;
  failed: number;
}

export interface ImportCounts extends RowCounts {
  repaired: number;
}

/** Why a row was not taken, with its cells, so that it can be mended and sent again. */
interface ToldError extends ImportRowError {
  severity: 'error';
  cells: string[] | null;
}

interface ToldNotice extends ImportNotice {
  severity: 'notice';
  cells: null;
}

/** What there is to say about a line of the file. One line has at most one error, and any number of notices. */
export type ToldRow = ToldError | ToldNotice;

/** As it is kept; the id tells several notices of one line apart. */
export type KeptError = ImportRowError & { id: string; cells: string[] | null };
export type KeptNotice = ImportNotice & { id: string; cells: null };

/** Where a page of them ended. */
export interface ToldPlace {
  line: number;
  id: string;
}

export const BEFORE_ALL: ToldPlace = { line: 0, id: '00000000-0000-0000-0000-000000000000' };

type PageOfTold = [tx: Transaction, context: RequestContext, id: string, after: ToldPlace, limit: number];

const SHOWN_ROWS = 100;

@Injectable()
export class ImportsRepository {
  /** @returns the id of a new job, whose file is still arriving */
  async create(
    tx: Transaction,
    context: RequestContext,
    options: ImportOptions,
    format: ImportFormat,
  ): Promise<string> {
    const actor = actorOf(context);
    const [job] = await tx.query<{ id: string }>(INSERT_IMPORT_JOB, [
      context.organizationId,
      options.mode,
      options.dryRun,
      options.fileName,
      actor.id,
      JSON.stringify(actor),
      context.requestId,
      options.country,
      options.numberFormat,
      format.delimiter,
      format.columns.map((column) => column ?? ''),
      format.hasHeader,
      format.names,
      format.provider,
      options.operation,
    ]);
    return job!.id;
  }

  async addPiece(tx: Transaction, context: RequestContext, id: string, position: number, bytes: Buffer): Promise<void> {
    await tx.query(
      'insert into import_file_pieces (organization_id, import_job_id, position, bytes) values ($1, $2, $3, $4)',
      [context.organizationId, id, position, bytes],
    );
  }

  async piece(tx: Transaction, context: RequestContext, id: string, position: number): Promise<Buffer | null> {
    const [piece] = await tx.query<{ bytes: Buffer }>(
      'select bytes from import_file_pieces where organization_id = $1 and import_job_id = $2 and position = $3',
      [context.organizationId, id, position],
    );
    return piece?.bytes ?? null;
  }

  async received(
    tx: Transaction,
    context: RequestContext,
    id: string,
    file: { encoding: string; bytes: number; rows: number; notices: readonly ImportNotice[] },
  ): Promise<void> {
    const { encoding, bytes, rows, notices } = file;
    await tx.query(FILE_RECEIVED, [context.organizationId, id, encoding, bytes, rows, notices.length]);
    const told = notices.map((notice) => ({ ...notice, severity: 'notice', cells: null }));
    if (told.length > 0) await tx.query(INSERT_IMPORT_ROWS, [context.organizationId, id, JSON.stringify(told)]);
  }

  /** Forgets a job whose file did not arrive. */
  async remove(tx: Transaction, organizationId: string, id: string): Promise<void> {
    await tx.query('delete from import_jobs where organization_id = $1 and id = $2 and received_at is null', [
      organizationId,
      id,
    ]);
  }

  /** The oldest job of the organization that is not done; null when there is none. */
  async nextWorkable(tx: Transaction, organizationId: string): Promise<WorkableJob | null> {
    const [job] = await tx.query<WorkableJob>(WORKABLE_JOB, [organizationId]);
    return job ?? null;
  }

  async lock(tx: Transaction, context: RequestContext, id: string): Promise<LockedJob | null> {
    const [job] = await tx.query<LockedJob>(LOCK_IMPORT_JOB, [context.organizationId, id]);
    return job ?? null;
  }

  async addProgress(
    tx: Transaction,
    context: RequestContext,
    id: string,
    counts: ImportCounts,
    rows: readonly ToldRow[],
  ): Promise<void> {
    const { created, updated, deleted, unassigned, skipped, failed, repaired } = counts;
    const job = [context.organizationId, id];
    const notices = rows.filter(({ severity }) => severity === 'notice').length;
    const counted = [created, updated, skipped, failed, repaired, notices, deleted, unassigned];
    await tx.query(ADD_IMPORT_PROGRESS, [...job, ...counted]);
    if (rows.length > 0) await tx.query(INSERT_IMPORT_ROWS, [...job, JSON.stringify(rows)]);
  }

  /** Ends the job and lets go of its file. */
  async finish(
    tx: Transaction,
    context: RequestContext,
    id: string,
    status: ImportStatus,
    failure: string | null = null,
  ): Promise<void> {
    await tx.query(FINISH_IMPORT, [context.organizationId, id, status, failure]);
    await tx.query('delete from import_file_pieces where organization_id = $1 and import_job_id = $2', [
      context.organizationId,
      id,
    ]);
  }

  async countAttempt(tx: Transaction, context: RequestContext, id: string): Promise<void> {
    await tx.query('update import_jobs set attempts = attempts + 1 where organization_id = $1 and id = $2', [
      context.organizationId,
      id,
    ]);
  }

  async requestCancel(tx: Transaction, context: RequestContext, id: string): Promise<void> {
    await tx.query('update import_jobs set cancel_requested_at = now() where organization_id = $1 and id = $2', [
      context.organizationId,
      id,
    ]);
  }

  /** Jobs whose file has arrived. */
  async findPage(
    tx: Transaction,
    context: RequestContext,
    filter: ImportFilter,
    { sort, limit, offset }: Pick<ListQuery, 'offset' | 'limit' | 'sort'>,
  ): Promise<Page<ImportJobSummaryView>> {
    const parameters = [context.organizationId, filter.ids ?? null, filter.status ?? null, filter.dryRun ?? null];
    const [count] = await tx.query<{ total: number }>(COUNT_IMPORT_JOBS, parameters);
    const items = await tx.query<ImportJobSummaryView>(IMPORT_JOBS(sort.direction), [...parameters, limit, offset]);
    return { items, total: count!.total };
  }

  /** The job with its first errors and notices; null when there is none. */
  async find(tx: Transaction, context: RequestContext, id: string): Promise<ImportJobView | null> {
    const [job] = await tx.query<ImportJobSummaryView>(IMPORT_JOB_VIEW, [context.organizationId, id]);
    if (!job) return null;
    const errors = await this.errorsAfter(tx, context, id, BEFORE_ALL, SHOWN_ROWS);
    const notices = await this.noticesAfter(tx, context, id, BEFORE_ALL, SHOWN_ROWS);
    const [reading] = await tx.query<UploadReadingView>(IMPORT_READING, [context.organizationId, id]);
    return { ...job, reading: reading!, errors: errors.map(shown), notices: notices.map(shown) };
  }

  /** How far it is, without the rows that are told about. */
  async progress(tx: Transaction, context: RequestContext, id: string): Promise<ImportJobSummaryView | null> {
    const [job] = await tx.query<ImportJobSummaryView>(IMPORT_JOB_VIEW, [context.organizationId, id]);
    return job ?? null;
  }

  async columns(tx: Transaction, context: RequestContext, id: string): Promise<string[]> {
    const [job] = await tx.query<{ columns: string[] | null }>(
      'select columns from import_jobs where organization_id = $1 and id = $2',
      [context.organizationId, id],
    );
    return (job?.columns ?? []).filter((column) => column !== '');
  }

  /** Rows that were not taken, in the order of the file, from after that place on. */
  errorsAfter(...[tx, context, id, after, limit]: PageOfTold): Promise<KeptError[]> {
    return tx.query(IMPORT_ROWS_AFTER, [context.organizationId, id, after.line, after.id, limit, 'error']);
  }

  /** Notices, in the order of the file, from after that place on. */
  noticesAfter(...[tx, context, id, after, limit]: PageOfTold): Promise<KeptNotice[]> {
    return tx.query(IMPORT_ROWS_AFTER, [context.organizationId, id, after.line, after.id, limit, 'notice']);
  }
}

function shown<T extends ImportRowError | ImportNotice>({ line, column, code, message, value }: T) {
  return { line, column, code: code as T['code'], message, value };
}
