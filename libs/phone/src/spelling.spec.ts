import { parsePhoneNumber, plainCharacters, withoutSeparators } from './index.js';
import { pseudoRandom } from './pseudo-random.js';

const DIGITS_OF_SCRIPTS = [
  ['Arabic-Indic', '+٤٩٣٠١٢٣٤٥٦٧٨'],
  ['Extended Arabic-Indic', '+۴۹۳۰۱۲۳۴۵۶۷۸'],
  ['Devanagari', '+४९३०१२३४५६७८'],
  ['Bengali', '+৪৯৩০১২৩৪৫৬৭৮'],
  ['Thai', '+๔๙๓๐๑๒๓๔๕๖๗๘'],
  ['full-width', '＋４９３０１２３４５６７８'],
  ['mathematical', '+𝟒𝟗𝟑𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖'],
] as const;

describe('the spelling of a number', () => {
  it.each(DIGITS_OF_SCRIPTS)('has its digits in %s', (_script, text) => {
    expect(withoutSeparators(text)).toBe('+493012345678');
  });

  it.each([
    ['a variation selector', '+49\ufe0f 30\ufe0f12345678'],
    ['the place of an object in a copied message', '\ufffc+49 30 12345678'],
    ['zero-width spaces and joiners', '+49\u200b30\u200d1234\u20605678'],
    ['a soft hyphen', '+4930\u00ad12345678'],
    ['a byte order mark', '\ufeff+493012345678'],
    ['marks of writing direction', '\u202a+49 30 12345678\u202c'],
    ['a Hangul filler', '+49\u316430\uffa012345678'],
    ['a Mongolian vowel separator', '+49\u180e3012345678'],
    ['a tag of a language', '+49\u{e0001}3012345678'],
    ['spaces of all widths', '+49\u00a030\u20091234\u202f56\u300078'],
    ['dashes of all kinds', '+49‑30–1234—56−78'],
    ['the dash of Japanese', '+49ー30ー12345678'],
    ['full-width separators', '＋４９（３０）１２３４－５６７８'],
    ['a slash', '+49 30/12345678'],
    ['a full-width slash', '+49 30／12345678'],
  ])('may have %s', (_what, text) => {
    expect(withoutSeparators(text)).toBe('+493012345678');
    expect(parsePhoneNumber(text)).toMatchObject({ ok: true, e164: '+493012345678' });
  });

  it.each([
    ['a footnote', '+493012345678²'],
    ['a bullet', '①+493012345678'],
    ['a fraction', '+49301234567½'],
    ['a Roman numeral that reads as a letter', '+493012345678Ⅷ'],
    ['a subscript', '+49301234567₈'],
    ['a digit with a full stop in one character', '+49301234567🄁'],
    ['a letter', '+4930O2345678'],
    ['a key of a telephone drawn around it', '4️⃣930'],
  ])('never makes a digit of %s', (_what, text) => {
    expect(withoutSeparators(text)).toBeNull();
  });

  it('keeps every digit, and adds none, in any mixture', () => {
    const random = pseudoRandom(3);
    const scripts = ['0123456789', '٠١٢٣٤٥٦٧٨٩', '۰۱۲۳۴۵۶۷۸۹', '०१२३४५६७८९', '０１２３４５６７８９'].map((script) => [
      ...script,
    ]);
    const between = [
      '',
      '',
      '',
      ' ',
      '-',
      '.',
      '(',
      ')',
      '/',
      '\u200b',
      '\ufe0f',
      '\ufffc',
      '\u2011',
      '\u00a0',
      '\u3000',
    ];
    for (let i = 0; i < 5_000; i += 1) {
      const values = Array.from({ length: 1 + random(15) }, () => random(10));
      const text = values.map((value) => scripts[random(5)]![value]! + between[random(between.length)]!).join('');
      expect([text, withoutSeparators(`+${text}`)]).toEqual([text, `+${values.join('')}`]);
    }
  });

  it('is at most 64 characters long', () => {
    expect(plainCharacters(' '.repeat(64))).not.toBeNull();
    expect(plainCharacters(' '.repeat(65))).toBeNull();
  });
});
