import libraryParse from 'libphonenumber-js/max';
import type { DestinationType, ReasonCode } from '#contracts';
import { callingCodeOf, resolveNumber, type ResolvedNumber } from './numbering-plans.js';
import { isEmergencyNumberAt, isShortNumber } from './short-numbers.js';
import { withoutSeparators } from './written-number.js';

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
 * Reads the number to be called. It must be in E.164 form; spaces, dashes, dots and parentheses are tolerated, dialing
 * prefixes such as 00 and 011 are not guessed. The country is that of the full number, never one that a caller names.
 * Never throws.
 */
export function parseDestination(text: string): Destination {
  const written = E164.test(text) ? text : withoutSeparators(text);
  if (written === null) return invalid;
  if (!written.startsWith('+')) {
    return written.length <= LONGEST_SHORT_NUMBER && isShortNumber(written) ? emergency : invalid;
  }
  const digits = written.slice(1);
  if (isEmergency(digits)) return emergency;
  const resolved = E164.test(written) ? resolveNumber(digits) : null;
  if (resolved !== null) return destination(written, resolved);
  const e164 = withoutNationalPrefix(written);
  const corrected = e164 === null ? null : resolveNumber(e164.slice(1));
  return e164 === null || corrected === null ? invalid : destination(e164, corrected);
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

/** `+44 (0)20 …` is written often: the library knows which national prefixes do not belong into the number. */
export function withoutNationalPrefix(international: string): string | null {
  const parsed = libraryParse(international);
  return parsed?.isValid() && E164.test(parsed.number) ? parsed.number : null;
}

function destination(e164: string, { countryCode, type }: ResolvedNumber): Destination {
  return { e164, countryCode, type, refusal: null };
}
