import libraryParse, { type CountryCode } from 'libphonenumber-js/max';
import type { DestinationType } from '#contracts';
import {
  callingCodeOf,
  callingCodeOfCountry,
  isNationalPrefix,
  resolveNumber,
  typeInCountry,
} from './numbering-plans.js';
import {
  EXAMPLE,
  messageOfFault,
  noNumberOf,
  noSuchNumber,
  ofAnotherCountry,
  UNKNOWN_COUNTRY,
  withoutPlus,
} from './number-refusals.js';
import { countryCodeOf } from './country-codes.js';
import { readWrittenNumber } from './written-number.js';

export type ParsedPhoneNumber =
  | {
      ok: true;
      e164: string;
      /** Null for numbers of no country (+800, +883 and the like). */
      countryCode: string | null;
      numberType: DestinationType;
      /** Whether a digit in parentheses was left out, that people dial at home only: `+44 (0)20 …`. */
      withoutTrunkPrefix: boolean;
    }
  | {
      ok: false;
      reason: 'missing' | 'invalid' | 'country_unknown' | 'country_mismatch';
      /** What is wrong and how to mend it, as a sentence. */
      message: string;
    };

export interface ReadingOptions {
  /** Whether a number without a plus is one in E.164 form all the same, and never a national one. */
  isE164WithoutPlus?: boolean;
}

const E164 = /^\+[1-9][0-9]{5,14}$/;
const TRUNK_PREFIX = /^([^(]*\+[^(]*|[^(]*\(\+[^()]*\)[^(]*)\(([0-9])\)/;
const NORTH_AMERICA = '1';

interface International {
  e164: string;
  withoutTrunkPrefix: boolean;
}

/**
 * Reads a number that the system is to manage.
 *
 * The digits are those that were written. The exceptions are what a country's own rules say of a national number, and a
 * trunk prefix in parentheses, `+44 (0)20 …`, whose parentheses say that it is none of the number's digits.
 *
 * @param text E.164 with the usual separators; also as it is dialed in `country`, and then it may be a number of another
 *   country: `07911 123456` in GB is one of Guernsey
 * @param country ISO 3166-1 alpha-2, or another code of the same meaning; a number with a plus must be one of that country
 */
export function parsePhoneNumber(
  text: string,
  country?: string | null,
  { isE164WithoutPlus = false }: ReadingOptions = {},
): ParsedPhoneNumber {
  const code = country ? countryCodeOf(country) : null;
  if (country && code === null) return refusal('country_unknown', UNKNOWN_COUNTRY);
  if (text.trim() === '') return refusal('missing', `The phone number is missing. Write it in E.164 form, ${EXAMPLE}.`);
  const written = readWrittenNumber(text);
  if (!written.ok) return refusal('invalid', messageOfFault(written.fault, text));
  const { digits, plain } = written;
  if (digits.startsWith('+')) return ofCountry(international(digits, plain), code, () => notANumber(digits));
  if (isE164WithoutPlus) return ofCountry(international(`+${digits}`, plain), code, () => notANumber(`+${digits}`));
  if (code === null) return refusal('invalid', withoutPlus(validOrNull(`+${digits}`)));
  return national(digits, code);
}

function international(digits: string, plain: string): International | null {
  if (validOrNull(digits) !== null) return { e164: digits, withoutTrunkPrefix: false };
  const [, before, trunkPrefix] = TRUNK_PREFIX.exec(plain) ?? [];
  if (before === undefined || trunkPrefix === undefined) return null;
  const callingCode = before.replace(/[^0-9]/g, '');
  if (callingCodeOf(callingCode) !== callingCode || !isNationalPrefix(callingCode, trunkPrefix)) return null;
  const e164 = validOrNull(`+${callingCode}${digits.slice(1 + callingCode.length + trunkPrefix.length)}`);
  return e164 === null ? null : { e164, withoutTrunkPrefix: true };
}

/** With a plus the number says itself which country it is of: another one that was given contradicts it. */
function ofCountry(found: International | null, country: string | null, whyNot: () => string): ParsedPhoneNumber {
  const resolved = found && resolveNumber(found.e164.slice(1));
  if (!found || !resolved) return refusal('invalid', whyNot());
  const { e164, withoutTrunkPrefix } = found;
  const { countryCode, type } = resolved;
  if (country === null || country === countryCode) {
    return { ok: true, e164, countryCode, numberType: type, withoutTrunkPrefix };
  }
  // Numbers such as toll-free +1 800 belong to several countries: the one that was given counts.
  const numberType = typeInCountry(resolved, country);
  if (numberType !== null) return { ok: true, e164, countryCode: country, numberType, withoutTrunkPrefix };
  return refusal('country_mismatch', ofAnotherCountry(e164, countryCode, country));
}

/** Without a plus the country says how it is dialed there, and the number has a country of its own. */
function national(digits: string, country: string): ParsedPhoneNumber {
  const parsed = libraryParse(digits, country as CountryCode);
  const e164 = parsed?.isValid() && E164.test(parsed.number) ? parsed.number : withAddedAreaCode(digits, country);
  const resolved = e164 === null ? null : resolveNumber(e164.slice(1));
  if (e164 === null || resolved === null) return refusal('invalid', noNumberOf(country));
  const type = resolved.countryCode === country ? resolved.type : typeInCountry(resolved, country);
  const countryCode = type === null ? resolved.countryCode : country;
  return { ok: true, e164, countryCode, numberType: type ?? resolved.type, withoutTrunkPrefix: false };
}

/** The library does not know the area codes that were added to its own. */
function withAddedAreaCode(digits: string, country: string): string | null {
  if (callingCodeOfCountry(country) !== NORTH_AMERICA) return null;
  return validOrNull(`+${NORTH_AMERICA}${digits.replace(/^1(?=[0-9]{10}$)/, '')}`);
}

function validOrNull(international: string): string | null {
  return E164.test(international) && resolveNumber(international.slice(1)) !== null ? international : null;
}

/** The library would leave out a national prefix behind the calling code. That is a guess, so it is only told. */
function notANumber(digits: string): string {
  const parsed = libraryParse(digits);
  return noSuchNumber(parsed?.isValid() && E164.test(parsed.number) ? parsed.number : null);
}

function refusal(
  reason: 'missing' | 'invalid' | 'country_unknown' | 'country_mismatch',
  message: string,
): ParsedPhoneNumber {
  return { ok: false, reason, message };
}
