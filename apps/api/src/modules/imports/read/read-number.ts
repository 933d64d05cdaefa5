import type { UploadNumberFormat } from '#contracts';
import {
  decimalOf,
  fromScientific,
  type ParsedPhoneNumber,
  parsePhoneNumber,
  plainCharacters,
  readWrittenNumber,
} from '#phone';

export type Repair =
  'apostrophe_removed' | 'decimal_removed' | 'notation_undone' | 'trunk_prefix_removed' | 'plus_added';

export interface ReadNumber {
  parsed: ParsedPhoneNumber;
  /** What a spreadsheet had done to the number, as far as it could be taken back without a guess. */
  repairs: Repair[];
}

/** How the rows of an upload are to be read. */
export interface ReadingRules {
  /** For numbers without a plus in rows without a country. */
  country: string | null;
  numberFormat: UploadNumberFormat;
}

/**
 * Reads the number of a row: in E.164 form, as it is dialed in a country, or as spreadsheets leave it.
 *
 * @param country of the row
 */
export function readNumber(text: string, country: string | null, rules: ReadingRules): ReadNumber {
  const repairs: Repair[] = [];
  const value = withoutDamage(text, repairs);
  const parsed = readValue(value, country, rules, repairs);
  if (parsed.ok && parsed.withoutTrunkPrefix) repairs.push('trunk_prefix_removed');
  return { parsed, repairs };
}

/** What an apostrophe, a decimal and scientific notation have in common: the digits are all there. */
function withoutDamage(text: string, repairs: Repair[]): string {
  let value = text;
  if (/^['’](?=[+\uff0b(\d])/.test(value)) {
    value = value.slice(1);
    repairs.push('apostrophe_removed');
  }
  const plain = plainCharacters(value) ?? value;
  const decimal = decimalOf(plain);
  if (decimal?.isCertain) {
    repairs.push('decimal_removed');
    return decimal.whole;
  }
  const written = fromScientific(plain);
  if (written === null) return value;
  repairs.push('notation_undone');
  return written;
}

/**
 * A missing plus is put back only where the country says so too. Without a country, 4155550123 is a number in
 * Switzerland as well as one in California that lacks its 1: that is refused, with the number that may be meant.
 */
function readValue(
  value: string,
  country: string | null,
  { country: fallback, numberFormat }: ReadingRules,
  repairs: Repair[],
): ParsedPhoneNumber {
  const written = readWrittenNumber(value);
  if (written.ok && written.digits.startsWith('+')) return parsePhoneNumber(value, country);
  if (numberFormat === 'e164_without_plus') return parsePhoneNumber(value, country, { isE164WithoutPlus: true });
  const home = country ?? fallback;
  const national = parsePhoneNumber(value, home);
  if (home === null || !written.ok || written.digits.startsWith('0')) return national;
  const international = parsePhoneNumber(`+${written.digits}`, home);
  if (!international.ok) return national;
  if (national.ok && national.e164 !== international.e164) {
    const message = `This is ${national.e164} or ${international.e164}. Write the one that is meant, with its +.`;
    return { ok: false, reason: 'invalid', message };
  }
  repairs.push('plus_added');
  return international;
}
