import fc from 'fast-check';
import { type CsvRecord, CsvReader } from '../../../apps/api/src/modules/imports/read/csv-reader.js';

/** The records of a file that arrives in these pieces. */
function records(pieces: readonly string[], delimiter = ','): CsvRecord[] {
  const reader = new CsvReader(delimiter);
  return pieces.flatMap((piece, index) => [...reader.read(piece, index === pieces.length - 1)]);
}
const cells = (text: string, delimiter?: string) => records([text], delimiter).map((record) => record.cells);
const faults = (text: string) => records([text]).map(({ line, fault }) => [line, fault]);

describe('CSV', () => {
  it.each<[string, string, string[][]]>([
    ['nothing from an empty file', '', []],
    [
      'a record for each line',
      'a,b\nc,d\n',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    [
      'the last line without a line break',
      'a,b\nc,d',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    ['empty values', ',a,\n', [['', 'a', '']]],
    ['an empty line as one empty value', 'a\n\nb', [['a'], [''], ['b']]],
    ['spaces as they stand', ' a , b ', [[' a ', ' b ']]],
    ['a separator inside quotes', '"a,b",c', [['a,b', 'c']]],
    ['a doubled quote as one', '"a ""b"" c",d', [['a "b" c', 'd']]],
    ['a quoted quote alone', '"""",x', [['"', 'x']]],
    ['an empty quoted value', '"",a', [['', 'a']]],
    ['a line break inside quotes', '"a\nb",c\nd', [['a\nb', 'c'], ['d']]],
    ['spaces around quotes as none', ' "a" , "b" ', [['a', 'b']]],
    ['quotes in the middle of a value as they stand', 'a "b" c,d', [['a "b" c', 'd']]],
    ['a value whose quotes end before its text as it stands', '"a" b,c', [['"a" b', 'c']]],
    ['a quoted last value at the end of the file', 'a,"b"', [['a', 'b']]],
  ])('reads %s', (_what, text, expected) => {
    expect(cells(text)).toEqual(expected);
  });

  it.each([';', '\t', '|'])('reads values between %j, and quotes that hide one', (delimiter) => {
    expect(cells(`a${delimiter}"b${delimiter}c"${delimiter}d,e`, delimiter)).toEqual([['a', `b${delimiter}c`, 'd,e']]);
  });

  it('keeps an empty value between tabs, for a tab is no space there', () => {
    expect(cells('\t\t"a"\t', '\t')).toEqual([['', '', 'a', '']]);
  });

  it('tells the line on which each record begins', () => {
    const lines = records(['a\n"b\nb\nb"\n\nc\n"d"']).map(({ line }) => line);
    expect(lines).toEqual([1, 2, 5, 6, 7]);
  });

  describe('of a quote that is never closed', () => {
    it('loses one line only, handed out as it stands', () => {
      expect(records(['a\n"b,c\nd,e\n'])).toEqual([
        { line: 1, cells: ['a'], fault: null },
        { line: 2, cells: ['"b', 'c'], fault: 'quote_open' },
        { line: 3, cells: ['d', 'e'], fault: null },
      ]);
    });

    it('does not wait for its end longer than a value may be', () => {
      const value = 'x'.repeat(8_192);
      expect(faults(`"${value}\nafter`)).toEqual([
        [1, 'quote_open'],
        [2, null],
      ]);
      expect(faults(`"${value.slice(2)}"\nafter`)).toEqual([
        [1, null],
        [2, null],
      ]);
    });

    it('does not wait longer than for 32 line breaks', () => {
      expect(faults(`"${'\n'.repeat(32)}"\nafter`)).toEqual([
        [1, null],
        [34, null],
      ]);
      const broken = faults(`"${'\n'.repeat(33)}"\nafter`);
      expect(broken[0]).toEqual([1, 'quote_open']);
      expect(broken.at(-1)).toEqual([35, null]);
    });

    it('takes a quote on a later line that text follows for the quote of another value', () => {
      expect(records(['"a,b\nc "d" e,f\n'])[0]).toMatchObject({ line: 1, fault: 'quote_open' });
    });
  });

  describe('of a line that is too long', () => {
    const LONG = 'x'.repeat(65_537);

    it('keeps its beginning only, and goes on with the next', () => {
      expect(records([`a\n${LONG}\nb`])).toEqual([
        { line: 1, cells: ['a'], fault: null },
        { line: 2, cells: ['x'.repeat(100)], fault: 'too_long' },
        { line: 3, cells: ['b'], fault: null },
      ]);
    });

    it('takes one of 65,536 characters', () => {
      expect(records([`${LONG.slice(1)}\nb`]).map(({ fault }) => fault)).toEqual([null, null]);
    });

    it('tells it once, however many pieces it comes in', () => {
      expect(records([LONG, LONG, LONG, 'x\nb\n'])).toEqual([
        { line: 1, cells: ['x'.repeat(100)], fault: 'too_long' },
        { line: 2, cells: ['b'], fault: null },
      ]);
    });
  });

  it('has the same values and faults in pieces of any size', () => {
    const text = fc.array(fc.constantFrom('a', 'b', ',', '"', '""', '\n', ' ', '","'), { maxLength: 60 });
    const pieces = (whole: string, size: number) =>
      Array.from({ length: Math.max(1, Math.ceil(whole.length / size)) }, (_, index) =>
        whole.slice(index * size, (index + 1) * size),
      );
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 9 }), (parts, size) => {
        const whole = parts.join('');
        expect(records(pieces(whole, size))).toEqual(records([whole]));
      }),
      { numRuns: 500 },
    );
  });

  it('gives back what was written by the rules (RFC 4180)', () => {
    const value = fc.array(fc.constantFrom('a', ',', '"', '\n', ' ', 'é', '😀'), { maxLength: 8 });
    fc.assert(
      fc.property(fc.array(fc.array(value, { minLength: 1, maxLength: 4 }), { maxLength: 5 }), (rows) => {
        const values = rows.map((row) => row.map((parts) => parts.join('')));
        const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
        const file = values.map((row) => `${row.map(quoted).join(',')}\n`).join('');
        expect(cells(file)).toEqual(values);
      }),
    );
  });
});
