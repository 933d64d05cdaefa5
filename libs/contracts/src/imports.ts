import { phoneNumberProviders } from './resources.js';

export const importStatuses = ['pending', 'running', 'completed', 'canceled', 'failed'] as const;
export type ImportStatus = (typeof importStatuses)[number];

/** What an upload does with the numbers of its file. Without the last two the numbers are taken in. */
export const importOperations = ['register', 'delete', 'unassign'] as const;
export type ImportOperation = (typeof importOperations)[number];

/** Why a row of an upload was not taken. */
export const importErrorCodes = {
  number_missing: 'The row has no phone number',
  number_invalid: 'The phone number is not valid',
  provider_unknown: 'The provider is not known',
  country_unknown: 'The country is not an ISO 3166-1 alpha-2 code',
  country_mismatch: 'The country does not fit the phone number',
  duplicate_in_file: 'The phone number stands in the file twice',
  duplicate: 'The phone number exists already',
  too_many_columns: 'The row has too many columns',
  too_long: 'A value is too long',
  quote_invalid: 'A quoted value is not closed',
  row_too_long: 'The row is too long',
  characters_invalid: 'A value has characters that cannot be read',
  client_unknown: 'There is no such client',
  agent_unknown: 'There is no such agent',
  agent_inactive: 'The agent is not active',
  agent_has_number: 'The agent has another number already',
  assigned_elsewhere: 'The phone number is assigned to another agent',
  number_cannot_call: 'The phone number cannot call',
  number_unknown: 'The phone number is not among yours',
  number_in_pool: 'The phone number is in the pool',
  number_from_pool: 'The phone number came from the pool',
  number_not_assigned: 'The phone number is not assigned',
  phone_number_assigned: 'The phone number is assigned',
  phone_number_connected: 'The phone number is connected',
  phone_number_reserved: 'The phone number is reserved',
  cost_invalid: 'The monthly cost is not an amount',
  currency_invalid: 'The currency is not an ISO 4217 code',
  capability_unknown: 'The capability is not known',
  daily_limit_invalid: 'The daily limit is not a whole number',
} as const satisfies Record<string, string>;
export type ImportErrorCode = keyof typeof importErrorCodes;

/** What was read otherwise than it stands in the file, or left out, though the row was taken. */
export const importNoticeCodes = {
  plus_added: 'The missing + was put back',
  apostrophe_removed: 'The apostrophe in front was taken away',
} as const satisfies Record<string, string>;
export type ImportNoticeCode = keyof typeof importNoticeCodes;

interface ToldOfLine {
  /** 1 is the first line of the file, the header included. */
  line: number;
  column: string | null;
  message: string;
  value: string | null;
}

export interface ImportRowError extends ToldOfLine {
  code: ImportErrorCode;
}

export interface ImportNotice extends ToldOfLine {
  code: ImportNoticeCode;
}

/** One of `GET /imports`. */
export interface ImportJobSummaryView {
  id: string;
  status: ImportStatus;
  total: number;
  processed: number;
  created: number;
  updated: number;
  /** Numbers that an upload with operation=delete deleted. */
  deleted: number;
  /** Numbers that an upload with operation=unassign took from their agents. */
  unassigned: number;
  skipped: number;
  failed: number;
  /** Taken rows whose number a spreadsheet had damaged, and that could be mended without a guess. */
  repaired: number;
  /** All notices, of the rows that were taken and of the file as a whole. */
  noticeCount: number;
  dryRun: boolean;
  operation: ImportOperation;
  mode: 'create' | 'upsert';
  fileName: string | null;
  /** The e-mail of the user or the name of the key that uploaded it, as it was then. */
  createdBy: string | null;
  createdAt: string;
  finishedAt: string | null;
  undoneAt: string | null;
  /** Why the import as a whole failed. */
  failure: string | null;
}

/** `GET /imports/:id` */
export interface ImportJobView extends ImportJobSummaryView {
  errors: ImportRowError[];
  /** What was read otherwise than it stands there, or left out. */
  notices: ImportNotice[];
}

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
export type UploadColumn = (typeof uploadColumns)[number];

export const requiredUploadColumns = ['phoneNumber', 'provider'] as const satisfies readonly UploadColumn[];

/** What is read of a file whose numbers are deleted or unassigned: all else is left out. */
export const removalColumns = ['phoneNumber', 'countryCode'] as const satisfies readonly UploadColumn[];

/** The columns that a file must have. */
export function columnsNeededTo(operation: ImportOperation): readonly UploadColumn[] {
  return operation === 'register' ? requiredUploadColumns : ['phoneNumber'];
}

/** Whether a column means anything to the operation. */
export function isReadTo(operation: ImportOperation, column: UploadColumn | null): boolean {
  const read: readonly (UploadColumn | null)[] = operation === 'register' ? uploadColumns : removalColumns;
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

export interface UploadHeaderColumn {
  name: string;
  /** What its name says by itself; null when that is nothing that is known. */
  column: UploadColumn | null;
  /** It tells what was wrong with the row, in a file of errors that is sent again: always left out. */
  isReport: boolean;
}

/** Reads the first record of an upload as the names of its columns. */
export function readUploadHeader(cells: readonly string[]): UploadHeaderColumn[] {
  const plain = cells.map((cell) => withoutQuotes(cell).trim());
  const names = plain.slice(0, plain.findLastIndex((name) => name !== '') + 1);
  const isErrorsFile = errorColumns.every((name, index) => names[index] === name);
  return names.map((name, index) => {
    const isReport = isErrorsFile && index < errorColumns.length;
    return { name, column: isReport ? null : columnOf(name), isReport };
  });
}

/** Whether the first record of an upload is a row already: it names no column, and has a number or a provider. */
export function isUploadRow(cells: readonly string[]): boolean {
  const plain = cells.map(withoutQuotes);
  if (plain.some((cell) => columnOf(cell) !== null)) return false;
  const [phoneNumber = '', provider = ''] = plain;
  return /\d/.test(phoneNumber) || phoneNumberProviders.some((known) => known === provider.trim().toLowerCase());
}

/** The separator that the first line with content has: spreadsheets write semicolons or tabs in some countries. */
export function uploadDelimiter(text: string): string {
  const firstLine = /^[^\S\n]*\S.*$/m.exec(text)?.[0] ?? '';
  return [',', ';', '\t'].find((delimiter) => firstLine.includes(delimiter)) ?? ',';
}

function columnOf(name: string): UploadColumn | null {
  const plain = name
    .trim()
    .toLowerCase()
    .replaceAll(/[\s_-]/g, '');
  return COLUMN_OF_NAME.get(plain) ?? null;
}

function withoutQuotes(cell: string): string {
  return cell.trim().replace(/^"(.*)"$/, '$1');
}

/**
 * Reads the header of a file for an operation. To delete or unassign, a column of numbers is enough, whatever its name, and
 * every other column is left out.
 */
export function readUploadHeaderTo(operation: ImportOperation, cells: readonly string[]): UploadHeaderColumn[] {
  const header = readUploadHeader(cells);
  if (operation === 'register') return header;
  const [only, another] = header.filter(({ isReport }) => !isReport);
  if (only && !another && only.column === null) only.column = 'phoneNumber';
  return header.map((read) => (isReadTo(operation, read.column) ? read : { ...read, column: null }));
}
