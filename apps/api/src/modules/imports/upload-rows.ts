import { Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { CsvError, parse } from 'csv-parse';
import { readHeader, type UploadColumn, uploadColumns } from './upload-columns.js';
import { unreadable } from './upload-file.js';

/** A row of an upload as it stands there. */
export interface UploadRow {
  /** Where it begins; 1 is the first line of the file. */
  line: number;
  values: Partial<Record<UploadColumn, string>>;
  /** More cells than columns. */
  tooLong: boolean;
  /** The last line of a value that runs over several, which only a quote that is not closed brings about. */
  brokenUntil: number | null;
}

interface CsvRecord {
  record: string[];
  info: { lines: number };
}

/** Little enough that parsing one slice takes a millisecond or two: the call gate answers in between. */
const SLICE_CHARACTERS = 16_384;
const ROWS_PER_TURN = 500;

/**
 * Reads the rows of an upload one by one; the header and blank lines are none. Columns are separated by commas, or by
 * the semicolons or tabs that spreadsheets write in some countries.
 *
 * @throws ProblemError csv_invalid when the file as a whole cannot be read, naming the line
 */
export async function* readUploadRows(text: string): AsyncGenerator<UploadRow> {
  let columns: readonly UploadColumn[] | null = null;
  let lastLine = 0;
  const parsedTo = (line: number): void => void (lastLine = line);
  let records = 0;
  try {
    for await (const { record, info } of csvRecords(text, parsedTo)) {
      records += 1;
      if (records % ROWS_PER_TURN === 0) await nextTurn();
      const line = info.lines - record.reduce((breaks, cell) => breaks + countBreaks(cell), 0);
      const cells = record.map(unquoted);
      if (cells.every((cell) => cell === '')) continue;
      if (columns === null) {
        columns = readHeader(cells, line);
        if (columns !== null) continue;
        columns = uploadColumns;
      }
      yield rowOf(columns, cells, line, info.lines);
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw unreadable(whyUnreadable(error, nextLine(text, lastLine)));
  }
}

/** @param parsedTo is told where each record ends; an error destroys the stream before all of them are handed out */
function csvRecords(text: string, parsedTo: (line: number) => void): AsyncIterable<CsvRecord> {
  const delimiter = delimiterOf(text);
  const parser = parse({
    delimiter,
    record_delimiter: '\n',
    info: true,
    // Tabs count as spaces there.
    ltrim: delimiter !== '\t',
    relax_quotes: true,
    relax_column_count: true,
    skip_empty_lines: true,
    on_record: (record: string[], { lines }) => {
      parsedTo(lines);
      return record;
    },
  });
  return Readable.from(slices(text)).pipe(parser);
}

function* slices(text: string): Generator<string> {
  // A slice never parts the two halves of a character beyond the basic plane.
  for (let start = 0; start < text.length;) {
    let end = Math.min(start + SLICE_CHARACTERS, text.length);
    if (end < text.length && /[\ud800-\udbff]/.test(text[end - 1]!)) end += 1;
    yield text.slice(start, end);
    start = end;
  }
}

function delimiterOf(text: string): string {
  const firstLine = /^[^\S\n]*\S.*$/m.exec(text)?.[0] ?? '';
  return [',', ';', '\t'].find((delimiter) => firstLine.includes(delimiter)) ?? ',';
}

function rowOf(columns: readonly UploadColumn[], cells: string[], line: number, lastLine: number): UploadRow {
  return {
    line,
    values: Object.fromEntries(columns.map((column, index) => [column, cells[index] ?? ''])),
    tooLong: cells.slice(columns.length).some((cell) => cell !== ''),
    brokenUntil: lastLine > line ? lastLine : null,
  };
}

/** Spaces after a closing quote leave the quotes in the value. */
function unquoted(cell: string): string {
  const value = cell.trim();
  return /^"[^"]*"$/.test(value) ? value.slice(1, -1).trim() : value;
}

function countBreaks(cell: string): number {
  return cell.includes('\n') ? cell.split('\n').length - 1 : 0;
}

/** The first line after that one which is not blank. */
function nextLine(text: string, line: number): number {
  const lines = text.split('\n');
  const index = lines.findIndex((content, at) => at >= line && content.trim() !== '');
  return index < 0 ? line + 1 : index + 1;
}

function whyUnreadable(error: CsvError, line: number): string {
  if (error.code === 'CSV_QUOTE_NOT_CLOSED') return `Line ${line}: a quote opens and is never closed. Close it.`;
  return `Line ${line}: the file is not CSV that can be read. Quote values that have quotes or separators in them.`;
}
