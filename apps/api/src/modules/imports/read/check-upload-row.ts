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
import { readNumber, type Repair } from './read-number.js';
import type { StagedRow } from './staged-row.js';
import type { UploadRow } from './upload-row.js';

const MAX_SHOWN = 200;
const PROVIDERS = phoneNumberProviders.join(', ');
const PROVIDER_OF_TEXT = new Map<string, PhoneNumberProvider>(phoneNumberProviders.map((name) => [name, name]));

/** Invisible marks of writing direction, which come along when values are copied from right-to-left text. */
const DIRECTION_MARKS = /[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
const REPAIRED: Record<Repair, string> = {
  plus_added: 'the missing + was put back',
  apostrophe_removed: 'the apostrophe in front was taken away',
};

export type CheckedRow = { ok: true; row: StagedRow; notices: ImportNotice[] } | { ok: false; error: ImportRowError };

/** What the upload says about rows that do not say it themselves. */
export interface RowDefaults {
  /** For national numbers of rows without a country. */
  country: string | null;
  provider: string | null;
}

/** Checks one row by itself: what it stands for, or the first thing that is wrong with it and how to mend it. */
export function checkUploadRow(row: UploadRow, defaults: RowDefaults): CheckedRow {
  const refuse = (code: ImportErrorCode, column: UploadColumn | null, message: string, value: string | null) => ({
    ok: false as const,
    error: told(row.line, code, column, message, value),
  });
  const shape = faultOfShape(row);
  if (shape) return refuse(shape.code, shape.column, shape.message, shape.value);

  const { values } = row;
  const countryCode = plain(values.countryCode);
  const country = countryCode === '' ? null : countryCode.toUpperCase();
  const text = values.phoneNumber ?? '';
  const { parsed, repairs } = readNumber(text, country, defaults.country);
  if (!parsed.ok) {
    const { reason, message } = parsed;
    if (reason === 'country_unknown' || reason === 'country_mismatch') {
      return refuse(reason, 'countryCode', message, countryCode);
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
      ...repairs.map((repair) => repairNotice(row.line, e164, repair, text)),
      ...optional.notices.map(({ code, column, message }) =>
        told(row.line, code, column, message, values[column] ?? null),
      ),
    ],
  };
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
  for (const [column, value] of Object.entries(values) as [UploadColumn, string][]) {
    if (UNREADABLE.test(value)) {
      const message = 'The value has characters that cannot be read. Enter it anew, and save the file as UTF-8.';
      return of('characters_invalid', column, message, value.replaceAll(new RegExp(UNREADABLE, 'gu'), '�'));
    }
  }
  const quoted = (['phoneNumber', 'provider', 'countryCode'] as const).find((name) => values[name]?.includes('"'));
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

function repairNotice(line: number, e164: string, repair: Repair, text: string): ImportNotice {
  return told(line, repair, 'phoneNumber', `Read as ${e164}: ${REPAIRED[repair]}.`, text);
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
