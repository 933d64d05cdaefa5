import { type ParsedPhoneNumber, parsePhoneNumber, withoutSeparators } from '#phone';

export type Repair = 'plus_added' | 'apostrophe_removed';

export interface ReadNumber {
  parsed: ParsedPhoneNumber;
  /** What a spreadsheet had done to the number, as far as it could be taken back without a guess. */
  repairs: Repair[];
}

/**
 * Reads the number of a row: in E.164 form, in national form when a country is known, or as spreadsheets leave it.
 *
 * A missing plus is put back only where the country says so too. Without a country, 4155550123 is a number in
 * Switzerland as well as one in California that lacks its 1: that is refused, with the number that may be meant.
 *
 * @param country of the row
 * @param fallback for national numbers of rows without a country
 */
export function readNumber(text: string, country: string | null, fallback: string | null): ReadNumber {
  const quoted = /^['’](?=[+\uff0b(\d])/.test(text);
  const value = quoted ? text.slice(1) : text;
  const repairs: Repair[] = quoted ? ['apostrophe_removed'] : [];
  if (/^\W*[+\uff0b]/.test(value)) return { parsed: parsePhoneNumber(value, country), repairs };
  const home = country ?? fallback;
  const national = parsePhoneNumber(value, home);
  const digits = home === null ? null : withoutSeparators(value);
  if (digits === null || digits.startsWith('0')) return { parsed: national, repairs };
  const international = parsePhoneNumber(`+${digits}`, home);
  if (!international.ok) return { parsed: national, repairs };
  if (national.ok && national.e164 !== international.e164) {
    const message = `This is ${national.e164} or ${international.e164}. Write the one that is meant, with its +.`;
    return { parsed: { ok: false, reason: 'invalid', message }, repairs };
  }
  return { parsed: international, repairs: [...repairs, 'plus_added'] };
}
