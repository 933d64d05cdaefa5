/** What a value of JSON is, in words. */
export const valueKinds = ['text', 'a whole number', 'a number', 'true or false', 'a list', 'an object'] as const;
export type ValueKind = (typeof valueKinds)[number];

const EXPECTED_BY_CHECK: Record<string, ValueKind> = {
  isInt: 'a whole number',
  isNumber: 'a number',
  isBoolean: 'true or false',
  isArray: 'a list',
  arrayMinSize: 'a list',
  arrayMaxSize: 'a list',
  arrayNotEmpty: 'a list',
  arrayUnique: 'a list',
  areCountryCodes: 'a list',
  isObject: 'an object',
};

/** Checks of text. `isIn` takes whatever its values are, which in a DTO are texts. */
const TEXT_CHECKS = new Set(
  (
    'isString isNotEmpty minLength maxLength isLength matches isIn isUuid isEmail isIso8601 isDateString charactersBetween ' +
    'isReadable isOneLine isPlainEmail isTimeZone isCurrencyCode isCountryCode isDay isInstant namesOneCall'
  ).split(' '),
);

/** The kind of value that a check of class-validator asks for, by its name; undefined where it says nothing of it. */
export function kindOfCheck(name: string): ValueKind | undefined {
  return EXPECTED_BY_CHECK[name] ?? (TEXT_CHECKS.has(name) ? 'text' : undefined);
}

/** The kind of the items that a check of a whole list asks for. */
export function itemKindOfCheck(name: string): ValueKind | undefined {
  return name === 'areCountryCodes' ? 'text' : undefined;
}

export function isOfKind(value: unknown, kind: ValueKind): boolean {
  switch (kind) {
    case 'text':
      return typeof value === 'string';
    case 'a whole number':
      return Number.isInteger(value);
    case 'a number':
      return typeof value === 'number';
    case 'true or false':
      return typeof value === 'boolean';
    case 'a list':
      return Array.isArray(value);
    case 'an object':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
  }
}

/** What was sent, for a message: `text`, `a number`, `null`. */
export function kindInWords(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  switch (typeof value) {
    case 'string':
      return 'text';
    case 'number':
      return Number.isInteger(value) ? 'a number' : 'a fraction';
    case 'boolean':
      return String(value);
    default:
      return 'an object';
  }
}

/** What to tell about a value of another kind than was asked for. */
export function wrongKind(expected: ValueKind, value: unknown): string {
  return `must be ${expected}; got ${kindInWords(value)}`;
}

export const IS_REQUIRED = 'is required';
