import { isAscii, isUtf8 } from 'node:buffer';
import { encodingOfLabel, guessEncoding, isCertainlyWestern, unicodeOfHead, uploadEncodings } from '#contracts';
import { ProblemError } from '../../../platform/http/problems/problem.error.js';

/** How a file is encoded, as far as it has passed by. */
export interface FoundEncoding {
  /** A name of the Encoding Standard. */
  encoding: string;
  /** False for a guess: other letters may be meant. */
  isCertain: boolean;
  /** The first line with a letter that the guess decides; null when nothing is in doubt. */
  line: number | null;
}

/** What the first bytes of files say that are no CSV. */
const SIGNATURES: readonly [prefix: Buffer, what: string][] = [
  [Buffer.from('PK\x03\x04'), 'a ZIP archive or an Excel workbook'],
  [Buffer.from([0x89, 0x50, 0x4e, 0x47]), 'a PNG image'],
  [Buffer.from([0xff, 0xd8, 0xff]), 'a JPEG image'],
  [Buffer.from([0xd0, 0xcf, 0x11, 0xe0]), 'an old Excel workbook'],
  [Buffer.from([0x1f, 0x8b]), 'a gzip archive'],
  [Buffer.from('%PDF-'), 'a PDF'],
];

const LINE_FEED = 10;
/** The longest character of UTF-8, which the end of a piece may cut. */
const MAX_CUT = 3;
/** How much of the lines with foreign letters is kept to guess by. */
const MAX_SAMPLE = 32_768;

/** Finds out how a file is encoded while its pieces pass by. */
export class EncodingProbe {
  private readonly known: string | null;
  private cut: Buffer = Buffer.alloc(0);
  private isUtf8 = true;
  private isWestern = true;
  private lines = 0;
  private firstForeignLine: number | null = null;
  private sample: Buffer = Buffer.alloc(0);

  /**
   * @param head the beginning of the file
   * @param told what the upload says, as a name of the Encoding Standard
   * @throws ProblemError csv_invalid for a file that is no text, or that is marked as something else than was told
   */
  constructor(head: Buffer, told: string | null = null) {
    refuseBinary(head);
    const unicode = unicodeOfHead(head);
    if (unicode?.isMarked && told !== null && told !== unicode.encoding) {
      throw unreadable(
        `Line 1: the file has the mark of ${unicode.encoding}, and the upload says ${told}. Leave encoding= and charset= out.`,
      );
    }
    this.known = told ?? unicode?.encoding ?? null;
    const nul = this.known?.startsWith('utf-16') ? -1 : head.indexOf(0);
    if (nul >= 0 && isBinary(head)) {
      throw unreadable(`Line ${lineOf(head, nul)}: the file is binary, not CSV. Export it as CSV first.`);
    }
  }

  /** Takes note of the next piece. */
  see(piece: Buffer): void {
    if (this.known !== null) return;
    if (!isAscii(piece)) this.seeForeign(piece);
    this.lines += countOf(piece, LINE_FEED);
    if (!this.isUtf8) return;
    const bytes = this.cut.length === 0 ? piece : Buffer.concat([this.cut, piece]);
    const whole = bytes.length - cutAtEnd(bytes);
    this.isUtf8 = isUtf8(bytes.subarray(0, whole));
    this.cut = Buffer.from(bytes.subarray(whole));
  }

  /** What the file is encoded in, as far as it has passed by. */
  encoding(isWhole: boolean): FoundEncoding {
    if (this.known !== null) return { encoding: this.known, isCertain: true, line: null };
    if (this.isUtf8 && (!isWhole || this.cut.length === 0)) return { encoding: 'utf-8', isCertain: true, line: null };
    if (this.isWestern) return { encoding: 'windows-1252', isCertain: true, line: null };
    return { encoding: guessEncoding(this.sample), isCertain: false, line: this.firstForeignLine };
  }

  /** Looks at the lines with letters beyond ASCII. A line that a piece cuts counts as two. */
  private seeForeign(piece: Buffer): void {
    let line = this.lines + 1;
    for (let at = 0; at < piece.length && (this.isWestern || this.sample.length < MAX_SAMPLE); line += 1) {
      const feed = piece.indexOf(LINE_FEED, at);
      const end = feed < 0 ? piece.length : feed;
      const content = piece.subarray(at, end);
      at = end + 1;
      if (isAscii(content)) continue;
      this.isWestern &&= isCertainlyWestern(content);
      if (!this.isWestern) this.firstForeignLine ??= line;
      if (this.sample.length < MAX_SAMPLE) {
        this.sample = Buffer.concat([this.sample, content.subarray(0, MAX_SAMPLE), Buffer.from('\n')]);
      }
    }
  }
}

/** How the file is encoded, by what the request says. */
export interface ToldEncoding {
  /** A name of the Encoding Standard; null when nothing is said that could be relied on. */
  encoding: string | null;
  /** Whether it is called UTF-8 by its Content-Type, which many programs write whatever they send. */
  isCalledUtf8: boolean;
}

/**
 * @param encoding what the query says
 * @param charset what the Content-Type of the file says
 * @throws ProblemError csv_invalid for a name that no encoding has, validation_failed when both are said and differ
 */
export function toldEncoding(encoding: string | undefined, charset: string | null): ToldEncoding {
  const asked = encoding === undefined ? null : requireEncoding(encoding);
  const labeled = charset === null ? null : requireEncoding(charset);
  if (asked !== null && labeled !== null && asked !== labeled) {
    const message = `says ${asked}, and the Content-Type says charset=${labeled}; leave one of them out`;
    throw new ProblemError('validation_failed', `encoding: ${message}`, { errors: { encoding: message } });
  }
  const isCalledUtf8 = asked === null && labeled === 'utf-8';
  return { encoding: asked ?? (isCalledUtf8 ? null : labeled), isCalledUtf8 };
}

/** @throws ProblemError csv_invalid for the beginning of a file that is known to be something else than CSV */
export function refuseBinary(head: Uint8Array): void {
  const what = SIGNATURES.find(([prefix]) => prefix.equals(head.subarray(0, prefix.length)))?.[1];
  if (what) throw unreadable(`Line 1: the file is binary, not CSV: it is ${what}. Export it as CSV first.`);
}

/** `{` or `[`, and what may follow it in JSON but in no row of numbers. */
const JSON_HEAD = /^\ufeff?\s*(?:\{\s*(?:"|\}|$)|\[\s*(?:[[{"\]]|$))/;

/** @throws ProblemError csv_invalid for a text that begins as JSON does */
export function refuseJson(text: string): void {
  if (!JSON_HEAD.test(text)) return;
  throw unreadable('Line 1: the file is JSON, not CSV. Write a header line, and each record in a line of its own.');
}

/** @throws ProblemError csv_invalid for a name that no encoding has */
export function requireEncoding(label: string): string {
  const encoding = encodingOfLabel(label);
  if (encoding !== null) return encoding;
  const names = Object.keys(uploadEncodings).join(', ');
  throw unreadable(
    `There is no encoding "${label.slice(0, 50)}". Write one of ${names}, or another label of the Encoding Standard.`,
  );
}

/** Decodes a file piece by piece. Line breaks become `\n`. */
export class TextReader {
  private readonly decoder: InstanceType<typeof TextDecoder>;
  private heldReturn = false;

  constructor(encoding: string) {
    this.decoder = new TextDecoder(encoding);
  }

  read(bytes: Buffer, last: boolean): string {
    let text = this.decoder.decode(bytes, { stream: !last });
    if (this.heldReturn) text = `\r${text}`;
    this.heldReturn = !last && text.endsWith('\r');
    if (this.heldReturn) text = text.slice(0, -1);
    return text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
  }
}

export function unreadable(detail: string): ProblemError {
  return new ProblemError('csv_invalid', detail);
}

/** A text may have a NUL in some row, which is that row's fault; a file of anything else has control characters all over. */
function isBinary(head: Buffer): boolean {
  const controls = head.filter((byte) => byte < 9 || (byte > 13 && byte < 32)).length;
  return controls * 50 > head.length;
}

/** How many bytes at the end begin a character that is not whole. */
function cutAtEnd(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(MAX_CUT, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back]!;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return back < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? back : 0;
  }
  return 0;
}

function countOf(bytes: Buffer, value: number): number {
  let count = 0;
  for (let at = bytes.indexOf(value); at >= 0; at = bytes.indexOf(value, at + 1)) count += 1;
  return count;
}

function lineOf(bytes: Buffer, offset: number): number {
  let line = 1;
  for (let at = bytes.indexOf(LINE_FEED); at >= 0 && at < offset; at = bytes.indexOf(LINE_FEED, at + 1)) line += 1;
  return line;
}
