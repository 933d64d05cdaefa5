import type { ImportErrorCode, UploadColumn } from '#contracts';
import type { Database, Transaction } from '../../../platform/database/database.js';
import type { AuditLog } from '../../audit/audit.public.js';
import type { RequestContext } from '../../tenancy/tenancy.public.js';
import type { ImportCounts, ImportsRepository, RowCounts, ToldRow, WorkableJob } from '../jobs/imports.repository.js';
import { told } from '../read/check-upload-row.js';
import { type ImportChunk, ImportReader } from '../read/import-reader.js';
import type { ImportMerge, MergeResult, RefusedRow } from './import-merge.js';
import type { NumberRemoval } from './number-removal.js';
import type { ImportPace } from './import-pace.js';

export interface RunParts {
  database: Database;
  repository: ImportsRepository;
  merge: ImportMerge;
  removal: NumberRemoval;
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
   * @returns superseded when another process moved the job meanwhile: then what this run remembers of it is outdated
   */
  async step(): Promise<RunState> {
    const { pace } = this.parts;
    const chunk = await (this.upcoming ?? this.reader.next(pace.chunkRows));
    this.upcoming = null;
    if (!chunk.last) {
      this.upcoming = this.reader.next(pace.chunkRows);
      // The rejection is handled where it is awaited; until then it must not count as unhandled.
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
    const { database, repository } = this.parts;
    const { context, job } = this;
    return database.inTenant(context.organizationId, async (tx) => {
      const state = await repository.lock(tx, context, job.id);
      if (!state || state.finished || state.processed !== chunk.from) return 'superseded';
      if (state.cancelRequested) {
        await this.end(tx, 'canceled');
        return 'finished';
      }
      if (!chunk.last) await tx.commitWithoutWaiting();
      const { counts, refusals } = await this.carryOut(tx, chunk);
      const lines = withoutTwins([...chunk.told, ...refusals]);
      await repository.addProgress(tx, context, job.id, { ...counts, repaired: repairedLines(lines) }, lines);
      if (!chunk.last) return 'unfinished';
      await this.end(tx, 'completed');
      return 'finished';
    });
  }

  private async carryOut(tx: Transaction, chunk: ImportChunk): Promise<{ counts: RowCounts; refusals: ToldRow[] }> {
    const { merge, removal } = this.parts;
    const { context, job } = this;
    if (job.operation !== 'register') {
      const { done, skipped, refused } = await removal.take(tx, context, job, job.operation, chunk.staged);
      const failed = chunk.counts.failed + refused.length - skipped;
      const counts = { ...chunk.counts, skipped: chunk.counts.skipped + skipped, failed };
      const counted = { ...counts, [job.operation === 'delete' ? 'deleted' : 'unassigned']: done };
      return { counts: counted, refusals: refused.map((row) => toldAs(row, chunk)) };
    }
    await merge.prepare(tx);
    const work = [tx, [context.organizationId, job.id], chunk.staged, job.mode] as const;
    const result = job.dryRun ? await merge.rehearse(...work) : await merge.merge(...work);
    return { counts: countsOf(chunk, result), refusals: refusalsOf(result, chunk) };
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
    const { total, processed, created, updated, deleted, unassigned, skipped, failed, repaired } = done;
    await audit.record(tx, context, {
      action: ACTIONS[job.operation],
      subjectType: 'import_job',
      subjectId: job.id,
      facts: {
        ...{ status, total, processed, skipped, failed, repaired },
        ...factsOf(job, { created, updated, deleted, unassigned }),
        fileName: job.fileName,
      },
    });
  }

  private async piece(position: number): Promise<Buffer> {
    const { database, repository } = this.parts;
    const bytes = await database.inTenant(this.context.organizationId, (tx) =>
      repository.piece(tx, this.context, this.job.id, position),
    );
    // Its end takes the file away: another process has finished the job.
    return bytes ?? Buffer.alloc(0);
  }
}

const ACTIONS = {
  register: 'phone_numbers.uploaded',
  delete: 'phone_numbers.deleted_by_file',
  unassign: 'phone_numbers.unassigned_by_file',
} as const;

type Done = Pick<ImportCounts, 'created' | 'updated' | 'deleted' | 'unassigned'>;

function factsOf({ operation, mode }: WorkableJob, { created, updated, deleted, unassigned }: Done): object {
  if (operation === 'register') return { created, updated, mode };
  return operation === 'delete' ? { deleted } : { unassigned };
}

function countsOf({ counts }: ImportChunk, { outcomes, refused }: MergeResult): RowCounts {
  const { created = 0, revived = 0, updated = 0, unchanged = 0 } = outcomes;
  const failed = refused.filter(({ outcome }) => !isTaken(outcome)).length;
  return {
    ...counts,
    created: created + revived,
    updated,
    skipped: counts.skipped + unchanged + refused.length - failed,
    failed: counts.failed + failed,
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
  return refused.map((row) => toldAs({ line: row.line, ...refusalOf(row) }, chunk));
}

function toldAs({ line, code, column, message, value }: Refusal & { line: number }, { cells }: ImportChunk): ToldRow {
  return { ...told(line, code, column, message, value), severity: 'error', cells: cells.get(line) ?? null };
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
    case 'agent_ambiguous':
      return ofAgent(outcome, 'Several agents fit: by name, external id or id. Write the id of the one that is meant.');
    case 'agent_has_number':
      return ofAgent(
        outcome,
        'In your organization an agent has one number, and this one has another. Unassign it first.',
      );
    case 'agent_inactive':
      return ofAgent(outcome, 'The agent is not active. Activate it first, or name another agent.');
    case 'number_cannot_call':
      return ofAgent(
        outcome,
        `${e164} has no voice, so that no agent can call from it. Give it voice, or name no agent.`,
      );
    case 'assigned_elsewhere':
      return ofAgent(outcome, `${e164} is assigned. Unassign it from the agent '${holder ?? ''}' first.`);
  }
}

/** A row that was refused has its error alone: that matters more than what was read otherwise in it. */
function withoutTwins(lines: readonly ToldRow[]): ToldRow[] {
  const refused = new Set(lines.filter(({ severity }) => severity === 'error').map(({ line }) => line));
  return lines.filter(({ severity, line }) => severity === 'error' || !refused.has(line));
}
