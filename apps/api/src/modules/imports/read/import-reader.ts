import { setImmediate as nextTurn } from 'node:timers/promises';
import { isSeparatorLine, type UploadColumn } from '#contracts';
import type { RowCounts, ToldRow, WorkableJob } from '../jobs/imports.repository.js';
import { checkNumberOfRow, checkUploadRow, told } from './check-upload-row.js';
import { CsvReader } from './csv-reader.js';
import { SeenNumbers } from './seen-numbers.js';
import type { StagedRow } from './staged-row.js';
import { TextReader } from './upload-encoding.js';
import { isBlank, rowOf, rowOfList, type UploadRow } from './upload-row.js';

/** Rows that are checked in one go. The call gate answers in between. */
const ROWS_PER_TURN = 20;

/** Rows that are taken, or refused, together. */
export interface ImportChunk {
  /** How many rows of the file come before it. */
  from: number;
  staged: StagedRow[];
  /** The cells of staged rows by line, in case the database refuses them. */
  cells: Map<number, string[]>;
  told: ToldRow[];
  counts: RowCounts;
  last: boolean;
}

/** Reads the file of a job and checks its rows, chunk by chunk, in memory that does not grow with the file. */
export class ImportReader {
  private readonly rows: AsyncGenerator<UploadRow>;
  private readonly columns: (UploadColumn | null)[];
  private readonly seen = new SeenNumbers();
  private position = 0;

  /** @param piece reads a piece of the file */
  constructor(
    private readonly job: WorkableJob,
    private readonly piece: (position: number) => Promise<Buffer>,
  ) {
    this.columns = job.columns.map((column) => column || null);
    this.rows = this.readRows();
  }

  /**
   * The next chunk. Rows that are done already are only remembered, to know what stands in the file twice.
   *
   * @param rows how many it has, unless the file ends
   */
  async next(rows: number): Promise<ImportChunk> {
    const chunk: ImportChunk = {
      from: Math.max(this.position, this.job.processed),
      staged: [],
      cells: new Map(),
      told: [],
      counts: { created: 0, updated: 0, deleted: 0, unassigned: 0, skipped: 0, failed: 0 },
      last: false,
    };
    for (let taken = 0; taken < rows;) {
      const next = await this.rows.next();
      if (next.done) {
        chunk.last = true;
        return chunk;
      }
      const row = next.value;
      this.position += 1;
      const isDone = this.position <= this.job.processed;
      if (!isDone) taken += 1;
      this.check(row, isDone ? null : chunk);
      if (this.position % ROWS_PER_TURN === 0) await nextTurn();
    }
    return chunk;
  }

  private check(row: UploadRow, chunk: ImportChunk | null): void {
    const { operation } = this.job;
    const checked = operation === 'register' ? checkUploadRow(row, this.job) : checkNumberOfRow(row, this.job);
    if (!checked.ok) {
      if (!chunk) return;
      chunk.counts.failed += 1;
      chunk.told.push({ ...checked.error, severity: 'error', cells: storable(row.cells) });
      return;
    }
    const { e164 } = checked.row;
    const firstLine = this.seen.see(e164, row.line);
    if (!chunk) return;
    if (firstLine !== null) {
      const message = `${e164} stands in line ${firstLine} already. Keep one of the two lines.`;
      chunk.counts.skipped += 1;
      const error = told(row.line, 'duplicate_in_file', 'phoneNumber', message, e164);
      chunk.told.push({ ...error, severity: 'error', cells: row.cells });
      return;
    }
    chunk.staged.push(checked.row);
    chunk.cells.set(row.line, row.cells);
    for (const notice of checked.notices) chunk.told.push({ ...notice, severity: 'notice', cells: null });
  }

  private async *readRows(): AsyncGenerator<UploadRow> {
    const { encoding, delimiter, pieces, hasHeader, operation } = this.job;
    const read = operation !== 'register' && !hasHeader ? rowOfList : rowOf;
    const text = new TextReader(encoding);
    const csv = new CsvReader(delimiter);
    let header = hasHeader;
    let first = true;
    for (let position = 0; position < pieces; position += 1) {
      const last = position === pieces - 1;
      for (const record of csv.read(text.read(await this.piece(position), last), last)) {
        if (isBlank(record)) continue;
        const isSeparator = first && isSeparatorLine(record.cells, delimiter);
        first = false;
        if (isSeparator) continue;
        if (header) header = false;
        else yield read(this.columns, record);
      }
    }
  }
}

/** PostgreSQL stores no NUL. */
function storable(cells: string[]): string[] {
  return cells.map((cell) => cell.replaceAll('\0', '�'));
}
