import type { ImportOperation } from './imports.js';
import { type PhoneNumberProvider, phoneNumberProviders } from './resources.js';
import { columnsOfRule, foldedName, isHarmlessColumn } from './upload-rules.js';

/** The columns that an upload may have, by the names that an export gives them. */
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

/** Columns that carriers' exports have besides, and that say which numbers may not call. */
export const carrierColumns = ['voice', 'sms', 'status'] as const;
export type UploadColumn = (typeof uploadColumns)[number] | (typeof carrierColumns)[number];

/** Every column that is read. */
export const readableColumns: readonly UploadColumn[] = [...uploadColumns, ...carrierColumns];

export const requiredUploadColumns = ['phoneNumber', 'provider'] as const satisfies readonly UploadColumn[];

/** What is read of a file whose numbers are deleted or unassigned: all else is left out. */
export const removalColumns = ['phoneNumber', 'countryCode'] as const satisfies readonly UploadColumn[];

/** The columns that a file must have. */
export function columnsNeededTo(operation: ImportOperation): readonly UploadColumn[] {
  return operation === 'register' ? requiredUploadColumns : ['phoneNumber'];
}

/** Whether a column means anything to the operation. */
export function isReadTo(operation: ImportOperation, column: UploadColumn | null): boolean {
  const read: readonly (UploadColumn | null)[] = operation === 'register' ? readableColumns : removalColumns;
  return read.includes(column);
}

/** What a file without a header has, in this order. */
export const columnsWithoutHeader = [
  'phoneNumber',
  'provider',
  'countryCode',
  'label',
] as const satisfies readonly UploadColumn[];

/** The first columns of errors.csv. With them the file can be mended and sent again as it is. */
export const errorColumns = ['line', 'column', 'code', 'message', 'value'] as const;

/** Columns by the names that stand in the file; an empty name leaves a column out. */
export type ColumnMapping = Record<string, UploadColumn | ''>;

const MAX_NAME = 100;
const OTHER_NAMES: Record<string, UploadColumn> = {
  number: 'phoneNumber',
  phone: 'phoneNumber',
  e164: 'phoneNumber',
  telephonenumber: 'phoneNumber',
  msisdn: 'phoneNumber',
  did: 'phoneNumber',
  rufnummer: 'phoneNumber',
  telefonnummer: 'phoneNumber',
  numerodetelephone: 'phoneNumber',
  numerodetelefono: 'phoneNumber',
  country: 'countryCode',
  clientname: 'client',
  cost: 'monthlyCost',
  agentname: 'agent',
  capability: 'capabilities',
  feature: 'capabilities',
  features: 'capabilities',
  voiceenabled: 'voice',
  voicecapable: 'voice',
  smsenabled: 'sms',
  smscapable: 'sms',
  numberstatus: 'status',
  phonenumberstatus: 'status',
  lifecycle: 'status',
};
const COLUMN_OF_NAME = new Map<string, UploadColumn>([
  ...readableColumns.map((column) => [column.toLowerCase(), column] as const),
  ...Object.entries(OTHER_NAMES),
]);

/** What carriers call our columns in their exports, and the columns by which such an export is known. */
interface CarrierExport {
  provider: PhoneNumberProvider;
  isKnownBy: (names: ReadonlySet<string>) => boolean;
  columns: Record<string, UploadColumn>;
}
const CARRIER_EXPORTS: readonly CarrierExport[] = [
  {
    provider: 'twilio',
    isKnownBy: (names) => names.has('phonenumber') && names.has('accountsid'),
    columns: { friendlyname: 'label', isocountry: 'countryCode' },
  },
  {
    provider: 'telnyx',
    isKnownBy: (names) => names.has('phonenumber') && (names.has('connectionname') || names.has('connectionid')),
    columns: { countryisoalpha2: 'countryCode' },
  },
];

/**
 * Columns that say which number it is or what may be called from it: where one of them is nearly named, leaving it out
 * could allow calls that the file forbids.
 */
const DECIDING: readonly UploadColumn[] = [
  'phoneNumber',
  'provider',
  'countryCode',
  'capabilities',
  'agent',
  'dailyLimit',
  'allowedCountries',
  'voice',
  'status',
];

/** Why a column may not be left out unless the upload says so: a slip, a rule, or whose number is to be taken away. */
export type ColumnDoubt = 'nearly' | 'rule' | 'holder';

export interface UploadHeaderColumn {
  name: string;
  /** What its name says by itself; null when that is nothing that is known. */
  column: UploadColumn | null;
  /** It tells what was wrong with the row, in a file of errors that is sent again: always left out. */
  isReport: boolean;
  /** The column that is nearly named, or most likely the rule that the name sounds like. */
  meant: UploadColumn | null;
  doubt: ColumnDoubt | null;
}

/** Reads the first record of an upload as the names of its columns. */
export function readUploadHeader(cells: readonly string[]): UploadHeaderColumn[] {
  const plain = cells.map((cell) => withoutQuotes(cell).trim());
  const names = plain.slice(0, plain.findLastIndex((name) => name !== '') + 1);
  const isErrorsFile = errorColumns.every((name, index) => names[index] === name);
  const ours = names.map((name) => columnOfName(name));
  const carrier = carrierOf(names);
  return names.map((name, index) => {
    if (isErrorsFile && index < errorColumns.length) {
      return { name, column: null, isReport: true, meant: null, doubt: null };
    }
    const foreign = carrier?.columns[foldedName(name)] ?? null;
    const column = ours[index] ?? (foreign !== null && !ours.includes(foreign) ? foreign : null);
    if (column !== null || foreign !== null) return { name, column, isReport: false, meant: null, doubt: null };
    return { name, column, isReport: false, ...doubtOf(name) };
  });
}

/**
 * Reads the header of a file for an operation. To delete or unassign, a column of numbers is enough, whatever its name, and
 * every other column is left out, but for the agents that numbers are to be taken from.
 */
export function readUploadHeaderTo(operation: ImportOperation, cells: readonly string[]): UploadHeaderColumn[] {
  const header = readUploadHeader(cells);
  if (operation === 'register') return header;
  const [only, another] = header.filter(({ isReport }) => !isReport);
  if (only && !another && only.column === null) only.column = 'phoneNumber';
  return header.map((read) => ({
    ...read,
    column: isReadTo(operation, read.column) ? read.column : null,
    ...(operation === 'unassign' && !read.isReport && (read.column ?? read.meant) === 'agent'
      ? { meant: 'agent' as const, doubt: 'holder' as const }
      : { doubt: null }),
  }));
}

/** The provider whose export has such a header; null when it is not known to be of one. */
export function providerOfHeader(cells: readonly string[]): PhoneNumberProvider | null {
  return carrierOf(cells.map(withoutQuotes))?.provider ?? null;
}

function carrierOf(names: readonly string[]): CarrierExport | null {
  const known = new Set(names.map(foldedName));
  return CARRIER_EXPORTS.find(({ isKnownBy }) => isKnownBy(known)) ?? null;
}

/** Whether the first record of an upload is a row already: it begins with a number, or names no column and has a provider. */
export function isUploadRow(cells: readonly string[]): boolean {
  const plain = cells.map(withoutQuotes);
  const [phoneNumber = '', provider = ''] = plain;
  if (looksLikeNumber(phoneNumber)) return true;
  if (plain.some((cell) => columnOfName(cell) !== null)) return false;
  return /\d/.test(phoneNumber) || isProviderName(provider);
}

/** No column is called by five digits that outnumber its letters. */
export function looksLikeNumber(cell: string): boolean {
  const digits = cell.match(/\p{Nd}/gu)?.length ?? 0;
  return digits >= 5 && digits > (cell.match(/\p{L}/gu)?.length ?? 0);
}

export function isProviderName(cell: string): boolean {
  const plain = withoutQuotes(cell).trim().toLowerCase();
  return phoneNumberProviders.some((known) => known === plain);
}

/** What a name in a header says by itself. Capitals, accents, spaces and underscores make no difference. */
export function columnOfName(name: string): UploadColumn | null {
  return name.length > MAX_NAME ? null : (COLUMN_OF_NAME.get(foldedName(withoutQuotes(name))) ?? null);
}

function doubtOf(name: string): { meant: UploadColumn | null; doubt: ColumnDoubt | null } {
  if (isHarmlessColumn(name)) return { meant: null, doubt: null };
  const plain = foldedName(name);
  const known = [...COLUMN_OF_NAME.keys()].find((candidate) => isNearly(plain, candidate));
  const meant = known === undefined ? null : COLUMN_OF_NAME.get(known)!;
  if (meant !== null && DECIDING.includes(meant)) return { meant, doubt: 'nearly' };
  const rule = columnsOfRule(name);
  return rule === null ? { meant, doubt: null } : { meant: rule[0]!, doubt: 'rule' };
}

/** Whether one word is the other but for a slip: one letter in short words, two in long ones. */
export function isNearly(word: string, other: string): boolean {
  const slips = other.length < 5 ? 0 : other.length < 8 ? 1 : 2;
  return word !== other && Math.abs(word.length - other.length) <= slips && distance(word, other) <= slips;
}

/** Letters to add, drop, change or swap with their neighbor (optimal string alignment). */
function distance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      row[j] = Math.min(rows[i - 1]![j]! + 1, row[j - 1]! + 1, rows[i - 1]![j - 1]! + same);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) row[j] = Math.min(row[j]!, rows[i - 2]![j - 2]! + 1);
    }
    rows.push(row);
  }
  return rows[a.length]![b.length]!;
}

function withoutQuotes(cell: string): string {
  return cell.trim().replace(/^"(.*)"$/, '$1');
}
