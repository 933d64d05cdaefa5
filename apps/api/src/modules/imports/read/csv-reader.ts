import { MAX_LINE_BREAKS } from '../../../platform/http/fields/readable-text.js';

/** One record of a CSV file as it stands there. */
export interface CsvRecord {
  /** Where it begins; 1 is the first line of the file. */
  line: number;
  cells: string[];
  fault: 'quote_open' | 'too_long' | null;
}

/** A row longer than this is no row of phone numbers; it is skipped without being kept. */
const MAX_RECORD = 65_536;
/** How far a quoted value may run, besides its lines. Past that its quote was never closed, and reading goes on with the next line. */
const MAX_QUOTED = 8_192;
const SHOWN_OF_TOO_LONG = 100;

type Quoted = { end: number; value: string } | 'incomplete' | 'broken';

/**
 * Reads CSV (RFC 4180) piece by piece, in memory that does not grow with the file. Lines end with `\n`.
 *
 * A quote that is not closed spoils its own line only: the record is handed out with a fault, and reading goes on with
 * the line after it. The CSV libraries give up there, or take the rest of the file for one value.
 */
export class CsvReader {
  private rest = '';
  private line = 1;
  private skipping = false;

  constructor(private readonly delimiter: string) {}

  /** @param last whether the file ends with this text */
  *read(text: string, last: boolean): Generator<CsvRecord> {
    const source = this.rest === '' ? text : this.rest + text;
    let at = 0;
    if (this.skipping) {
      at = source.indexOf('\n') + 1;
      if (at === 0) {
        this.rest = '';
        return;
      }
      this.skipping = false;
      this.line += 1;
    }
    while (at < source.length) {
      const newline = source.indexOf('\n', at);
      if (newline < 0 && !last) break;
      const end = newline < 0 ? source.length : newline;
      if (end - at > MAX_RECORD) yield this.tooLong(source, at);
      else {
        const content = source.slice(at, end);
        if (content.includes('"')) {
          const next = this.quotedRecord(source, at, end, last);
          if (next === null) break;
          yield next.record;
          at = next.end + 1;
          continue;
        }
        yield { line: this.line, cells: content.split(this.delimiter), fault: null };
      }
      this.line += 1;
      at = end + 1;
    }
    this.rest = source.slice(at);
    if (this.rest.length > MAX_RECORD) {
      yield this.tooLong(this.rest, 0);
      this.rest = '';
      this.skipping = true;
    }
  }

  private tooLong(source: string, at: number): CsvRecord {
    return { line: this.line, cells: [source.slice(at, at + SHOWN_OF_TOO_LONG)], fault: 'too_long' };
  }

  /** The record that begins there, perhaps over several lines; null when its end has not arrived yet. */
  private quotedRecord(source: string, start: number, lineEnd: number, last: boolean) {
    const { line } = this;
    const cells: string[] = [];
    let at = start;
    for (;;) {
      const open = this.afterSpaces(source, at);
      const quoted = source[open] === '"' ? this.quotedValue(source, open, last) : null;
      if (quoted === 'incomplete') return this.waitFrom(line);
      if (quoted === 'broken') {
        this.line = line + 1;
        const raw = source.slice(start, lineEnd).split(this.delimiter);
        return { record: { line, cells: raw, fault: 'quote_open' as const }, end: lineEnd };
      }
      let end: number;
      if (quoted) {
        cells.push(quoted.value);
        end = quoted.end;
      } else {
        end = this.endOfPlain(source, at);
        if (end === source.length && !last) return this.waitFrom(line);
        cells.push(source.slice(at, end));
      }
      if (source[end] !== this.delimiter) {
        this.line += 1;
        return { record: { line, cells, fault: null }, end };
      }
      at = end + 1;
    }
  }

  /** The record is read anew when its rest has come, and so are the line breaks that it has counted so far. */
  private waitFrom(line: number): null {
    this.line = line;
    return null;
  }

  /** @returns null when the quote belongs to the value: text follows it on the same line */
  private quotedValue(source: string, open: number, last: boolean): Quoted | null {
    let lines = 0;
    let from = open + 1;
    for (;;) {
      const close = source.indexOf('"', from);
      const to = close < 0 ? source.length : close;
      for (let at = source.indexOf('\n', from); at >= 0 && at < to && lines <= MAX_LINE_BREAKS;) {
        lines += 1;
        at = source.indexOf('\n', at + 1);
      }
      if (to - open > MAX_QUOTED || lines > MAX_LINE_BREAKS) return 'broken';
      if (close < 0) return last ? 'broken' : 'incomplete';
      if (source[close + 1] === '"') {
        from = close + 2;
        continue;
      }
      const end = this.afterSpaces(source, close + 1);
      if (end === source.length && !last) return 'incomplete';
      if (end === source.length || source[end] === this.delimiter || source[end] === '\n') {
        this.line += lines;
        return { end, value: source.slice(open + 1, close).replaceAll('""', '"') };
      }
      return lines > 0 ? 'broken' : null;
    }
  }

  private endOfPlain(source: string, at: number): number {
    let end = at;
    while (end < source.length && source[end] !== this.delimiter && source[end] !== '\n') end += 1;
    return end;
  }

  private afterSpaces(source: string, at: number): number {
    let next = at;
    while (source[next] === ' ' || (source[next] === '\t' && this.delimiter !== '\t')) next += 1;
    return next;
  }
}
