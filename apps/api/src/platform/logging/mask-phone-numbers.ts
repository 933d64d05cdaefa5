// A run of digits that may be a phone number: with a plus sign (also written as %2B), or long enough to be one.
const PHONE_NUMBER = /(\+|%2B|%2b)(\d{7,15})(?!\d)|(?<![\w-])()(\d{10,15})(?![\w-])/g;

const KEPT_AT_START = 4;
const KEPT_AT_END = 2;

/** Hides the subscriber's digits of phone numbers in a text: `+12025550123` becomes `+1202•••••23`. */
export function maskPhoneNumbers(text: string): string {
  return text.replace(
    PHONE_NUMBER,
    (_match, plus: string | undefined, international: string | undefined, _none, bare) => {
      const digits = international ?? (bare as string);
      const hidden = '•'.repeat(Math.max(digits.length - KEPT_AT_START - KEPT_AT_END, 1));
      return `${plus ?? ''}${digits.slice(0, KEPT_AT_START)}${hidden}${digits.slice(-KEPT_AT_END)}`;
    },
  );
}
