import Papa from 'papaparse';
import { uploadDelimiter } from '#contracts';

/** The API tells from as much how a file is encoded, so that both read the same names in its header. */
const HEAD_BYTES = 262_144;
const RECORDS = 20;
const UTF_16_SAMPLE = 64;

/** The beginning of what is to be uploaded, to show how it will be read. The API reads the whole by itself. */
export interface UploadHead {
  records: string[][];
  /** How many lines have content; null when there is more than the beginning. */
  lines: number | null;
  /** False when its first record has an open quote: then its columns are unknown. */
  hasClearStart: boolean;
}

/**
 * Reads the beginning of a file, which itself stays as it is.
 *
 * @returns null for a file that is no text
 * @throws DOMException when the file cannot be read, such as a folder
 */
export async function readFileHead(file: File): Promise<UploadHead | null> {
  const bytes = new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer());
  const isWhole = file.size <= HEAD_BYTES;
  const decoder = new TextDecoder(encodingOf(bytes, isWhole));
  const text = decoder.decode(bytes, { stream: !isWhole });
  return isText(text) ? headOf(text, isWhole) : null;
}

/** Reads the beginning of pasted text. */
export function readTextHead(text: string): UploadHead {
  return headOf(text.slice(0, HEAD_BYTES), text.length <= HEAD_BYTES);
}

function headOf(written: string, isWhole: boolean): UploadHead {
  const text = written.replace(/\r\n?/g, '\n').replace(/^\ufeff?\s*\n/, '');
  const { data, errors } = Papa.parse<string[]>(text, {
    delimiter: uploadDelimiter(text),
    newline: '\n',
    preview: RECORDS,
    skipEmptyLines: 'greedy',
  });
  return {
    records: data,
    lines: isWhole ? text.split('\n').filter((line) => line.trim() !== '').length : null,
    hasClearStart: !errors.some(({ type, row }) => type === 'Quotes' && row === 0),
  };
}

/** A mark at the beginning, the look of UTF-16, UTF-8 where it is valid; else what Excel writes in Western Europe. */
function encodingOf(bytes: Uint8Array, isWhole: boolean): string {
  const [first, second, third] = bytes;
  if (first === 0xef && second === 0xbb && third === 0xbf) return 'utf-8';
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  const unmarked = unmarkedUtf16(bytes.subarray(0, UTF_16_SAMPLE));
  if (unmarked) return unmarked;
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: !isWhole });
    return 'utf-8';
  } catch {
    return 'windows-1252';
  }
}

/** In digits and letters of UTF-16 every other byte is NUL. */
function unmarkedUtf16(sample: Uint8Array): string | null {
  if (sample.length < 8) return null;
  const nuls = (offset: number) => sample.filter((byte, index) => index % 2 === offset && byte === 0).length;
  if (nuls(1) * 2 > sample.length * 0.8 && nuls(0) === 0) return 'utf-16le';
  return nuls(0) * 2 > sample.length * 0.8 && nuls(1) === 0 ? 'utf-16be' : null;
}

/** Workbooks, archives and pictures have control characters all over. */
function isText(text: string): boolean {
  const controls = text.match(/(?!\s)\p{Cc}/gu)?.length ?? 0;
  return controls * 50 <= text.length;
}
