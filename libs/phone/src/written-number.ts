const MAX_WRITTEN_LENGTH = 64;

// Spaces, tabs, dots, parentheses, dashes of all kinds, and the invisible marks that come along from address books.
const SEPARATORS = /[ \t.()\u00ad\u2010-\u2015\u2212\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff-]/g;
const HAS_NON_ASCII = /[^\x20-\x7e]/;

/**
 * Takes the separators out of a number as people write it; full-width digits become plain ones (NFKC).
 *
 * @returns digits with an optional leading plus sign, or null when there is anything else in it
 */
export function withoutSeparators(text: string): string | null {
  if (text.length > MAX_WRITTEN_LENGTH) return null;
  const plain = (HAS_NON_ASCII.test(text) ? text.normalize('NFKC') : text).replace(SEPARATORS, '');
  return /^\+?[0-9]+$/.test(plain) ? plain : null;
}
