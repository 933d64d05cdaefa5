import libraryParse, { type CountryCode } from 'libphonenumber-js/max';
import type { DestinationType } from '#contracts';
import { isCountryCode, resolveNumber, typeInCountry } from './numbering-plans.js';
import { withoutNationalPrefix } from './parse-destination.js';
import { withoutSeparators } from './written-number.js';

export type ParsedPhoneNumber =
  | {
      ok: true;
      e164: string;
      /** Null for numbers of no country (+800, +883 and the like). */
      countryCode: string | null;
      numberType: DestinationType;
    }
  | {
      ok: false;
      reason: 'missing' | 'invalid' | 'country_unknown' | 'country_mismatch';
      /** What is wrong and how to mend it, as a sentence. */
      message: string;
    };

const E164 = /^\+[1-9][0-9]{5,14}$/;
const EXAMPLE = 'for example +12025550123';

/**
 * Reads a number that the system is to manage.
 *
 * @param text E.164 with the usual separators; also in national form when the country is given
 * @param country ISO 3166-1 alpha-2; the number must be one of that country
 */
export function parsePhoneNumber(text: string, country?: string | null): ParsedPhoneNumber {
  if (country && !isCountryCode(country)) return unknownCountry(country);
  if (text.trim() === '') return refusal('missing', `The phone number is missing. Write it in E.164 form, ${EXAMPLE}.`);
  const written = withoutSeparators(text);
  if (written === null) return refusal('invalid', unreadable(text));
  if (!written.startsWith('+') && !country) return refusal('invalid', withoutPlus(written));
  const e164 = internationalForm(written, country);
  const resolved = e164 === null ? null : resolveNumber(e164.slice(1));
  if (e164 === null || resolved === null) return refusal('invalid', notANumber(written, country));
  if (!country || country === resolved.countryCode) {
    return { ok: true, e164, countryCode: resolved.countryCode, numberType: resolved.type };
  }
  // Numbers such as toll-free +1 800 belong to several countries: the one that was given counts.
  const numberType = typeInCountry(resolved, country);
  if (numberType !== null) return { ok: true, e164, countryCode: country, numberType };
  const owner = resolved.countryCode ?? 'no country';
  const mend = resolved.countryCode ? `Write ${owner} or leave the country out` : 'Leave the country out';
  return refusal('country_mismatch', `${e164} belongs to ${owner}, not to ${country}. ${mend}.`);
}

function internationalForm(written: string, country?: string | null): string | null {
  if (!written.startsWith('+')) {
    const parsed = libraryParse(written, country as CountryCode);
    return parsed?.isValid() && E164.test(parsed.number) ? parsed.number : null;
  }
  if (E164.test(written) && resolveNumber(written.slice(1)) !== null) return written;
  return withoutNationalPrefix(written);
}

function refusal(reason: 'missing' | 'invalid' | 'country_mismatch', message: string): ParsedPhoneNumber {
  return { ok: false, reason, message };
}

function unknownCountry(country: string): ParsedPhoneNumber {
  const advice = country === 'UK' ? 'Write GB for the United Kingdom' : 'Write two capital letters, for example US';
  return { ok: false, reason: 'country_unknown', message: `There is no country with this ISO 3166-1 code. ${advice}.` };
}

function unreadable(text: string): string {
  if (text.length > 64) return `The phone number is too long. Write it in E.164 form, ${EXAMPLE}.`;
  if (/^[+-]?[0-9]+([.,][0-9]+)?e\+?[0-9]+$/i.test(text.trim())) {
    return 'A spreadsheet has rounded the phone number. Format its column as text and enter the number again.';
  }
  if (/[0-9)]\s*[;,]?\s*(#|x|ext\.?|extension)[\s=:.]*[0-9]+\s*$/i.test(text)) {
    return `The phone number has an extension. Leave it out: only the number itself can be managed, ${EXAMPLE}.`;
  }
  if (/\p{L}/u.test(text)) return `The phone number has letters in it. Write it in digits, ${EXAMPLE}.`;
  return `The phone number has characters in it that do not belong there. Write it in E.164 form, ${EXAMPLE}.`;
}

function withoutPlus(digits: string): string {
  const guess = E164.test(`+${digits}`) && resolveNumber(digits) !== null ? `+${digits}` : null;
  return guess === null
    ? `The phone number has no + and country code in front. Write it in E.164 form, ${EXAMPLE}.`
    : `The phone number has no + in front. Write ${guess} if that is the number.`;
}

function notANumber(written: string, country?: string | null): string {
  if (!written.startsWith('+'))
    return `This is no phone number of ${country}. Check the digits, or write it with + and country code.`;
  return 'There is no such phone number: country code, area code or length are wrong. Check the digits.';
}
