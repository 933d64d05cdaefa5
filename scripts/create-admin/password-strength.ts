const SHORTEST = 12;
/** What the sign-in takes at most. */
const LONGEST = 256;
const FEWEST_DIFFERENT = 6;
const FEWEST_LETTERS = 5;

const COMMON = ['password', 'passwort', 'ringfence', 'letmein', 'welcome', 'qwerty', 'qwertz', 'admin', 'changeme'];

/** What makes the password easy to guess, in one sentence; null when nothing does. */
export function weaknessOf(password: string, personal: readonly string[]): string | null {
  if (password.length < SHORTEST) return `The password needs at least ${SHORTEST} characters.`;
  if (password.length > LONGEST) return `The password may have at most ${LONGEST} characters.`;
  if (new Set(password).size < FEWEST_DIFFERENT) return 'The password repeats too few different characters.';
  const known = personal
    .flatMap((text) => text.toLowerCase().split(/[^\p{L}\p{N}]+/u))
    .filter(({ length }) => length > 3);
  const rest = [...COMMON, ...known].reduce((text, word) => text.replaceAll(word, ''), password.toLowerCase());
  // Digits and punctuation around a word that attackers try first add next to nothing.
  if (new Set(rest.replace(/[^\p{L}]/gu, '')).size < FEWEST_LETTERS) {
    return 'The password is easy to guess: it is made of a common word or a name, or has hardly any letters.';
  }
  return null;
}
