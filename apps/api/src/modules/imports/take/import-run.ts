import type { ImportErrorCode, UploadColumn } from '#contracts';
import type { Database, Transaction } from '../../../platform/database/database.js';
import type { AuditLog } from '../../audit/audit.public.js';
import type { RequestContext } from '../../tenancy/tenancy.public.js';
import type { ImportCounts, ImportsRepository, ToldRow, WorkableJob } from '../jobs/imports.repository.js';
import { told } from '../read/check-upload-row.js';
import { type ImportChunk, ImportReader } from '../read/import-reader.js';
import type { ImportMerge, MergeResult, RefusedRow } from './import-merge.js';
import type { ImportPace } from './import-pace.js';

export interface RunParts {
  database: Database;
  repository: ImportsRepository;
  merge: ImportMerge;
  pace: ImportPace;
  audit: AuditLog;
}

export type RunState = 'unfinished' | 'finished' | 'superseded';

/** One job being worked on by this process. It can rest between two chunks, and any process can go on in its place. */
export class ImportRun {
  private readonly reader: ImportReader;
  private upcoming: Promise<ImportChunk> | null = null;

  constructor(
    private readonly parts: RunParts,
    private readonly context: RequestContext,
    readonly job: WorkableJob,
  ) {
    this.reader = new ImportReader(job, (position) => this.piece(position));
  }

  /**
   * Takes the next chunk of rows, while the one after it is read.
   *
   * @returns superseded when somebody else moved the job meanwhile: then this run knows nothing any more
   */
  async step(): Promise<RunState> {
    const { pace } = this.parts;
    const chunk = await (this.upcoming ?? this.reader.next(pace.chunkRows));
    this.upcoming = null;
    if (!chunk.last) {
      this.upcoming = this.reader.next(pace.chunkRows);
      // Whoever awaits it is told; until then it is nobody's.
      this.upcoming.catch(() => undefined);
    }
    return this.take(chunk);
  }

  /**
   * Takes the good rows of a chunk, counts all of them and moves the job, in one transaction: whatever dies, no row is
   * taken twice and none is left out. A dry run rehearses the same, for only the database knows which numbers others
   * have. Only the last chunk waits for the disk: what a crash of the server takes back is a number of
   * last chunks with the progress that they made, and they are taken again.
   */
  private take(chunk: ImportChunk): Promise<RunState> {
    const { database, repository, merge } = this.parts;
    const { context, job } = this;
    return database.inTenant(context.organizationId, async (tx) => {
      const state = await repository.lock(tx, context, job.id);
      if (!state || state.finished || state.processed !== chunk.from) return 'superseded';
      if (state.cancelRequested) {
        await this.end(tx, 'canceled');
        return 'finished';
      }
      if (!chunk.last) await tx.commitWithoutWaiting();
      await merge.prepare(tx);
      const work = [tx, [context.organizationId, job.id], chunk.staged, job.mode] as const;
      const result = job.dryRun ? await merge.rehearse(...work) : await merge.merge(...work);
      const lines = withoutTwins([...chunk.told, ...refusalsOf(result, chunk)]);
      await repository.addProgress(tx, context, job.id, countsOf(chunk, result, lines), lines);
      if (!chunk.last) return 'unfinished';
      await this.end(tx, 'completed');
      return 'finished';
    });
  }

  /** Ends the job, which is locked. What it did stays, and leaves its event. */
  async end(
    tx: Transaction,
    status: 'completed' | 'canceled' | 'failed',
    failure: string | null = null,
  ): Promise<void> {
    const { repository, audit } = this.parts;
    const { context, job } = this;
    await repository.finish(tx, context, job.id, status, failure);
    const done = await repository.progress(tx, context, job.id);
    if (job.dryRun || !done) return;
    const { total, processed, created, updated, skipped, failed, repaired } = done;
    await audit.record(tx, context, {
      action: 'phone_numbers.uploaded',
      subjectType: 'import_job',
      subjectId: job.id,
      facts: {
        ...{ status, total, processed, created, updated, skipped, failed, repaired },
        mode: job.mode,
        fileName: job.fileName,
      },
    });
  }

  private async piece(position: number): Promise<Buffer> {
    const { database, repository } = this.parts;
    const bytes = await database.inTenant(this.context.organizationId, (tx) =>
      repository.piece(tx, this.context, this.job.id, position),
    );
    // Its end takes the file away: somebody else has finished the job.
    return bytes ?? Buffer.alloc(0);
  }
}

function countsOf(
  { counts }: ImportChunk,
  { outcomes, refused }: MergeResult,
  lines: readonly ToldRow[],
): ImportCounts {
  const { created = 0, revived = 0, updated = 0, unchanged = 0 } = outcomes;
  const failed = refused.filter(({ outcome }) => !isTaken(outcome)).length;
  return {
    created: created + revived,
    updated,
    skipped: counts.skipped + unchanged + refused.length - failed,
    failed: counts.failed + failed,
    repaired: repairedLines(lines),
  };
}

/** A notice about the number tells that it was mended; one number may have got several. */
function repairedLines(lines: readonly ToldRow[]): number {
  const repairs = lines.filter(({ severity, column }) => severity === 'notice' && column === 'phoneNumber');
  return new Set(repairs.map(({ line }) => line)).size;
}

/** Numbers that exist are skipped; what the row names and is not there fails. */
function isTaken(outcome: RefusedRow['outcome']): boolean {
  return outcome === 'own' || outcome === 'in_pool' || outcome === 'elsewhere';
}

function refusalsOf({ refused }: MergeResult, chunk: ImportChunk): ToldRow[] {
  return refused.map((row) => {
    const { code, column, message, value } = refusalOf(row);
    const error = told(row.line, code, column, message, value);
    return { ...error, severity: 'error', cells: chunk.cells.get(row.line) ?? null };
  });
}

interface Refusal {
  code: ImportErrorCode;
  column: UploadColumn;
  message: string;
  value: string | null;
}

function refusalOf({ outcome, e164, agent, client, holder }: RefusedRow): Refusal {
  const taken = (what: string): Refusal => ({
    code: 'duplicate',
    column: 'phoneNumber',
    message: `${e164} ${what}`,
    value: e164,
  });
  const ofAgent = (code: ImportErrorCode, message: string): Refusal => ({
    code,
    column: 'agent',
    message,
    value: agent,
  });
  switch (outcome) {
    case 'own':
      return taken('is among your numbers already. To change it, upload with mode=upsert.');
    case 'in_pool':
      return taken('is in the pool. Claim it there instead of uploading it.');
    case 'elsewhere':
      return taken('is registered already. If it is yours, ask the platform administrator for it.');
    case 'client_unknown': {
      const message = 'There is no client with this name or id. Create it first, or leave the client empty.';
      return { code: outcome, column: 'client', message, value: client };
    }
    case 'agent_unknown':
      return ofAgent(outcome, 'There is no agent with this name, external id or id. Create it first.');
    case 'agent_has_number':
      return ofAgent(
        outcome,
        'In your organization an agent has one number, and this one has another. Unassign it first.',
      );
    case 'agent_inactive':
      return ofAgent(outcome, 'The agent is not active. Activate it first, or name another agent.');
    case 'assigned_elsewhere':
      return ofAgent(outcome, `${e164} is assigned. Unassign it from the agent '${holder ?? ''}' first.`);
  }
}

/** A row that was refused has its error alone: that matters more than what was read otherwise in it. */
function withoutTwins(lines: readonly ToldRow[]): ToldRow[] {
  const refused = new Set(lines.filter(({ severity }) => severity === 'error').map(({ line }) => line));
  return lines.filter(({ severity, line }) => severity === 'error' || !refused.has(line));
}
