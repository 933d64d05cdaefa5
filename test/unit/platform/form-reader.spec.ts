import { boundaryOf, FormReader } from '../../../apps/api/src/platform/http/uploads/form-reader.js';
import { charsetOf, parameterizedHeader } from '../../../apps/api/src/platform/http/uploads/header-parameters.js';

/** Reads a form that arrives in chunks of so many bytes. */
async function partsOf(form: string, chunkBytes: number, boundary = 'x') {
  const bytes = Buffer.from(form, 'latin1');
  const chunks = Array.from({ length: Math.ceil(bytes.length / chunkBytes) }, (_, index) =>
    bytes.subarray(index * chunkBytes, (index + 1) * chunkBytes),
  );
  const reader = new FormReader(chunks[Symbol.iterator]() as unknown as AsyncIterator<Buffer>, boundary);
  const parts: unknown[] = [];
  for (let part = await reader.next(); part !== null; part = await reader.next()) {
    const content: Buffer[] = [];
    for await (const chunk of reader.content()) content.push(chunk);
    parts.push([part.name, part.fileName, Buffer.concat(content).toString('latin1')]);
  }
  return parts;
}
const head = (name: string) => `Content-Disposition: form-data; name="${name}"; filename="${name}.csv"\r\n\r\n`;

describe('FormReader', () => {
  it.each([1, 2, 3, 7, 64, 100_000])('reads the same parts whatever chunks of %i bytes cut', async (chunkBytes) => {
    const content = '\r\n-\r\n--\r\r\n--\n--x\r--y\r\n\r\n';
    const form = `before\r\n--x  \r\n${head('a')}${content}\r\n--x\r\n${head('b')}\r\n--x\r\n${head('c')}1\r\n--x-- \r\nafter\r\n--x\r\n`;
    expect(await partsOf(form, chunkBytes)).toEqual([
      ['a', 'a.csv', content],
      ['b', 'b.csv', ''],
      ['c', 'c.csv', '1'],
    ]);
  });

  it('passes over what is not read of a part', async () => {
    const form = [Buffer.from(`--x\r\n${head('a')}${'1'.repeat(1_000)}\r\n--x\r\n${head('b')}2\r\n--x--`)];
    const reader = new FormReader(form[Symbol.iterator]() as unknown as AsyncIterator<Buffer>, 'x');
    expect([
      (await reader.next())?.name,
      (await reader.next())?.name,
      await reader.next(),
      await reader.next(),
    ]).toEqual(['a', 'b', null, null]);
  });

  it('is refused at every place where a form can be cut', async () => {
    const form = `--x\r\n${head('a')}1\r\n--x--`;
    for (let length = 0; length < form.length; length += 1) {
      await expect(partsOf(form.slice(0, length), 5)).rejects.toMatchObject({ code: 'malformed_request' });
    }
  });

  it.each([
    ["form-data; name=a; filename*=utf-8''%E2%82%AC.csv; filename=no.csv", '€.csv'],
    ["form-data; name=a; filename*=utf-8''%FF.csv; filename=yes.csv", 'yes.csv'],
    ['form-data; name=a; filename=plain name.csv ; x', 'plain name.csv'],
    ['form-data; name=a; filename=""', ''],
    ['form-data; name=a', null],
  ])('takes the name of the file from %s', async (disposition, name) => {
    const parts = await partsOf(`--x\r\nContent-Disposition: ${disposition}\r\n\r\n\r\n--x--`, 9);
    expect(parts).toEqual([['a', name, '']]);
  });

  it.each([
    `${head('a').trimEnd()}\r\ncontent-disposition: form-data; name="b"`,
    'Content-Disposition: form-data; name="a" "b"',
    ': form-data; name="a"',
  ])('refuses headers that say two things or none: %s', async (header) => {
    await expect(partsOf(`--x\r\n${header}\r\n\r\n1\r\n--x--`, 9)).rejects.toMatchObject({ code: 'malformed_request' });
  });
});

describe('boundaryOf', () => {
  it.each([
    ['multipart/form-data; boundary=abc', 'abc'],
    ['multipart/form-data;charset=utf-8;BOUNDARY="a b:c"', 'a b:c'],
    ['multipart/form-data; boundary=a/b:c=?', 'a/b:c=?'],
    [`multipart/form-data; boundary=${'b'.repeat(70)}`, 'b'.repeat(70)],
  ])('reads %s', (type, boundary) => expect(boundaryOf(type)).toBe(boundary));

  it.each([
    'multipart/form-data',
    'multipart/form-data; boundary',
    'multipart/form-data; boundary=',
    'multipart/form-data; boundary="a',
    `multipart/form-data; boundary=${'b'.repeat(71)}`,
  ])('refuses %s', (type) => {
    expect(() => boundaryOf(type)).toThrow(expect.objectContaining({ code: 'malformed_request' }));
  });
});

describe('parameterizedHeader', () => {
  it('keeps the first of two parameters that are named alike, and backslashes but before quotes', () => {
    const header = parameterizedHeader('Text/CSV ; a="x\\"y\\\\z\\w" ;A=2; ;b = c d ;');
    expect([header?.value, [...(header?.parameters ?? [])]]).toEqual([
      'text/csv',
      [
        ['a', 'x"y\\z\\w'],
        ['b', 'c d'],
      ],
    ]);
  });

  it.each([
    [undefined, null],
    [null, null],
    ['text/csv', null],
    ['text/csv; charset="utf-8"', 'utf-8'],
    ['text/csv; charset="utf-8', null],
  ])('has a charset or none: %s', (type, charset) => expect(charsetOf(type)).toBe(charset));
});
