export const importStatuses = ['pending', 'running', 'completed', 'canceled', 'failed'] as const;
export type ImportStatus = (typeof importStatuses)[number];

/** Why a row of an upload was not taken, and the last two: what was mended in a row that was taken. */
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
  cost_invalid: 'The monthly cost is not an amount',
  currency_invalid: 'The currency is not an ISO 4217 code',
  capability_unknown: 'The capability is not known',
  daily_limit_invalid: 'The daily limit is not a whole number',
  plus_added: 'The missing + was put back',
  apostrophe_removed: 'The apostrophe in front was taken away',
} as const satisfies Record<string, string>;
export type ImportErrorCode = keyof typeof importErrorCodes;

export interface ImportRowError {
  /** 1 is the first line of the file, the header included. */
  line: number;
  column: string | null;
  code: ImportErrorCode;
  message: string;
  value: string | null;
}

/** One of `GET /imports`. */
export interface ImportJobSummaryView {
  id: string;
  status: ImportStatus;
  total: number;
  processed: number;
  created: number;
  updated: number;
  skipped: number;
  failed: number;
  /** Taken rows whose number a spreadsheet had damaged, and that could be mended without a guess. */
  repaired: number;
  dryRun: boolean;
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
  /** What was repaired, row by row. */
  notices: ImportRowError[];
}
