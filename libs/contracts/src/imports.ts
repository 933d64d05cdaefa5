import type { UploadColumn } from './upload-header.js';

export const importStatuses = ['pending', 'running', 'completed', 'canceled', 'failed'] as const;
export type ImportStatus = (typeof importStatuses)[number];

/** How numbers without a plus are read: as the country says, or with their country code in front. */
export const uploadNumberFormats = ['any', 'e164_without_plus'] as const;
export type UploadNumberFormat = (typeof uploadNumberFormats)[number];

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
  agent_ambiguous: 'The name or id fits several agents',
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
  number_not_active: 'The status does not say that the phone number is active',
  several_numbers: 'The row has several phone numbers',
  daily_limit_invalid: 'The daily limit is not a whole number',
} as const satisfies Record<string, string>;
export type ImportErrorCode = keyof typeof importErrorCodes;

/** What was read otherwise than it stands in the file, or left out, though the row was taken. */
export const importNoticeCodes = {
  columns_ignored: 'Columns that are not read were left out',
  provider_of_header: 'The provider was told by the header',
  encoding_guessed: 'The encoding of the file was guessed',
  capability_ignored: 'A capability that is not kept was left out',
  plus_added: 'The missing + was put back',
  apostrophe_removed: 'The apostrophe in front was taken away',
  cell_undone: 'The number was taken out of a spreadsheet formula',
  decimal_removed: 'The decimal .0 of a spreadsheet was dropped',
  notation_undone: 'The scientific notation was written out',
  trunk_prefix_removed: 'The trunk prefix in parentheses was left out',
  country_differs: 'The phone number is one of another country',
  country_alias: 'Another code or name of the country was read',
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

/** How a file was understood. */
export interface UploadReadingView {
  /** A name of the Encoding Standard; null for a file that was uploaded before this was kept. */
  encoding: string | null;
  separator: string | null;
  hasHeader: boolean;
  /** In the order of the file: what it is called there, and what it was read as; null when it was left out. */
  columns: { name: string | null; column: UploadColumn | null }[];
  /** Of the rows that name none: as the upload says, or as its header tells. */
  provider: string | null;
}

/** `GET /imports/:id` */
export interface ImportJobView extends ImportJobSummaryView {
  reading: UploadReadingView;
  errors: ImportRowError[];
  /** What was read otherwise than it stands there, or left out. */
  notices: ImportNotice[];
}
