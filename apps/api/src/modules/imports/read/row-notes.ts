import type { ImportNoticeCode, UploadColumn } from '#contracts';
import type { Repair } from './read-number.js';

/** Something that was read in another way than it stands in the row. */
export interface RowNote {
  code: ImportNoticeCode;
  column: UploadColumn;
  message: string;
  value: string | null;
}

const REPAIRED: Record<Repair | 'cell_undone', string> = {
  cell_undone: 'the spreadsheet formula around it was taken away',
  plus_added: 'the missing + was put back',
  apostrophe_removed: 'the apostrophe in front was taken away',
  decimal_removed: 'the decimal that a spreadsheet added was dropped',
  notation_undone: 'the scientific notation was written out',
  trunk_prefix_removed: 'the digit in parentheses was left out, which is dialed at home only',
};

/** @param formula whether the number stood in a spreadsheet formula */
export function notesOfNumber(e164: string, repairs: readonly Repair[], formula: boolean, value: string): RowNote[] {
  const undone = formula ? (['cell_undone', ...repairs] as const) : repairs;
  return undone.map((code) => ({
    ...{ code, column: 'phoneNumber', value },
    message: `Read as ${e164}: ${REPAIRED[code]}.`,
  }));
}

export function noteOfCountry(e164: string, own: string | null, value: string): RowNote {
  const message = `${e164} is a number of ${own ?? 'no country'}. The country of the row says how it is dialed.`;
  return { code: 'country_differs', column: 'countryCode', message, value };
}

export function noteOfAlias(column: UploadColumn, value: string, code: string): RowNote {
  return { code: 'country_alias', column, message: `${value} was read as ${code}.`, value };
}
