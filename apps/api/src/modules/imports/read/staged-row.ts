import type { PhoneNumberProvider } from '#contracts';

/** A row that is good by itself: what is to be stored. Whether it can be, only the database knows. */
export interface StagedRow {
  line: number;
  e164: string;
  countryCode: string | null;
  numberType: string;
  provider: PhoneNumberProvider;
  label: string | null;
  region: string | null;
  client: string | null;
  monthlyCost: string | null;
  currency: string | null;
  voice: boolean | null;
  sms: boolean | null;
  tags: string[] | null;
  agent: string | null;
  dailyLimit: number | null;
  allowedCountries: string[] | null;
}

const COLUMNS = [
  'line',
  'e164',
  'countryCode',
  'numberType',
  'provider',
  'label',
  'region',
  'client',
  'monthlyCost',
  'currency',
  'voice',
  'sms',
  'tags',
  'agent',
  'dailyLimit',
  'allowedCountries',
] as const satisfies readonly (keyof StagedRow)[];

/** Rows in the text format of PostgreSQL's COPY. */
export function copyText(rows: readonly StagedRow[]): string {
  let text = '';
  for (const row of rows) {
    for (let index = 0; index < COLUMNS.length; index += 1) {
      if (index > 0) text += '\t';
      text += field(row[COLUMNS[index]!]);
    }
    text += '\n';
  }
  return text;
}

function field(value: StagedRow[keyof StagedRow]): string {
  if (value === null) return '\\N';
  if (typeof value === 'string') return escaped(value);
  if (Array.isArray(value)) return escaped(`{${value.map((item) => `"${item.replace(/["\\]/g, '\\$&')}"`).join(',')}}`);
  return String(value);
}

const ESCAPES: Record<string, string> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function escaped(text: string): string {
  return /[\\\n\r\t]/.test(text) ? text.replace(/[\\\n\r\t]/g, (character) => ESCAPES[character]!) : text;
}
