import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { setTimeout as delay } from 'node:timers/promises';
import type { ImportJobView } from '#contracts';
import { Database } from '../../platform/database/database.js';
import { AuditLog } from '../audit/audit.public.js';
import type { RequestContext } from '../tenancy/tenancy.public.js';
import { type ImportOptions, ImportsRepository } from './imports.repository.js';
import { UploadChunks } from './upload-chunks.js';
import { unreadable, uploadedText } from './upload-file.js';
import { readUploadRows, type UploadRow } from './upload-rows.js';

/** Rows to one transaction: enough that a round trip costs little, few enough that nobody waits long for its locks. */
const CHUNK_ROWS = 1_000;

/** Takes uploads of phone numbers. */
@Injectable()
export class BulkUploadService implements BeforeApplicationShutdown {
  private readonly logger = new Logger('BulkUpload');
  private readonly running = new Set<Promise<void>>();
  private stopping = false;

  constructor(
    private readonly database: Database,
    private readonly imports: ImportsRepository,
    private readonly chunks: UploadChunks,
    private readonly audit: AuditLog,
  ) {}

  /**
   * Takes every good row of a CSV file, and writes down why it did not take the others.
   *
   * The file is read twice: once to see that it can be read to its end, for otherwise nothing is written, and once to
   * take its rows. Each thousand rows are a transaction with their share of the job's counts.
   *
   * @param patienceMs how long to wait for the end; after that the upload goes on by itself
   * @throws ProblemError csv_invalid
   */
  async upload(
    context: RequestContext,
    bytes: Buffer,
    options: ImportOptions,
    patienceMs: number,
  ): Promise<{ job: ImportJobView; finished: boolean }> {
    const text = uploadedText(bytes);
    const total = await countRows(text);
    const id = await this.database.inTenant(context.organizationId, (tx) =>
      this.imports.create(tx, context, options, total),
    );
    const work = this.run(context, id, text, options);
    this.track(work);
    const finished = await endsWithin(work, patienceMs);
    const job = await this.database.inTenant(context.organizationId, (tx) => this.imports.find(tx, context, id));
    return { job: job!, finished };
  }

  /** Lets the uploads in progress finish the rows that they are at, and calls off the rest. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping = true;
    await Promise.allSettled(this.running);
  }

  private track(work: Promise<void>): void {
    const tracked = work.catch((error: unknown) => {
      this.logger.error({ msg: 'An upload failed', stack: error instanceof Error ? error.stack : String(error) });
    });
    this.running.add(tracked);
    void tracked.finally(() => this.running.delete(tracked));
  }

  private async run(context: RequestContext, id: string, text: string, options: ImportOptions): Promise<void> {
    try {
      const linesOfNumbers = new Map<string, number>();
      let rows: UploadRow[] = [];
      for await (const row of readUploadRows(text)) {
        rows.push(row);
        if (rows.length < CHUNK_ROWS) continue;
        if (this.stopping) return await this.finish(context, id, options, 'canceled');
        await this.chunks.take(context, id, rows, options, linesOfNumbers);
        rows = [];
      }
      await this.chunks.take(context, id, rows, options, linesOfNumbers);
      await this.finish(context, id, options, 'completed');
    } catch (error) {
      await this.finish(context, id, options, 'failed').catch(() => undefined);
      throw error;
    }
  }

  private finish(
    context: RequestContext,
    id: string,
    options: ImportOptions,
    status: 'completed' | 'canceled' | 'failed',
  ): Promise<void> {
    return this.database.inTenant(context.organizationId, async (tx) => {
      await this.imports.finish(tx, context, id, status);
      const job = await this.imports.find(tx, context, id);
      if (options.dryRun || !job) return;
      const { errors: _, id: __, ...counts } = job;
      await this.audit.record(tx, context, {
        action: 'phone_numbers.uploaded',
        subjectType: 'import_job',
        subjectId: id,
        facts: { ...counts, mode: options.mode, fileName: options.fileName },
      });
    });
  }
}

/** @throws ProblemError csv_invalid when the file cannot be read to its end, or has no row */
async function countRows(text: string): Promise<number> {
  if (text.trim() === '')
    throw unreadable('Line 1: the file is empty. Send one phone number, provider, country a line.');
  let total = 0;
  for await (const _ of readUploadRows(text)) total += 1;
  if (total === 0) throw unreadable('Line 1: there is only a header. Add one line for each phone number.');
  return total;
}

/** @throws what the work throws, when it does so in time */
async function endsWithin(work: Promise<void>, patienceMs: number): Promise<boolean> {
  const timer = new AbortController();
  const patience = delay(patienceMs, false, { signal: timer.signal });
  patience.catch(() => undefined);
  try {
    return await Promise.race([work.then(() => true), patience]);
  } finally {
    timer.abort();
  }
}
