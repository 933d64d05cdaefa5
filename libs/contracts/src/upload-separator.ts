import { columnOfName, isProviderName, isUploadRow, looksLikeNumber } from './upload-header.js';

/** What is looked for. The first line `sep=…` may name others, too. */
export const uploadSeparators = [',', ';', '\t', '|'] as const;
const NAMED_SEPARATORS: readonly string[] = [...uploadSeparators, ':', '^', '~'];
const LINES_PROBED = 20;
const VALUES_PROBED = 200;
const CHARACTERS_PROBED = 65_536;
const MAX_QUOTED = 8_192;

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
  return provider.trim() === '' && !uploadSeparators.some((separator) => number.includes(separator)) ? 1 : 0;
}

function isBetter(fit: Fit, than: Fit): boolean {
  const at = fit.findIndex((value, index) => value !== than[index]);
  return at >= 0 && fit[at]! > than[at]!;
}

/** The first records with content, and their first values. A quote that is never closed is a character like others. */
function recordsOf(text: string, separator: string): string[][] {
  const records: string[][] = [];
  for (let at = 0; at < text.length && records.length < LINES_PROBED;) {
    const cells: string[] = [];
    for (;;) {
      const { value, end } = cellAt(text, at, separator);
      cells.push(value);
      at = end + 1;
      if (text[end] !== separator || cells.length === VALUES_PROBED) break;
    }
    if (cells.length === VALUES_PROBED) at = endOf(text, '\n', at) + 1;
    if (cells.some((value) => value.trim() !== '') && !isSeparatorLine(cells, separator)) records.push(cells);
  }
  return records;
}

function cellAt(text: string, from: number, separator: string): { value: string; end: number } {
  let open = from;
  while (text[open] === ' ') open += 1;
  if (text[open] === '"') {
    let close = text.indexOf('"', open + 1);
    while (close >= 0 && close - open <= MAX_QUOTED && text[close + 1] === '"') close = text.indexOf('"', close + 2);
    let end = close + 1;
    while (text[end] === ' ') end += 1;
    const isWhole = end === text.length || text[end] === separator || text[end] === '\n';
    if (close >= 0 && close - open <= MAX_QUOTED && isWhole) return { value: text.slice(open + 1, close), end };
  }
  const end = Math.min(endOf(text, separator, from), endOf(text, '\n', from));
  return { value: text.slice(from, end), end };
}

function endOf(text: string, character: string, from: number): number {
  const end = text.indexOf(character, from);
  return end < 0 ? text.length : end;
}

function withoutMark(text: string): string {
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}
