const pattern = String.raw;

/** Between two digits of a written number, as it is or percent-encoded. A plus after a space begins another number. */
const SEPARATOR = pattern`(?:[ .()-]|%2[089DE]|(?<! |%20|\+)(?:\+|%2B))`;

const DATE = pattern`[12]\d{3}-(?:0[1-9]|1[0-2])-[0-3]\d(?!\d)`;
const TIME = pattern`\d\d(?::|%3A)\d\d(?:(?::|%3A)\d\d(?:[.,]\d{1,9})?)?`;
const OFFSET = pattern`(?:Z|(?:[+-]|%2B)\d\d(?::|%3A)?\d\d)`;
const UUID = pattern`[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}`;
const OCTET = pattern`(?:25[0-5]|2[0-4]\d|1?\d?\d)`;

/** Neither a phone number nor a part of one, wherever it stands: an ISO date with or without a time, a UUID. */
const NEVER = pattern`(?:${DATE}(?:(?:[T +]|%20)${TIME}${OFFSET}?)?|${UUID})`;

/** The same for what is no phone number by itself: an IPv4 address, a request id, a decimal fraction. */
const NOT_ALONE = [
  pattern`(?:${OCTET}\.){3}${OCTET}(?![\w-]|\.\d)`,
  pattern`\d{12}-[\da-z]{1,12}(?![\w-])`,
  pattern`\d{1,5}\.\d{1,30}(?!\d|${SEPARATOR}{1,4}\d)`,
].join('|');

/** Where digits do not go on with a longer word or fraction; the end of a percent-encoding is not a part of them. */
const START = pattern`(?:(?<=%[\da-f]{2})|(?<![\w-]|\d\.))`;

/** More than 15 digits in a row are no phone number; two numbers may stand side by side. */
const MORE_DIGITS = pattern`(?:(?:${SEPARATOR}{1,4}(?!${NEVER}))?(?!\d{16})\d)`;

/** What is left as it is comes first where it could begin with the same characters. All repetitions have a bound. */
const PARTS = new RegExp(
  [
    pattern`(?:\+|%2B)(?!\d{16})(?<international>\d{10,15}(?!\d)|${SEPARATOR}{0,3}(?!${NEVER})\d${MORE_DIGITS}{6,29}(?!\d))`,
    pattern`${START}(?:${NEVER}|${NOT_ALONE})`,
    pattern`%[\da-f]{2}`,
    pattern`${START}(?!\d{16})(?<national>\d{10,15}(?![\w-])|\d${MORE_DIGITS}{9,29}(?!\w|-\w))`,
  ].join('|'),
  'gi',
);

const KEPT_AT_START = 4;
const KEPT_AT_END = 2;

/**
 * Hides the subscriber's digits of phone numbers in a text: `+12025550123` becomes `+1202•••••23`. A phone number is 7 digits
 * or more after a plus, or 10 or more without, however they are grouped.
 */
export function maskPhoneNumbers(text: string): string {
  return text.replace(PARTS, (part, ...rest) => {
    const { international, national } = rest.at(-1) as Record<string, string | undefined>;
    return international === undefined && national === undefined ? part : masked(part);
  });
}

function masked(number: string): string {
  const encodingOrDigit = /%[\da-f]{2}|\d/gi;
  const digits = number.match(encodingOrDigit)!.filter((part) => part.length === 1).length;
  let seen = 0;
  return number.replace(encodingOrDigit, (part) => {
    if (part.length > 1) return part;
    seen += 1;
    return seen <= KEPT_AT_START || seen > digits - KEPT_AT_END ? part : '•';
  });
}
