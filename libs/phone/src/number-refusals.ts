import type { WrittenFault } from './written-number.js';

/** Why a number cannot be managed, and what to do about it, as sentences. */
export const EXAMPLE = 'for example +12025550123';
const E164_FORM = `Write it in E.164 form, ${EXAMPLE}.`;

const OF_FAULT: Record<Exclude<WrittenFault, 'unreadable'>, string> = {
  rounded: 'A spreadsheet has rounded the phone number. Format its column as text and enter the number again.',
  decimal:
    'A spreadsheet has made a decimal of the phone number. Leave out what follows the decimal mark, and format the column as text.',
  two_numbers: `There are two phone numbers in one value. Write one of them, ${EXAMPLE}.`,
  extension: `The phone number has an extension. Leave it out: only the number itself can be managed, ${EXAMPLE}.`,
  subaddress: 'The tel: address has an ISDN subaddress (isub). Leave it out: only the number itself can be managed.',
  context: 'The tel: address has a phone-context that is no country code. Write the number with + and country code.',
  parameter: 'The tel: address has a parameter that must be understood and is not known here. Write the number alone.',
};

/** @param text as it was written */
export function messageOfFault(fault: WrittenFault, text: string): string {
  return fault === 'unreadable' ? unreadable(text) : OF_FAULT[fault];
}

function unreadable(text: string): string {
  if (text.length > 64) return `The phone number is too long. ${E164_FORM}`;
  if (/^\s*sips?:/i.test(text)) return `This is a SIP address. Write the phone number alone, ${EXAMPLE}.`;
  if (/[0-9)]\s*[;,]?\s*(#|x|ext\.?|extension)[\s=:.]*[0-9]+\s*$/i.test(text)) return OF_FAULT.extension;
  if ((text.match(/[+\uff0b]/g) ?? []).length > 1) return `The phone number has more than one +. ${E164_FORM}`;
  if (/\p{L}/u.test(text)) return `The phone number has letters in it. Write it in digits, ${EXAMPLE}.`;
  return `The phone number has characters in it that do not belong there. ${E164_FORM}`;
}

/** For a number without a plus and without a country. @param guess what it may be */
export function withoutPlus(guess: string | null): string {
  return guess === null
    ? `The phone number has no + and country code in front. ${E164_FORM}`
    : `The phone number has no + in front. Write ${guess} if that is the number.`;
}

/** For digits that no numbering plan has. @param guess the number without a digit that people dial at home only */
export function noSuchNumber(guess: string | null): string {
  const mend = guess === null ? 'Check the digits' : `Check the digits, or write ${guess} if that is the number`;
  return `There is no such phone number: country code, area code or length are wrong. ${mend}.`;
}

export function noNumberOf(country: string): string {
  return `This is no phone number of ${country}. Check the digits, or write it with + and country code.`;
}

export function ofAnotherCountry(e164: string, owner: string | null, country: string): string {
  const mend = owner === null ? 'Leave the country out' : `Write ${owner} or leave the country out`;
  return `${e164} belongs to ${owner ?? 'no country'}, not to ${country}. ${mend}.`;
}

export const UNKNOWN_COUNTRY =
  'There is no country with this ISO 3166-1 code. Write two capital letters, for example US.';
