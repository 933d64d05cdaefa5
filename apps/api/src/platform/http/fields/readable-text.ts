import { buildMessage, ValidateBy, type ValidationOptions } from 'class-validator';

/**
 * Control characters apart from tab and line feed, halves of characters, and what stands for bytes that could not be
 * decoded. No person writes them, no form shows them, and a file that has them was damaged on its way.
 */
// eslint-disable-next-line no-control-regex -- those are what it looks for
export const UNREADABLE = /[\u0000-\u0008\u000b-\u001f\ufffd\p{Cs}]/u;

/** How many line breaks a text may have. A quoted value of a CSV file that runs on was never closed. */
export const MAX_LINE_BREAKS = 32;

/** Refuses in text what an upload refuses, so that whatever is stored can be exported and uploaded again. */
export function IsReadable(options?: ValidationOptions): PropertyDecorator {
  const message = `must not contain control characters, more than ${MAX_LINE_BREAKS} line breaks, or characters that could not be decoded`;
  return ValidateBy(
    {
      name: 'isReadable',
      validator: {
        validate: (value: unknown) =>
          typeof value !== 'string' || (!UNREADABLE.test(value) && value.split('\n').length - 1 <= MAX_LINE_BREAKS),
        defaultMessage: buildMessage((each) => `${each}$property ${message}`, options),
      },
    },
    options,
  );
}

/** For items of lists, which an export writes into one value: their line breaks would add up. */
export function IsOneLine(options?: ValidationOptions): PropertyDecorator {
  return ValidateBy(
    {
      name: 'isOneLine',
      validator: {
        validate: (value: unknown) => typeof value !== 'string' || !value.includes('\n'),
        defaultMessage: buildMessage((each) => `${each}$property must not contain line breaks`, options),
      },
    },
    options,
  );
}
