/**
 * How a number is spelled, as against what its digits are: separators, digits of other scripts, and the invisible
 * characters that come along from address books, messengers and spreadsheets. Nothing here changes the value of a digit,
 * leaves one out or adds one.
 */
const MAX_WRITTEN_LENGTH = 64;

const HAS_NON_ASCII = /[^\x20-\x7e]/;
const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\ufffc]/gu;
const DIGIT = /\p{Nd}/u;
// Japanese writes the sound mark U+30FC where others write a dash.
const SEPARATORS = /[\p{Zs}\t.()/\p{Pd}\u2212\u30fc]/gu;
const ASCII_SEPARATORS = /[ \t.()/-]/g;

/**
 * The text in plain characters: full-width signs become ASCII (NFKC), digits of every script become 0 to 9, and what
 * Unicode says to ignore is left out.
 *
 * @returns null for more than 64 characters, and for what looks like a digit and is a footnote, a fraction or a bullet
 *   (`²`, `½`, `①`): NFKC would make digits of them
 */
export function plainCharacters(text: string): string | null {
  if (text.length > MAX_WRITTEN_LENGTH) return null;
  if (!HAS_NON_ASCII.test(text)) return text;
  let plain = '';
  for (const character of text.replace(INVISIBLE, '')) {
    if (character <= '\x7f') {
      plain += character;
    } else if (DIGIT.test(character)) {
      plain += String(valueOf(character));
    } else {
      const replaced = character.normalize('NFKC');
      if (/[0-9]/.test(replaced)) return null;
      plain += replaced;
    }
  }
  return plain;
}

/**
 * Takes the separators out of a number as people write it.
 *
 * @returns digits with an optional leading plus sign, or null when there is anything else in it
 */
export function withoutSeparators(text: string): string | null {
  const plain = plainCharacters(text);
  if (plain === null) return null;
  const bare = plain.replace(HAS_NON_ASCII.test(plain) ? SEPARATORS : ASCII_SEPARATORS, '');
  return /^\+?[0-9]+$/.test(bare) ? bare : null;
}

/** Unicode keeps the ten decimal digits of a script together, the zero first. */
function valueOf(digit: string): number {
  const codePoint = digit.codePointAt(0)!;
  zeros ??= findZeros();
  let zero = 0;
  for (const candidate of zeros) {
    if (candidate > codePoint) break;
    zero = candidate;
  }
  return codePoint - zero;
}

let zeros: number[] | undefined;

function findZeros(): number[] {
  const found: number[] = [];
  for (let codePoint = 0; codePoint <= 0x1ffff; codePoint += 1) {
    if (!DIGIT.test(String.fromCodePoint(codePoint))) continue;
    found.push(codePoint);
    codePoint += 9;
  }
  return found;
}
