import { Injectable } from '@nestjs/common';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import {
  type ImportJobView,
  type ImportNotice,
  type ImportOperation,
  isSeparator,
  isSeparatorLine,
  namedSeparator,
  type UploadEncoding,
  uploadSeparator,
} from '#contracts';
import { Database, type Transaction } from '../../../platform/database/database.js';
import { Outbox } from '../../../platform/events/outbox.js';
import { ProblemError } from '../../../platform/http/problems/problem.error.js';
import { clientLimit, type RequestContext } from '../../tenancy/tenancy.public.js';
import { type ImportFormat, type ImportOptions, ImportsRepository } from '../jobs/imports.repository.js';
import { told } from '../read/check-upload-row.js';
import { CsvReader } from '../read/csv-reader.js';
import { readLayout, type UploadTold } from '../read/upload-columns.js';
import {
  EncodingProbe,
  type FoundEncoding,
  refuseJson,
  TextReader,
  type ToldEncoding,
  unreadable,
} from '../read/upload-encoding.js';
import { isBlank } from '../read/upload-row.js';

/** Pieces that the file is kept in. The first one must show what kind of file it is. */
const PIECE_BYTES = 262_144;
const LINE_FEED = 10;
/** What a file may be instead of what it was guessed to be. */
const EXAMPLES: readonly UploadEncoding[] = ['windows-1251', 'shift_jis', 'windows-1252'];
const POLL_MS = 50;

const ONE_BY_ONE: Record<ImportOperation, string> = {
  register: 'Add numbers one by one, with clientId',
  delete: 'Delete numbers of your clients one by one, or by POST /phone-numbers/bulk',
  unassign: 'Unassign numbers of your clients one by one, or by POST /phone-numbers/bulk',
};

/** What the request says beside the file. */
export interface ToldOfFile extends Omit<UploadTold, 'operation'>, ToldEncoding {}

interface Head {
  format: ImportFormat;
  probe: EncodingProbe;
  /** Records that are no rows: a header, and the line that names the separator. */
  leading: number;
  notices: ImportNotice[];
}

/** Receives uploads of phone numbers. Taking their rows is work for later. */
@Injectable()
export class BulkUploadService {
  constructor(
    private readonly database: Database,
    private readonly imports: ImportsRepository,
    private readonly outbox: Outbox,
  ) {}

  /**
   * Keeps the file and puts its import into the queue. Whatever can be told from its beginning is told at once.
   *
   * @param patienceMs how long to wait for the end
   * @throws ProblemError csv_invalid, permission_denied, and what the stream throws; then nothing is left behind
   */
  async upload(
    context: RequestContext,
    file: Readable,
    options: ImportOptions,
    told: ToldOfFile,
    patienceMs: number,
  ): Promise<{ job: ImportJobView; finished: boolean }> {
    const id = await this.receive(context, file, options, told);
    return this.ends(context, id, patienceMs);
  }

  private async receive(
    context: RequestContext,
    file: Readable,
    options: ImportOptions,
    told: ToldOfFile,
  ): Promise<string> {
    if (clientLimit(context) !== null) {
      const toDo = ONE_BY_ONE[options.operation];
      const detail = `You are limited to clients. ${toDo}, or ask an admin who is not to send the file.`;
      throw new ProblemError('permission_denied', detail);
    }
    const pieces = piecesOf(file);
    const first = await pieces.next();
    const { format, probe, leading, notices } = readHead(
      first.value?.bytes ?? Buffer.alloc(0),
      first.value?.last ?? true,
      { ...told, operation: options.operation },
    );
    requirePermissions(context, options.operation, format);
    const id = await this.inTenant(context, (tx) => this.imports.create(tx, context, options, format));
    try {
      let bytes = 0;
      let lines = 0;
      let position = 0;
      for (let piece = first; !piece.done; piece = await pieces.next()) {
        const content = piece.value.bytes;
        probe.see(content);
        bytes += content.length;
        lines += countLines(content, piece.value.last);
        await this.inTenant(context, (tx) => this.imports.addPiece(tx, context, id, position, content));
        position += 1;
      }
      const rows = Math.max(lines - leading, 0);
      const found = probe.encoding(true);
      const received = {
        encoding: found.encoding,
        bytes,
        rows,
        notices: [...notices, ...doubtOf(found, told.isCalledUtf8)],
      };
      await this.inTenant(context, async (tx) => {
        await this.imports.received(tx, context, id, received);
        const { organizationId } = context;
        await this.outbox.record(tx, { type: 'import.received', organizationId, subjectId: id, payload: {} });
      });
      return id;
    } catch (error) {
      await this.inTenant(context, (tx) => this.imports.remove(tx, context.organizationId, id));
      throw error;
    }
  }

  private async ends(context: RequestContext, id: string, patienceMs: number) {
    const deadline = Date.now() + patienceMs;
    for (;;) {
      const job = await this.inTenant(context, (tx) => this.imports.progress(tx, context, id));
      const finished = job?.finishedAt != null;
      if (finished || Date.now() >= deadline) {
        const found = await this.inTenant(context, (tx) => this.imports.find(tx, context, id));
        return { job: found!, finished };
      }
      await delay(POLL_MS);
    }
  }

  private inTenant<T>(context: RequestContext, work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.database.inTenant(context.organizationId, work);
  }
}

/** A file that names agents assigns numbers, which is a permission of its own, and so is to unassign them. */
function requirePermissions(
  { principal }: RequestContext,
  operation: ImportOperation,
  { columns }: Pick<ImportFormat, 'columns'>,
): void {
  if (principal.permissions.has('assignments:write')) return;
  if (operation === 'unassign') {
    throw new ProblemError('permission_denied', 'To unassign numbers you need the permission assignments:write.');
  }
  if (!columns.includes('agent')) return;
  throw new ProblemError(
    'permission_denied',
    'The file has a column agent, and you may not assign numbers. Leave the column out, or ask for assignments:write.',
  );
}

/** @throws ProblemError csv_invalid */
function readHead(head: Buffer, isWhole: boolean, told: ToldOfFile & UploadTold): Head {
  const probe = new EncodingProbe(head, told.encoding);
  const sample = new EncodingProbe(head, told.encoding);
  sample.see(head);
  const text = new TextReader(sample.encoding(isWhole).encoding).read(head, isWhole);
  if (isWhole && text.trim() === '') {
    throw unreadable('Line 1: the file is empty. Send one phone number, provider, country a line.');
  }
  refuseJson(text);
  const delimiter = separatorOf(text);
  let leading = 0;
  let layout: ReturnType<typeof readLayout> | null = null;
  for (const record of new CsvReader(delimiter).read(text, isWhole)) {
    if (isBlank(record)) continue;
    if (layout) return headOf(layout);
    if (leading === 0 && isSeparatorLine(record.cells, delimiter)) {
      leading += 1;
      continue;
    }
    if (record.fault === 'too_long') throw unreadable(`Line ${record.line}: the line is too long to be a header.`);
    if (record.fault === 'quote_open' && !record.cells.some((cell) => /\d/.test(cell))) {
      throw unreadable(`Line ${record.line}: a quote opens and is never closed. Close it.`);
    }
    layout = readLayout(record.cells, record.line, told);
    if (layout.hasHeader) leading += 1;
    if (!layout.hasHeader || !isWhole) return headOf(layout);
  }
  throw unreadable('Line 1: there is only a header. Add one line for each phone number.');

  function headOf({ notices, ...format }: ReturnType<typeof readLayout>): Head {
    return { format: { delimiter, ...format }, probe, leading, notices };
  }
}

function separatorOf(text: string): string {
  const named = namedSeparator(text);
  if (named !== null && !isSeparator(named)) {
    throw unreadable(
      `Line 1: "${named}" can separate no values. After sep= write a comma, a semicolon, a tab, or | : ^ ~.`,
    );
  }
  return uploadSeparator(text);
}

/** A guess is told, with the place where its letters can be seen; and so is a charset that the file does not have. */
function doubtOf({ encoding, isCertain, line }: FoundEncoding, isCalledUtf8: boolean): ImportNotice[] {
  const isMislabeled = isCalledUtf8 && encoding !== 'utf-8';
  if (isCertain && !isMislabeled) return [];
  const begin = isMislabeled ? 'The Content-Type says utf-8, and the file is not: it' : 'The file is no Unicode, and';
  const others = EXAMPLES.filter((one) => one !== encoding).slice(0, 2);
  const message =
    `${begin} was read as ${encoding}, which is a guess. If letters are wrong from line ${line ?? 1} on, ` +
    `undo the upload and send encoding=, for example ${others.join(' or ')}.`;
  return [told(line ?? 1, 'encoding_guessed', null, message, encoding)];
}

/** Cuts a stream into pieces of one size. */
async function* piecesOf(file: Readable): AsyncGenerator<{ bytes: Buffer; last: boolean }, void> {
  let held: Buffer[] = [];
  let size = 0;
  for await (const chunk of file as AsyncIterable<Buffer>) {
    held.push(chunk);
    size += chunk.length;
    // One byte more than a piece shows that there is more to come.
    while (size > PIECE_BYTES) {
      const bytes = Buffer.concat(held, size);
      yield { bytes: bytes.subarray(0, PIECE_BYTES), last: false };
      held = [bytes.subarray(PIECE_BYTES)];
      size -= PIECE_BYTES;
    }
  }
  if (size > 0) yield { bytes: Buffer.concat(held, size), last: true };
}

/** The last line may end with the file. */
function countLines(bytes: Buffer, last: boolean): number {
  let lines = last && bytes.at(-1) !== LINE_FEED ? 1 : 0;
  for (let at = bytes.indexOf(LINE_FEED); at >= 0; at = bytes.indexOf(LINE_FEED, at + 1)) lines += 1;
  return lines;
}
