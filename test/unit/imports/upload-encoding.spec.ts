import {
  EncodingProbe,
  type FoundEncoding,
  TextReader,
} from '../../../apps/api/src/modules/imports/read/upload-encoding.js';
import { encoded } from '../../support/encoded.js';

const HEAD = 64 * 1024;
const utf16le = (text: string) => Buffer.from(text, 'utf16le');
const utf16be = (text: string) => Buffer.from(text, 'utf16le').swap16();
const BOM = '\ufeff';

/** What the probe says of a file that arrives in these pieces. */
function found(pieces: readonly Buffer[], isWhole = true): FoundEncoding {
  const probe = new EncodingProbe(pieces[0]!.subarray(0, HEAD));
  for (const piece of pieces) probe.see(piece);
  return probe.encoding(isWhole);
}
const probed = (pieces: readonly Buffer[], isWhole = true) => found(pieces, isWhole).encoding;
const bytewise = (bytes: Buffer) => Array.from(bytes, (byte) => Buffer.from([byte]));

const ROW = '+12025550123,telnyx,US\n';

describe('a file is taken for', () => {
  it.each<[string, string, Buffer]>([
    ['utf-8', 'digits alone', Buffer.from(ROW)],
    ['utf-8', 'nothing', Buffer.alloc(0)],
    ['utf-8', 'letters with accents', Buffer.from('Zürich,日本,😀\n')],
    ['utf-8', 'its byte order mark', Buffer.from(`${BOM}${ROW}`)],
    ['utf-8', 'its mark, whatever follows', Buffer.concat([Buffer.from(BOM), Buffer.from([0xe9, 0x0a])])],
    ['utf-16le', 'its byte order mark', utf16le(`${BOM}${ROW}`)],
    ['utf-16be', 'its byte order mark', utf16be(`${BOM}${ROW}`)],
    ['utf-16le', 'every second byte being NUL', utf16le(ROW)],
    ['utf-16be', 'every first byte being NUL', utf16be(ROW)],
    ['utf-16le', 'a letter from elsewhere among digits', utf16le(`${ROW}Ż`)],
    ['windows-1252', 'a byte that UTF-8 does not have', Buffer.from('Zürich\n', 'latin1')],
    ['windows-1252', 'a character cut off by the end of the file', Buffer.from([0x61, 0xe2, 0x82])],
    ['windows-1252', 'a byte that goes on with nothing', Buffer.from([0x61, 0x80, 0x0a])],
  ])('%s by %s', (encoding, _what, file) => {
    expect(probed([file])).toBe(encoding);
  });

  it.each(['ü', '€', '😀', 'aüb€c😀d'])('utf-8 when a piece ends inside of %s', (text) => {
    expect(probed(bytewise(Buffer.from(`,,,${text}`)))).toBe('utf-8');
  });

  it('windows-1252 when only its last piece shows it', () => {
    expect(probed([Buffer.from(ROW), Buffer.from(ROW), Buffer.from('Zürich\n', 'latin1')])).toBe('windows-1252');
  });

  it.each([
    ['half of a surrogate pair', Buffer.from([0xed, 0xa0, 0x80])],
    ['an overlong form', Buffer.from([0xc0, 0xaf])],
  ])('no UTF-8 by %s, which is told to be in doubt', (_what, file) => {
    expect(found([file])).toMatchObject({ encoding: expect.not.stringMatching('utf-8'), isCertain: false, line: 1 });
  });

  it.each([
    [
      'certain',
      'umlauts in words, which every encoding of Latin letters has',
      encoded('Büro München, Öl, Füße – 5 €', 'windows-1252'),
    ],
    ['in doubt', 'letters that are others in Central Europe', encoded('Genève', 'windows-1252')],
    ['in doubt', 'words of foreign letters alone', encoded('Москва', 'windows-1251')],
    ['in doubt', 'one such line after many that are certain', encoded(`${'Büro\n'.repeat(900)}è`, 'windows-1252')],
  ])('windows-1252 or another, %s, by %s', (doubt, _what, file) => {
    expect(found([file]).isCertain).toBe(doubt === 'certain');
  });

  it.each([
    ['windows-1251', 'Привет, Москва'],
    ['koi8-r', 'Привет, Москва'],
    ['windows-1250', 'Źródło Łódź'],
    ['windows-1254', 'Müşteri İlişkileri'],
    ['windows-1253', 'Τμήμα πωλήσεων'],
    ['windows-1252', 'Élysée, à côté'],
    ['shift_jis', 'カスタマーサポート'],
    ['euc-kr', '고객 지원'],
    ['gb18030', '客户服务'],
    ['big5', '台北辦公室'],
    ['euc-jp', 'お客様サポート'],
  ])('%s, as a guess by its letters: %s', (encoding, text) => {
    const file = encoded(`phone,label\n+12025550123,"${text}"\n`, encoding);
    expect(found([file])).toEqual({ encoding, isCertain: false, line: 2 });
  });

  it('utf-8 as far as it has come, when a character is not whole yet', () => {
    const cut = [Buffer.from([0x61, 0xe2, 0x82])];
    expect([probed(cut, false), probed(cut, true)]).toEqual(['utf-8', 'windows-1252']);
  });

  it('windows-1252 for good, once it was no UTF-8', () => {
    expect(probed([Buffer.from('Zürich\n', 'latin1'), Buffer.from('Zürich')])).toBe('windows-1252');
  });
});

describe('a file is refused that is', () => {
  it.each<[string, string, Buffer]>([
    ['an Excel workbook', 'a ZIP archive or an Excel workbook', Buffer.from('PK\x03\x04rest')],
    ['an old workbook', 'an old Excel workbook', Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0])],
    ['a picture', 'a PNG image', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d])],
    ['a photograph', 'a JPEG image', Buffer.from([0xff, 0xd8, 0xff, 0xe0])],
    ['compressed', 'a gzip archive', Buffer.from([0x1f, 0x8b, 8])],
    ['a document', 'a PDF', Buffer.from('%PDF-1.7')],
  ])('%s, by name', (_what, name, file) => {
    const detail = `Line 1: the file is binary, not CSV: it is ${name}. Export it as CSV first.`;
    expect(() => new EncodingProbe(file)).toThrow(expect.objectContaining({ code: 'csv_invalid', detail }));
  });

  it('full of control characters, with the line of the first NUL', () => {
    const file = Buffer.concat([Buffer.from('a\nb\nc'), Buffer.alloc(20)]);
    expect(() => new EncodingProbe(file)).toThrow('Line 3: the file is binary, not CSV.');
  });

  it.each([
    ['a NUL in one of many rows, which is the fault of that row', `${ROW.repeat(20)}a\0b\n${ROW}`],
    ['control characters without a NUL', '\x01\x02\x03\x04'],
    ['the letters of a signature further on', `${ROW}PK\x03\x04`],
  ])('and not one with %s', (_what, text) => {
    expect(() => new EncodingProbe(Buffer.from(text))).not.toThrow();
  });
});

describe('text is decoded', () => {
  const decoded = (encoding: string, pieces: readonly Buffer[]) => {
    const reader = new TextReader(encoding);
    return pieces.map((piece, index) => reader.read(piece, index === pieces.length - 1)).join('');
  };

  it.each<[string, (text: string) => Buffer, string]>([
    ['utf-8', (text) => Buffer.from(text), 'Zürich €😀'],
    ['utf-16le', utf16le, 'Zürich €😀'],
    ['utf-16be', utf16be, 'Zürich €😀'],
    ['windows-1252', (text) => Buffer.from(text, 'latin1'), 'Zürich é'],
  ])('from %s, also byte by byte', (encoding, encode, text) => {
    expect(decoded(encoding, bytewise(encode(text)))).toBe(text);
  });

  it('from the places of windows-1252 that latin1 leaves empty', () => {
    expect(decoded('windows-1252', [Buffer.from([0x80, 0x93, 0x94])])).toBe('€“”');
  });

  it.each(['utf-8', 'utf-16le', 'utf-16be'])('without the byte order mark of %s', (encoding) => {
    const encode = { 'utf-8': Buffer.from, 'utf-16le': utf16le, 'utf-16be': utf16be }[encoding as 'utf-8'];
    expect(decoded(encoding, [encode(`${BOM}a`)])).toBe('a');
  });

  it.each([
    ['\r\n', 'a\r\nb\r\n', 'a\nb\n'],
    ['\r alone', 'a\rb\r', 'a\nb\n'],
    ['\r and \r\n mixed', 'a\r\r\nb', 'a\n\nb'],
    ['\n', 'a\nb', 'a\nb'],
  ])('with one kind of line break: %j', (_what, text, expected) => {
    const bytes = Buffer.from(text);
    expect([decoded('utf-8', [bytes]), decoded('utf-8', bytewise(bytes))]).toEqual([expected, expected]);
  });
});
