import type { ImportErrorCode, ImportRowError, PhoneNumberProvider } from '#contracts';
import { phoneNumberProviders } from '#contracts';
import { parsePhoneNumber } from '#phone';
import type { NewPhoneNumber } from '../phone-numbers/phone-numbers.public.js';
import type { UploadColumn } from './upload-columns.js';
import type { UploadRow } from './upload-rows.js';

const MAX_LABEL = 200;
const MAX_SHOWN = 200;
const PROVIDERS = phoneNumberProviders.join(', ');

export type CheckedRow = { ok: true; number: NewPhoneNumber } | { ok: false; error: ImportRowError };

/** Checks one row by itself: the number it stands for, or the first thing that is wrong with it and how to mend it. */
export function checkUploadRow(row: UploadRow): CheckedRow {
  const { phoneNumber = '', provider = '', countryCode = '', label = '' } = row.values;
  const refuse = (code: ImportErrorCode, column: UploadColumn | null, message: string, value: string | null) => ({
    ok: false as const,
    error: rowError(row.line, code, column, message, value),
  });
  if (row.brokenUntil !== null) {
    const message = `A quote is not closed: a value runs to line ${row.brokenUntil}. Close it, and send these lines again.`;
    return refuse('quote_invalid', null, message, phoneNumber);
  }
  const quoted = (['phoneNumber', 'provider', 'countryCode'] as const).find((name) => row.values[name]?.includes('"'));
  if (quoted) {
    const message = 'A quote stands inside the value. Quote the whole value or nothing of it.';
    return refuse('quote_invalid', quoted, message, row.values[quoted] ?? null);
  }
  if (row.tooLong) {
    const message = 'The row has more values than there are columns. Quote a value that has a separator in it.';
    return refuse('too_many_columns', null, message, null);
  }
  const country = countryCode === '' ? null : countryCode.toUpperCase();
  const parsed = parsePhoneNumber(phoneNumber, /^[+\uff0b(]/.test(phoneNumber) ? country : null);
  if (!parsed.ok) {
    const { reason, message } = parsed;
    if (reason === 'country_unknown' || reason === 'country_mismatch') {
      return refuse(reason, 'countryCode', message, countryCode);
    }
    return refuse(reason === 'missing' ? 'number_missing' : 'number_invalid', 'phoneNumber', message, phoneNumber);
  }
  const known = provider.toLowerCase();
  if (!isProvider(known)) {
    const message = provider === '' ? 'The provider is missing.' : 'There is no such provider.';
    return refuse('provider_unknown', 'provider', `${message} Write one of ${PROVIDERS}.`, provider);
  }
  if (label.length > MAX_LABEL) {
    return refuse('too_long', 'label', `The label is longer than ${MAX_LABEL} characters. Shorten it.`, label);
  }
  const { e164, numberType } = parsed;
  return {
    ok: true,
    number: {
      e164,
      countryCode: parsed.countryCode,
      numberType,
      provider: known,
      label: label || null,
      source: 'upload',
    },
  };
}

/** What a row was not taken for. Long values are cut. */
export function rowError(
  line: number,
  code: ImportErrorCode,
  column: UploadColumn | null,
  message: string,
  value: string | null,
): ImportRowError {
  const shown = value !== null && value.length > MAX_SHOWN ? `${beginning(value)}…` : value;
  return { line, column, code, message, value: shown };
}

/** Never ends with half of a character, which PostgreSQL does not store. */
function beginning(value: string): string {
  return value.slice(0, MAX_SHOWN).replace(/[\ud800-\udbff]$/, '');
}

function isProvider(text: string): text is PhoneNumberProvider {
  return (phoneNumberProviders as readonly string[]).includes(text);
}
