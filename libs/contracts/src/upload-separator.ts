import { columnOfName, isProviderName, isUploadRow, looksLikeNumber } from './upload-header.js';

/** What is looked for. The first line `sep=…` may name others, too. */
export const uploadSeparators = [',', ';', '\t', '|'] as const;
const NAMED_SEPARATORS: readonly string[] = [...uploadSeparators, ':', '^', '~'];
const LINES_PROBED = 20;
const CHARACTERS_PROBED = 65_536;

/** The line that spreadsheets take for the name of the separator, also quoted, and with separators that one has added. */
const SEPARATOR_LINE = /^[^\S\n]*"?sep=([^"\n]?)"?[\s,;|:^~]*$/i;

/** What the line `sep=;` at the beginning of a text names; null without such a line, or when it names none. */
export function namedSeparator(text: string): string | null {
  const line = /^[^\S\n]*\S.*$/m.exec(withoutMark(text))?.[0] ?? '';
  return SEPARATOR_LINE.exec(line)?.[1] || null;
}

export function isSeparator(character: string): boolean {
  return NAMED_SEPARATORS.includes(character);
}

/** Whether a record is the line `sep=;`, which is no header and no row. */
export function isSeparatorLine(cells: readonly string[], separator: string): boolean {
  return SEPARATOR_LINE.test(cells.join(separator));
}

/**
 * The separator that the first lines fit best: the names of a header, then rows of a number and a provider, then as many
 * values in each line as in the first. Separators inside quotes are none.
 *
 * @param text its lines end with `\n`
 */
export function uploadSeparator(text: string): string {
  const named = namedSeparator(text);
  if (named !== null && isSeparator(named)) return named;
  const sample = withoutMark(text).slice(0, CHARACTERS_PROBED);
  let best: { separator: string; fit: Fit } | null = null;
  for (const separator of uploadSeparators) {
    const fit = fitOf(recordsOf(sample, separator));
    if (best === null || isBetter(fit, best.fit)) best = { separator, fit };
  }
  return best!.separator;
}

type Fit = readonly [names: number, rows: number, even: number];

function fitOf(records: readonly (readonly string[])[]): Fit {
  const [first = []] = records;
  const names = isUploadRow(first) ? 0 : first.filter((cell) => columnOfName(cell) !== null).length;
  const rows = names > 0 ? 0 : records.reduce((sum, cells) => sum + fitOfRow(cells), 0);
  const even = first.length > 1 ? records.filter(({ length }) => length === first.length).length : 0;
  return [names, rows, even];
}

/** A row without a header has its number first, and then its provider. */
function fitOfRow([number = '', provider = '']: readonly string[]): number {
  if (!looksLikeNumber(number)) return 0;
  if (isProviderName(provider)) return 2;
  return provider.trim() === '' ? 1 : 0;
}

function isBetter(fit: Fit, than: Fit): boolean {
  const at = fit.findIndex((value, index) => value !== than[index]);
  return at >= 0 && fit[at]! > than[at]!;
}

/** The first records with content. */
function recordsOf(text: string, separator: string): string[][] {
  const escaped = `\\u${separator.charCodeAt(0).toString(16).padStart(4, '0')}`;
  const space = separator === '\t' ? ' ' : '[ \\t]';
  const cell = new RegExp(`${space}*"((?:[^"]|"")*)"${space}*(?=${escaped}|\\n|$)|([^${escaped}\\n]*)`, 'y');
  const records: string[][] = [];
  let cells: string[] = [];
  for (let at = 0; at <= text.length && records.length < LINES_PROBED; at += 1) {
    cell.lastIndex = at;
    const found = cell.exec(text)!;
    cells.push(found[1] ?? found[2] ?? '');
    at = cell.lastIndex;
    if (text[at] === separator) continue;
    if (cells.some((value) => value.trim() !== '') && !isSeparatorLine(cells, separator)) records.push(cells);
    cells = [];
  }
  return records;
}

function withoutMark(text: string): string {
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}
