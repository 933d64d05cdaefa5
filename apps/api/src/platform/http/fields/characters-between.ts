import { buildMessage, ValidateBy, type ValidationOptions } from 'class-validator';

/** Counts as PostgreSQL does: an emoji is one character, and an invisible mark is one as well. */
export function charactersOf(text: string): number {
  return [...text].length;
}

/**
 * Bounds the length of text that is stored. The library's own check leaves some marks uncounted, so that it lets pass what the
 * database then refuses.
 */
export function CharactersBetween(least: number, most: number, options?: ValidationOptions): PropertyDecorator {
  const validate = (value: unknown) =>
    typeof value === 'string' && charactersOf(value) >= least && charactersOf(value) <= most;
  const bounds = least === 0 ? `at most ${most}` : `${least} to ${most}`;
  const defaultMessage = buildMessage((each) => `${each}$property must have ${bounds} characters`, options);
  return ValidateBy({ name: 'charactersBetween', validator: { validate, defaultMessage } }, options);
}
