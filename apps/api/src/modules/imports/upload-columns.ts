import { phoneNumberProviders } from '#contracts';
import { unreadable } from './upload-file.js';

export const uploadColumns = ['phoneNumber', 'provider', 'countryCode', 'label'] as const;
export type UploadColumn = (typeof uploadColumns)[number];

const COLUMN_OF_NAME: Record<string, UploadColumn | undefined> = {
  phonenumber: 'phoneNumber',
  phone_number: 'phoneNumber',
  number: 'phoneNumber',
  e164: 'phoneNumber',
  provider: 'provider',
  countrycode: 'countryCode',
  country_code: 'countryCode',
  country: 'countryCode',
  label: 'label',
};

const EXPECTED = `Use ${uploadColumns.join(', ')}; phoneNumber and provider are needed`;
const MAX_SHOWN = 50;

const columnOf = (name: string): UploadColumn | undefined => {
  const key = name.trim().toLowerCase();
  return Object.hasOwn(COLUMN_OF_NAME, key) ? COLUMN_OF_NAME[key] : undefined;
};

/**
 * Reads the first line of an upload as the names of its columns.
 *
 * @returns null when it is a row of numbers already
 * @throws ProblemError csv_invalid when it is a header with other columns than the known ones
 */
export function readHeader(cells: readonly string[], line: number): UploadColumn[] | null {
  if (!cells.some((cell) => columnOf(cell)) && looksLikeRow(cells)) return null;
  const names = withoutEmptyEnd(cells);
  const columns = names.map((name) => {
    const column = columnOf(name);
    if (!column)
      throw unreadable(`Line ${line}: there is no column "${name.trim().slice(0, MAX_SHOWN)}". ${EXPECTED}.`);
    return column;
  });
  const twice = columns.find((column, index) => columns.indexOf(column) !== index);
  if (twice) throw unreadable(`Line ${line}: the header names the column ${twice} twice. Keep one of them.`);
  const missing = (['phoneNumber', 'provider'] as const).find((column) => !columns.includes(column));
  if (missing) throw unreadable(`Line ${line}: the header has no column ${missing}. ${EXPECTED}.`);
  return columns;
}

function looksLikeRow([phoneNumber, provider]: readonly string[]): boolean {
  return /\d/.test(phoneNumber ?? '') || phoneNumberProviders.some((known) => known === provider?.trim().toLowerCase());
}

function withoutEmptyEnd(cells: readonly string[]): readonly string[] {
  const last = cells.findLastIndex((cell) => cell.trim() !== '');
  return cells.slice(0, last + 1);
}
