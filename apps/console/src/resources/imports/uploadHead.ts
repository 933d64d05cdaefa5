import Papa from 'papaparse';
import { guessEncoding, isCertainlyWestern, isSeparatorLine, unicodeOfHead, uploadSeparator } from '#contracts';

/** The API tells from as much how a file is encoded, so that both read the same names in its header. */
const HEAD_BYTES = 262_144;
const RECORDS = 20;
const SAMPLE_BYTES = 32_768;

/** The beginning of what is to be uploaded, to show how it will be read. The API reads the whole by itself. */
export interface UploadHead {
  records: string[][];
  /** How many lines have content; null when there is more than the beginning. */
  lines: number | null;
  /** False when its first record has an open quote: then its columns are unknown. */
  hasClearStart: boolean;
  separator: string;
  /** Null for pasted text, which has none of its own. */
  encoding: string | null;
  /** Other letters may be meant. */
  isGuess: boolean;
}

/**
 * Reads the beginning of a file, which itself stays as it is.
 *
 * @param told how the file is encoded; null to find out
 * @returns null for a file that is no text
 * @throws DOMException when the file cannot be read, such as a folder
 */
export async function readFileHead(file: File, told: string | null): Promise<UploadHead | null> {
  const bytes = new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer());
  const isWhole = file.size <= HEAD_BYTES;
  const { encoding, isGuess } = told === null ? found(bytes, isWhole) : { encoding: told, isGuess: false };
  const text = new TextDecoder(encoding).decode(bytes, { stream: !isWhole });
  return isText(text) ? { ...headOf(text, isWhole), encoding, isGuess } : null;
}

/** Reads the beginning of pasted text. */
export function readTextHead(text: string): UploadHead {
  return { ...headOf(text.slice(0, HEAD_BYTES), text.length <= HEAD_BYTES), encoding: null, isGuess: false };
}

function headOf(written: string, isWhole: boolean): Omit<UploadHead, 'encoding' | 'isGuess'> {
  const text = written.replace(/\r\n?/g, '\n').replace(/^\ufeff?\s*\n/, '');
  const separator = uploadSeparator(text);
  const { data, errors } = Papa.parse<string[]>(text, {
    delimiter: separator,
    newline: '\n',
    preview: RECORDS,
    skipEmptyLines: 'greedy',
  });
  const [first = []] = data;
  const leading = isSeparatorLine(first, separator) ? 1 : 0;
  return {
    separator,
    records: data.slice(leading),
    lines: isWhole ? text.split('\n').filter((line) => line.trim() !== '').length - leading : null,
    hasClearStart: !errors.some(({ type, row }) => type === 'Quotes' && row === 0),
  };
}

/** What the API would find by itself in the beginning of the file: Unicode where it is valid, and else a guess. */
function found(bytes: Uint8Array, isWhole: boolean): { encoding: string; isGuess: boolean } {
  const unicode = unicodeOfHead(bytes);
  if (unicode) return { encoding: unicode.encoding, isGuess: false };
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: !isWhole });
    return { encoding: 'utf-8', isGuess: false };
  } catch {
    const lines = linesWithForeignLetters(bytes);
    if (lines.every(isCertainlyWestern)) return { encoding: 'windows-1252', isGuess: false };
    const sample = new Uint8Array(lines.flatMap((line) => [...line, 10]).slice(0, SAMPLE_BYTES));
    return { encoding: guessEncoding(sample), isGuess: true };
  }
}

function linesWithForeignLetters(bytes: Uint8Array): Uint8Array[] {
  const lines: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    const feed = bytes.indexOf(10, at);
    const line = bytes.subarray(at, feed < 0 ? bytes.length : feed);
    at += line.length + 1;
    if (line.some((byte) => byte >= 0x80)) lines.push(line);
  }
  return lines;
}

/** Workbooks, archives and pictures have control characters all over. */
function isText(text: string): boolean {
  const controls = text.match(/(?!\s)\p{Cc}/gu)?.length ?? 0;
  return controls * 50 <= text.length;
}
