import { isUtf8 } from 'node:buffer';
import { ProblemError } from '../../../platform/http/problems/problem.error.js';

export const encodings = ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252'] as const;
export type Encoding = (typeof encodings)[number];

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

/** Finds out how a file is encoded while its pieces pass by. */
export class EncodingProbe {
  private readonly marked: Encoding | null;
  private cut: Buffer = Buffer.alloc(0);
  private isUtf8 = true;

  /**
   * @param head the beginning of the file
   * @throws ProblemError csv_invalid for a file that is no text
   */
  constructor(head: Buffer) {
    const what = SIGNATURES.find(([prefix]) => head.subarray(0, prefix.length).equals(prefix))?.[1];
    if (what) throw unreadable(`Line 1: the file is binary, not CSV: it is ${what}. Export it as CSV first.`);
    this.marked = markedEncoding(head);
    const nul = this.marked === null || this.marked === 'utf-8' ? head.indexOf(0) : -1;
    if (nul >= 0 && isBinary(head)) {
      throw unreadable(`Line ${lineOf(head, nul)}: the file is binary, not CSV. Export it as CSV first.`);
    }
  }

  /** Takes note of the next piece. */
  see(piece: Buffer): void {
    if (this.marked !== null || !this.isUtf8) return;
    const bytes = this.cut.length === 0 ? piece : Buffer.concat([this.cut, piece]);
    const whole = bytes.length - cutAtEnd(bytes);
    this.isUtf8 = isUtf8(bytes.subarray(0, whole));
    this.cut = Buffer.from(bytes.subarray(whole));
  }

  /** What the file is encoded in, as far as it has passed by. */
  encoding(isWhole: boolean): Encoding {
    if (this.marked !== null) return this.marked;
    return this.isUtf8 && (!isWhole || this.cut.length === 0) ? 'utf-8' : 'windows-1252';
  }
}

/** Decodes a file piece by piece. Line breaks become `\n`. */
export class TextReader {
  private readonly decoder: InstanceType<typeof TextDecoder>;
  private heldReturn = false;

  constructor(encoding: Encoding) {
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

function markedEncoding(head: Buffer): Encoding | null {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return 'utf-8';
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  // Without a mark: in digits and letters of UTF-16 every other byte is NUL.
  const sample = head.subarray(0, 64);
  if (sample.length < 8) return null;
  const nuls = (offset: number) => sample.filter((byte, index) => index % 2 === offset && byte === 0).length;
  if (nuls(1) * 2 > sample.length * 0.8 && nuls(0) === 0) return 'utf-16le';
  return nuls(0) * 2 > sample.length * 0.8 && nuls(1) === 0 ? 'utf-16be' : null;
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

function lineOf(bytes: Buffer, offset: number): number {
  let line = 1;
  for (let at = bytes.indexOf(LINE_FEED); at >= 0 && at < offset; at = bytes.indexOf(LINE_FEED, at + 1)) line += 1;
  return line;
}
