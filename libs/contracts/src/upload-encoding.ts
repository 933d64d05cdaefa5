/** Encodings to choose from, by their names in the Encoding Standard (https://encoding.spec.whatwg.org). */
export const uploadEncodings = {
  'utf-8': 'Unicode (UTF-8)',
  'utf-16le': 'Unicode (UTF-16)',
  'utf-16be': 'Unicode (UTF-16, big-endian)',
  'windows-1252': 'Western European (Windows-1252)',
  'windows-1250': 'Central European (Windows-1250)',
  'windows-1251': 'Cyrillic (Windows-1251)',
  'koi8-r': 'Cyrillic (KOI8-R)',
  'windows-1253': 'Greek (Windows-1253)',
  'windows-1254': 'Turkish (Windows-1254)',
  'windows-1255': 'Hebrew (Windows-1255)',
  'windows-1256': 'Arabic (Windows-1256)',
  'windows-1257': 'Baltic (Windows-1257)',
  'windows-1258': 'Vietnamese (Windows-1258)',
  'windows-874': 'Thai (Windows-874)',
  'iso-8859-2': 'Central European (ISO 8859-2)',
  'iso-8859-5': 'Cyrillic (ISO 8859-5)',
  ibm866: 'Cyrillic (DOS 866)',
  macintosh: 'Western European (Mac OS Roman)',
  shift_jis: 'Japanese (Shift JIS, cp932)',
  'euc-jp': 'Japanese (EUC-JP)',
  gb18030: 'Chinese, simplified (GB 18030)',
  big5: 'Chinese, traditional (Big5)',
  'euc-kr': 'Korean (EUC-KR, cp949)',
} as const satisfies Record<string, string>;
export type UploadEncoding = keyof typeof uploadEncodings;

/** Names of code pages that spreadsheets and databases use and the Encoding Standard does not have. */
const CODE_PAGES: Record<string, UploadEncoding> = {
  cp932: 'shift_jis',
  cp936: 'gb18030',
  gbk: 'gb18030',
  cp949: 'euc-kr',
  cp950: 'big5',
  cp874: 'windows-874',
};

/** @returns the name of the encoding that goes by this label, such as cp1251 or latin1; null when there is none */
export function encodingOfLabel(label: string): string | null {
  const plain = label.trim().toLowerCase();
  const codePage = CODE_PAGES[plain];
  if (codePage) return codePage;
  try {
    return new TextDecoder(plain).encoding;
  } catch {
    return null;
  }
}

/**
 * Unicode by the mark at the beginning of a file, or UTF-16 by its look: every text about phone numbers has digits, and
 * in digits every other byte is NUL there.
 */
export function unicodeOfHead(head: Uint8Array): { encoding: UploadEncoding; isMarked: boolean } | null {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return { encoding: 'utf-8', isMarked: true };
  if (head[0] === 0xff && head[1] === 0xfe) return { encoding: 'utf-16le', isMarked: true };
  if (head[0] === 0xfe && head[1] === 0xff) return { encoding: 'utf-16be', isMarked: true };
  const sample = head.subarray(0, 1_024);
  if (sample.length < 8) return null;
  const nuls = [0, 0];
  sample.forEach((byte, index) => {
    if (byte === 0) nuls[index % 2]! += 1;
  });
  const [even, odd] = nuls as [number, number];
  if (even === 0 && odd * 5 > sample.length) return { encoding: 'utf-16le', isMarked: false };
  return odd === 0 && even * 5 > sample.length ? { encoding: 'utf-16be', isMarked: false } : null;
}

const SIMILAR = ['windows-1250', 'windows-1252', 'windows-1254', 'windows-1257'];
const PUNCTUATION = '\u00a0€–—‘’“”„…';
let alike: ReadonlyMap<number, boolean> | null = null;

/**
 * Whether a text that is no UTF-8 is the same in each of the encodings of Latin letters, and has no words of foreign
 * letters alone, as those of Cyrillic have. So the umlauts of a German spreadsheet are certain, and the è of a French one,
 * which would be a č in Central Europe, is not.
 */
export function isCertainlyWestern(bytes: Uint8Array): boolean {
  alike ??= bytesAlike();
  let plain = 0;
  let foreign = 0;
  for (const byte of bytes) {
    const lower = byte | 0x20;
    if (byte < 0x80 && lower >= 0x61 && lower <= 0x7a) plain += 1;
    else {
      const isLetter = byte < 0x80 ? false : alike.get(byte);
      if (isLetter === undefined) return false;
      if (isLetter) foreign += 1;
      else {
        if (foreign > plain) return false;
        plain = foreign = 0;
      }
    }
  }
  return foreign <= plain;
}

/** Bytes that mean the same in all of them, and whether that is a letter. */
function bytesAlike(): Map<number, boolean> {
  const decoders = SIMILAR.map((name) => new TextDecoder(name));
  const found = new Map<number, boolean>();
  for (let byte = 0x80; byte <= 0xff; byte += 1) {
    const [first = '', ...others] = decoders.map((decoder) => decoder.decode(Uint8Array.of(byte)));
    const isLetter = /^\p{L}$/u.test(first);
    if (others.every((other) => other === first) && (isLetter || PUNCTUATION.includes(first)))
      found.set(byte, isLetter);
  }
  return found;
}

/** Letters of one alphabet, as far as its texts use them. Encodings are tried in this order, and the first of the best wins. */
const ALPHABETS: readonly [encoding: UploadEncoding, usual: RegExp, mixes: boolean][] = [
  ['windows-1252', /^[À-ÏÑ-ÖØ-Üß-ïñ-öø-üÿŒœŠšŽžŸ]$/, true],
  ['windows-1251', /^[А-яЁёІіЇїЄєҐґЎў]$/, false],
  ['windows-1254', /^[ÇçĞğİıÖöŞşÜüÂâÎîÛû]$/, true],
  ['windows-1250', /^[ĄąĆćĘęŁłŃńÓóŚśŹźŻżÁáČčĎďÉéĚěÍíŇňŘřŠšŤťÚúŮůÝýŽžÄäÖöÜüßŐőŰűĂăÂâÎîŞşŢţĐđ]$/, true],
  ['koi8-r', /^[А-яЁё]$/, false],
  ['windows-1253', /^[Ά-ώ]$/, false],
];

/** Two-byte encodings by their first bytes: where the frequent characters stand. The last bound is what others count. */
interface TwoBytes {
  encoding: UploadEncoding;
  isLead: (byte: number) => boolean;
  isTrail: (byte: number) => boolean;
  usual: (lead: number, trail: number) => number;
}
const within = (from: number, to: number) => (byte: number) => byte >= from && byte <= to;
const wideTrail = (byte: number) => byte >= 0x40 && byte <= 0xfe && byte !== 0x7f;
const TWO_BYTES: readonly TwoBytes[] = [
  {
    encoding: 'shift_jis',
    isLead: (byte) => within(0x81, 0x9f)(byte) || within(0xe0, 0xfc)(byte),
    isTrail: (byte) => byte <= 0xfc && wideTrail(byte),
    usual: (lead) => (lead <= 0x83 ? 1 : within(0x88, 0x98)(lead) ? 0.95 : 0.2),
  },
  {
    encoding: 'euc-kr',
    isLead: within(0xa1, 0xfe),
    isTrail: within(0xa1, 0xfe),
    usual: (lead) => (within(0xb0, 0xc8)(lead) ? 0.97 : 0.2),
  },
  {
    encoding: 'gb18030',
    isLead: within(0x81, 0xfe),
    isTrail: wideTrail,
    usual: (lead, trail) => (trail < 0xa1 ? 0.2 : within(0xb0, 0xd7)(lead) ? 0.9 : lead <= 0xa3 ? 0.7 : 0.2),
  },
  {
    encoding: 'big5',
    isLead: within(0xa1, 0xf9),
    isTrail: (byte) => within(0x40, 0x7e)(byte) || within(0xa1, 0xfe)(byte),
    usual: (lead) => (within(0xa4, 0xc6)(lead) ? 0.85 : 0.2),
  },
  {
    encoding: 'euc-jp',
    isLead: within(0xa1, 0xfe),
    isTrail: within(0xa1, 0xfe),
    usual: (lead) => (lead === 0xa4 || lead === 0xa5 ? 1 : within(0xb0, 0xcf)(lead) ? 0.8 : 0.2),
  },
];

/** The likeliest encoding of a text that is no Unicode. It is a guess: a label has too few letters for more. */
export function guessEncoding(sample: Uint8Array): UploadEncoding {
  const scores: [UploadEncoding, number][] = [
    ...ALPHABETS.map(
      ([name, usual, mixes]) => [name, ofAlphabet(sample, name, usual, mixes)] as [UploadEncoding, number],
    ),
    ...TWO_BYTES.map((table) => [table.encoding, ofTwoBytes(sample, table)] as [UploadEncoding, number]),
  ];
  return scores.reduce((best, next) => (next[1] > best[1] ? next : best))[0];
}

/** How many of the foreign characters fit, from 0 to 1: words mix alphabets seldom, and have capitals at their beginning. */
function ofAlphabet(sample: Uint8Array, encoding: string, usual: RegExp, mixes: boolean): number {
  const text = new TextDecoder(encoding).decode(sample);
  let fitting = 0;
  let foreign = 0;
  for (const [word] of text.matchAll(/[^\s\p{P}\p{Nd}$+<=>|~]+|[^\0-\x7f]/gu)) {
    const letters = [...word].filter((letter) => letter > '\x7f');
    if (letters.length === 0) continue;
    foreign += letters.length;
    const isMostlyPlain = letters.length * 2 <= [...word].length;
    const isUpside = /\p{Ll}\p{Lu}/u.test(word) || (mixes ? !isMostlyPlain : /[A-Za-zς]\p{L}/u.test(word));
    const share = letters.filter((letter) => usual.test(letter)).length;
    fitting += isUpside ? share * 0.1 : share;
  }
  return foreign === 0 ? 0 : fitting / foreign;
}

function ofTwoBytes(sample: Uint8Array, { encoding, isLead, isTrail, usual }: TwoBytes): number {
  let fitting = 0;
  let characters = 0;
  for (let at = 0; at < sample.length; at += 1) {
    const lead = sample[at]!;
    if (lead < 0x80) continue;
    characters += 1;
    if (encoding === 'shift_jis' && within(0xa1, 0xdf)(lead)) fitting += 0.2;
    else {
      const trail = sample[at + 1] ?? 0;
      if (!isLead(lead) || !isTrail(trail)) return 0;
      fitting += usual(lead, trail);
      at += 1;
    }
  }
  return characters === 0 ? 0 : fitting / characters;
}
