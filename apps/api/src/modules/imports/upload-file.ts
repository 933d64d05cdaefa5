import { isUtf8 } from 'node:buffer';
import { ProblemError } from '../../platform/http/problem.error.js';

const LINE_FEED = 10;

/**
 * Decodes the bytes of an upload. Line breaks become `\n`.
 *
 * @throws ProblemError csv_invalid when it is no text in UTF-8, naming the line
 */
export function uploadedText(bytes: Buffer): string {
  if (bytes.length >= 2 && ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff))) {
    throw unreadable('Line 1: the file is UTF-16. Save it as "CSV UTF-8" and send it again.');
  }
  const nul = bytes.indexOf(0);
  if (nul >= 0) throw unreadable(`Line ${lineOf(bytes, nul)}: the file is binary, not CSV. Export it as CSV first.`);
  if (!isUtf8(bytes)) {
    const line = firstBrokenLine(bytes);
    throw unreadable(`Line ${line}: the file is not UTF-8 text. Save it as "CSV UTF-8" and send it again.`);
  }
  return bytes
    .toString('utf8')
    .replace(/^\ufeff/, '')
    .replace(/\r\n?/g, '\n');
}

export function unreadable(detail: string): ProblemError {
  return new ProblemError('csv_invalid', detail);
}

function lineOf(bytes: Buffer, offset: number): number {
  let line = 1;
  for (let at = bytes.indexOf(LINE_FEED); at >= 0 && at < offset; at = bytes.indexOf(LINE_FEED, at + 1)) line += 1;
  return line;
}

/** No character of several bytes has a line feed in it, so each line can be judged alone. */
function firstBrokenLine(bytes: Buffer): number {
  let line = 1;
  for (let start = 0; start < bytes.length; line += 1) {
    const end = bytes.indexOf(LINE_FEED, start);
    const next = end < 0 ? bytes.length : end + 1;
    if (!isUtf8(bytes.subarray(start, next))) return line;
    start = next;
  }
  return line;
}
