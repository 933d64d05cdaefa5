import { phoneNumberProviders } from '#contracts';
import { unreadable } from './upload-encoding.js';

export const uploadColumns = [
  'phoneNumber',
  'provider',
  'countryCode',
  'label',
  'region',
  'client',
  'monthlyCost',
  'currency',
  'capabilities',
  'tags',
  'agent',
  'dailyLimit',
  'allowedCountries',
] as const;
export type UploadColumn = (typeof uploadColumns)[number];

/** What a file without a header has, in this order. */
const WITHOUT_HEADER = ['phoneNumber', 'provider', 'countryCode', 'label'] as const satisfies readonly UploadColumn[];

const OTHER_NAMES: Record<string, UploadColumn> = {
  number: 'phoneNumber',
  phone: 'phoneNumber',
  e164: 'phoneNumber',
  country: 'countryCode',
  clientname: 'client',
  cost: 'monthlyCost',
  agentname: 'agent',
};
const COLUMN_OF_NAME = new Map<string, UploadColumn>([
  ...uploadColumns.map((column) => [column.toLowerCase(), column] as const),
  ...Object.entries(OTHER_NAMES),
]);

/** The first columns of errors.csv. With them the file can be mended and sent again as it is. */
export const errorColumns = ['line', 'column', 'code', 'message', 'value'] as const;

const EXPECTED = `Use ${uploadColumns.join(', ')}; phoneNumber and provider are needed`;
const MAX_SHOWN = 50;

/** Columns by the names that stand in the file; an empty name leaves a column out. */
export type ColumnMapping = Record<string, UploadColumn | ''>;

export interface UploadLayout {
  /** Null for columns that are left out. */
  columns: (UploadColumn | null)[];
  hasHeader: boolean;
}

/**
 * Reads the first record of an upload as the names of its columns, or as a row when it is one.
 *
 * @throws ProblemError csv_invalid when it is a header with other columns than the known ones
 */
export function readLayout(cells: readonly string[], line: number, mapping: ColumnMapping | null): UploadLayout {
  if (mapping === null && !cells.some((cell) => columnOf(cell)) && looksLikeRow(cells)) {
    return { columns: [...WITHOUT_HEADER], hasHeader: false };
  }
  const names = withoutEmptyEnd(cells).map((name) => name.trim());
  const isErrorsFile = errorColumns.every((name, index) => names[index] === name);
  const columns = names.map((name, index) => {
    if (isErrorsFile && index < errorColumns.length) return null;
    if (mapping && Object.hasOwn(mapping, name)) return mapping[name] || null;
    const column = columnOf(name);
    if (column) return column;
    if (mapping) return null;
    throw unreadable(`Line ${line}: there is no column "${name.slice(0, MAX_SHOWN)}". ${EXPECTED}.`);
  });
  const absent = Object.keys(mapping ?? {}).find((name) => !names.includes(name));
  if (absent !== undefined) {
    throw unreadable(`Line ${line}: the mapping names the column "${absent.slice(0, MAX_SHOWN)}", which is not there.`);
  }
  const twice = columns.find((column, index) => column !== null && columns.indexOf(column) !== index);
  if (twice) throw unreadable(`Line ${line}: the header names the column ${twice} twice. Keep one of them.`);
  const missing = (['phoneNumber', 'provider'] as const).find((column) => !columns.includes(column));
  if (missing) throw unreadable(`Line ${line}: the header has no column ${missing}. ${EXPECTED}.`);
  return { columns, hasHeader: true };
}

function columnOf(name: string): UploadColumn | undefined {
  return COLUMN_OF_NAME.get(
    name
      .trim()
      .toLowerCase()
      .replaceAll(/[\s_-]/g, ''),
  );
}

function looksLikeRow([phoneNumber, provider]: readonly string[]): boolean {
  return /\d/.test(phoneNumber ?? '') || phoneNumberProviders.some((known) => known === provider?.trim().toLowerCase());
}

function withoutEmptyEnd(cells: readonly string[]): readonly string[] {
  const last = cells.findLastIndex((cell) => cell.trim() !== '');
  return cells.slice(0, last + 1);
}
