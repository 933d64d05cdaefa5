import type {
  ImportErrorCode,
  ImportNotice,
  ImportNoticeCode,
  ImportRowError,
  PhoneNumberProvider,
  UploadColumn,
} from '#contracts';
import { phoneNumberProviders } from '#contracts';
import { UNREADABLE } from '../../../platform/http/fields/readable-text.js';
import { readOptionalColumns } from './optional-columns.js';
import { readCountry } from './read-countries.js';
import { readNumber, type ReadingRules } from './read-number.js';
import { noteOfAlias, noteOfCountry, notesOfNumber } from './row-notes.js';
import { valueOfFormula } from './spreadsheet-cell.js';
import type { StagedRow } from './staged-row.js';
import type { UploadRow } from './upload-row.js';

const MAX_SHOWN = 200;
const PROVIDERS = phoneNumberProviders.join(', ');
const PROVIDER_OF_TEXT = new Map<string, PhoneNumberProvider>(phoneNumberProviders.map((name) => [name, name]));

/** Invisible marks of writing direction, which come along when values are copied from right-to-left text. */
const DIRECTION_MARKS = /[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
const CHECKED_FIRST = ['phoneNumber', 'provider', 'countryCode'] as const satisfies readonly UploadColumn[];

export type CheckedRow = { ok: true; row: StagedRow; notices: ImportNotice[] } | { ok: false; error: ImportRowError };

/** What the upload says about rows that do not say it themselves. */
export interface RowDefaults extends ReadingRules {
  provider: string | null;
}

/** Checks one row by itself: what it stands for, or the first thing that is wrong with it and how to mend it. */
export function checkUploadRow(given: UploadRow, defaults: RowDefaults): CheckedRow {
  const row = withoutFormulas(given);
  const refuse = (code: ImportErrorCode, column: UploadColumn | null, message: string, value: string | null) => ({
    ok: false as const,
    error: told(row.line, code, column, message, value),
  });
  const shape = faultOfShape(row);
  if (shape) return refuse(shape.code, shape.column, shape.message, shape.value);

  const { values } = row;
  const countryText = plain(values.countryCode);
  const country = countryText === '' ? null : readCountry(countryText);
  const text = values.phoneNumber ?? '';
  const { parsed, repairs } = readNumber(text, country?.code ?? (countryText || null), defaults);
  if (!parsed.ok) {
    const { reason, message } = parsed;
    if (reason === 'country_unknown' || reason === 'country_mismatch') {
      return refuse(reason, 'countryCode', message, countryText);
    }
    return refuse(reason === 'missing' ? 'number_missing' : 'number_invalid', 'phoneNumber', message, text);
  }
  const providerText = plain(values.provider) || (defaults.provider ?? '');
  const provider = PROVIDER_OF_TEXT.get(providerText.toLowerCase());
  if (!provider) {
    const message = providerText === '' ? 'The provider is missing.' : 'There is no such provider.';
    return refuse('provider_unknown', 'provider', `${message} Write one of ${PROVIDERS}.`, providerText);
  }
  const optional = readOptionalColumns(values);
  if (!('values' in optional)) {
    return refuse(optional.code, optional.column, optional.message, values[optional.column] ?? null);
  }
  const { e164, numberType } = parsed;
  return {
    ok: true,
    row: { line: row.line, e164, countryCode: parsed.countryCode, numberType, provider, ...optional.values },
    notices: [
      ...notesOfNumber(e164, repairs, text !== given.values.phoneNumber, given.values.phoneNumber ?? text),
      ...(country?.alias ? [noteOfAlias('countryCode', country.alias, country.code)] : []),
      ...(country && parsed.countryCode !== country.code ? [noteOfCountry(e164, parsed.countryCode, countryText)] : []),
      ...optional.notices.map((notice) => ({ ...notice, value: values[notice.column] ?? null })),
    ].map(({ code, column, message, value }) => told(row.line, code, column, message, value)),
  };
}

/** Number, provider and country without the formula that a spreadsheet was to take for text. */
function withoutFormulas(row: UploadRow): UploadRow {
  let values: UploadRow['values'] | null = null;
  for (const column of CHECKED_FIRST) {
    const value = row.values[column];
    if (!value || (value[0] !== '=' && value[0] !== '"')) continue;
    const plainValue = valueOfFormula(value);
    if (plainValue !== null) values = { ...(values ?? row.values), [column]: plainValue };
  }
  return values === null ? row : { ...row, values };
}

/** Checks the number of a row alone: to delete or unassign numbers, a file says nothing else of them. */
export function checkNumberOfRow(row: UploadRow, defaults: RowDefaults): CheckedRow {
  const { phoneNumber = '', countryCode = '' } = row.values;
  return checkUploadRow({ ...row, values: { phoneNumber, countryCode, provider: 'other' } }, defaults);
}

function faultOfShape({ fault, values, tooLong }: UploadRow) {
  const of = (code: ImportErrorCode, column: UploadColumn | null, message: string, value: string | null) => ({
    code,
    column,
    message,
    value,
  });
  const number = values.phoneNumber ?? null;
  if (fault === 'too_long') {
    return of('row_too_long', null, 'The row is longer than 65,536 characters. It was skipped; shorten it.', number);
  }
  if (fault === 'quote_open') {
    return of('quote_invalid', null, 'A quote opens and is never closed. Close it, and send the row again.', number);
  }
  if (fault === 'several_numbers') {
    return of(fault, 'phoneNumber', 'The row has more than one phone number. Write one number a line.', number);
  }
  for (const [column, value] of Object.entries(values) as [UploadColumn, string][]) {
    if (UNREADABLE.test(value)) {
      const message = 'The value has characters that cannot be read. Enter it anew, and save the file as UTF-8.';
      return of('characters_invalid', column, message, value.replaceAll(new RegExp(UNREADABLE, 'gu'), '�'));
    }
  }
  const quoted = CHECKED_FIRST.find((name) => values[name]?.includes('"'));
  if (quoted) {
    const message = 'A quote stands inside the value. Quote the whole value or nothing of it.';
    return of('quote_invalid', quoted, message, values[quoted] ?? null);
  }
  if (tooLong) {
    const message = 'The row has more values than there are columns. Quote a value that has a separator in it.';
    return of('too_many_columns', null, message, null);
  }
  return null;
}

function plain(value = ''): string {
  return value.replace(DIRECTION_MARKS, '').trim();
}

/** What there is to say about a line: an error or a notice, by its code. Long values are cut. */
export function told<Code extends ImportErrorCode | ImportNoticeCode>(
  line: number,
  code: Code,
  column: string | null,
  message: string,
  value: string | null,
) {
  const shown = value !== null && value.length > MAX_SHOWN ? `${beginning(value)}…` : value;
  return { line, column, code, message, value: shown };
}

/** Never ends with half of a character, which PostgreSQL does not store. */
function beginning(value: string): string {
  return value.slice(0, MAX_SHOWN).replace(/[\ud800-\udbff]$/, '');
}
