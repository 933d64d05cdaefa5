import type { DestinationType, ReasonCode } from '#contracts';
import { callingCodeOf, resolveNumber } from './numbering-plans.js';
import { isEmergencyNumberAt, isShortNumber } from './short-numbers.js';
import { readWrittenNumber } from './written-number.js';

export interface Destination {
  /** Null when the destination is refused. */
  e164: string | null;
  /** Null for numbers of no country (+800, +883 and the like), whose type is a restricted one. */
  countryCode: string | null;
  type: DestinationType;
  refusal: Extract<ReasonCode, 'destination_invalid' | 'destination_emergency'> | null;
}

const E164 = /^\+[1-9][0-9]{5,14}$/;
const LONGEST_SHORT_NUMBER = 6;

const invalid: Destination = { e164: null, countryCode: null, type: 'UNKNOWN', refusal: 'destination_invalid' };
const emergency: Destination = { ...invalid, refusal: 'destination_emergency' };

/**
 * Reads the number to be called. It must be in E.164 form, however it is spelled: with separators, in digits of another
 * script, as a `tel:` address. Its digits are those that were sent, every one and no other: a dialer dials what it has, so
 * a number that would have to be mended (`+44 (0)20 …`, `+1 1 231 …`, `0044 …`) is refused. The country is that of the
 * full number, never one that a caller names. Never throws.
 */
export function parseDestination(text: string): Destination {
  const digits = digitsAsked(text);
  if (digits === null) return invalid;
  if (!digits.startsWith('+')) {
    return digits.length <= LONGEST_SHORT_NUMBER && isShortNumber(digits) ? emergency : invalid;
  }
  const international = digits.slice(1);
  if (isEmergency(international)) return emergency;
  const resolved = E164.test(digits) ? resolveNumber(international) : null;
  if (resolved === null) return invalid;
  return { e164: digits, countryCode: resolved.countryCode, type: resolved.type, refusal: null };
}

/**
 * The digits of what was asked, with a plus where one stood: what the ledger keeps, and what a search in it is for. Null
 * where the text is no spelling of digits.
 */
export function digitsAsked(text: string): string | null {
  if (E164.test(text)) return text;
  const written = readWrittenNumber(text);
  // A call to a composed or routed address reaches other digits than those that stand there.
  return written.ok && !written.isComposed && !written.isRouted ? written.digits : null;
}

/** Emergency numbers are reached also with the calling code in front, at some carriers: +1911. */
function isEmergency(digits: string): boolean {
  if (digits.length > LONGEST_SHORT_NUMBER + 3) return false;
  const callingCode = callingCodeOf(digits);
  if (callingCode === null) return false;
  const nationalNumber = digits.slice(callingCode.length);
  return (
    nationalNumber !== '' &&
    nationalNumber.length <= LONGEST_SHORT_NUMBER &&
    isEmergencyNumberAt(callingCode, nationalNumber)
  );
}
