import { callingCodeOf, resolveNumber } from './numbering-plans.js';
import { withoutSeparators } from './spelling.js';

/** Why the digits of a text, put together, may be another number than the one that is meant. */
export type Doubt = 'rounded' | 'decimal' | 'two_numbers';

const LONGEST_AREA_CODE = 5;
const SHORTEST_DECIMAL = 6;

/**
 * The doubt about a number in plain characters; null when there is none.
 *
 * A dot and a slash separate groups of digits, but a spreadsheet writes `.0` after a number that it takes for a
 * quantity, and people write `/68` for a second number.
 */
export function doubtOf(plain: string): Doubt | null {
  if (/^\s*[+-]?[0-9]+([.,][0-9]+)?e\+?[0-9]+\s*$/i.test(plain)) return 'rounded';
  if (decimalOf(plain) !== null) return 'decimal';
  return plain.includes('/') && isTwoNumbers(plain) ? 'two_numbers' : null;
}

/** A number that was written as a quantity. */
export interface Decimal {
  /** What stands before the mark. */
  whole: string;
  /** Whether leaving the fraction out is certain: zeros alone, and no group of digits that may belong to the number. */
  isCertain: boolean;
}

/** Reads `+49301234567.0` as a quantity; null when the mark can only be a separator, as in `+1.415.555.0100`. */
export function decimalOf(plain: string): Decimal | null {
  const [, whole, mark, fraction] = /^\s*([^,]*?[0-9])([.,])([0-9]+)\s*$/.exec(plain) ?? [];
  if (whole === undefined || fraction === undefined) return null;
  if (mark === '.' && whole.includes('.')) return null;
  const digits = withoutSeparators(whole);
  if (digits === null) return null;
  const isBare = /^\+?[0-9]+$/.test(whole);
  const isShort = fraction.length <= 2;
  const isQuantity = mark === ',' || (isBare && isShort && digits.length >= SHORTEST_DECIMAL);
  if (!isQuantity && !isNumber(digits)) return null;
  return { whole, isCertain: /^0+$/.test(fraction) && (isShort || !isNumber(digits + fraction)) };
}

/** The number that scientific notation stands for, when no digit of it was rounded away: `1.2025550123E+10`. */
export function fromScientific(plain: string): string | null {
  const [, sign = '', first, rest = '', exponent] =
    /^\s*(\+?)([1-9])(?:[.,]([0-9]+))?e\+?([0-9]{1,2})\s*$/i.exec(plain) ?? [];
  return first !== undefined && rest.length === Number(exponent) ? sign + first + rest : null;
}

/**
 * `+49 30/1234567` has a slash after its area code, `+49 30 1234567/68` names two numbers. The first part of two numbers is
 * a number by itself; the plans of some countries have numbers as short as an area code, hence its length as well.
 */
function isTwoNumbers(plain: string): boolean {
  const at = plain.lastIndexOf('/');
  const before = withoutSeparators(plain.slice(0, at));
  const after = withoutSeparators(plain.slice(at + 1));
  if (before === null || after === null) return false;
  if (after.startsWith('+')) return true;
  const national = before.startsWith('+')
    ? before.slice(1 + (callingCodeOf(before.slice(1))?.length ?? 0))
    : before.replace(/^0/, '');
  return national.length > LONGEST_AREA_CODE && (isNumber(before) || !before.startsWith('+'));
}

function isNumber(written: string): boolean {
  return written.startsWith('+') && resolveNumber(written.slice(1)) !== null;
}
