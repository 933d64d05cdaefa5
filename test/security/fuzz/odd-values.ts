import type { Random } from '../../chaos/random.js';

/** Text that goes into a JSON document as it is: what JSON.stringify would not write. */
export class RawJson {
  constructor(readonly text: string) {}
}

const MEGABYTE = 1_000_000;
const MANY_FIELDS = 80_000;

const SCALARS: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  -0,
  2 ** 31,
  2 ** 53 + 2,
  1e308,
  new RawJson('1e999'),
  new RawJson('-1e999'),
  new RawJson('123456789012345678901234567890'),
  new RawJson('0.0000000000000000000000000000000001'),
  '',
  ' ',
  'NaN',
  'Infinity',
  '-Infinity',
  'null',
  'undefined',
  '[object Object]',
  '0x1F',
  '1e3',
  '00000000-0000-0000-0000-000000000000',
  'ZZZZZZZZ-0000-7000-8000-000000000001',
  '0190aaaa-0000-7000-8000-000000000000',
  '+14165550123',
  '+1',
  '2026-02-30T25:61:61Z',
  '+275760-09-13T00:00:00.001Z',
  '0000-01-01T00:00:00Z',
  'a\u0000b',
  '\u0000',
  '\ud800',
  'a\udfffb',
  '\udc00\ud800',
  '\u202eright to left\u202c',
  '\u200b\u200d\ufeff',
  'e\u0301\u0301\u0301\u0301',
  '👩‍👩‍👧‍👦',
  'İi̇ıI',
  '\ufffd',
  '\u2028\u2029',
  '\r\nSet-Cookie: a=b',
  "'; drop table users; --",
  '${jndi:ldap://127.0.0.1/a}',
  '{{7*7}}',
  '<script>alert(1)</script>',
  '=1+1',
  '../../../../etc/passwd',
  '%00',
  '%s%s%s%n',
  '__proto__',
];

const SHAPES: readonly unknown[] = [
  [],
  {},
  [[]],
  [null],
  [[[[[]]]]],
  ['a', 1, null, {}],
  { length: 5 },
  { toString: 1, valueOf: null },
  { then: 'x' },
  { $gt: '' },
  new RawJson('{"__proto__":{"admin":true}}'),
  new RawJson('{"constructor":{"prototype":{"admin":true}}}'),
  new RawJson('{"":1}'),
];

/** A value that no client means. Most are small; about one in thirty is as large as a request may be. */
export function oddValue(random: Random): unknown {
  const kind = random.between(1, 100);
  if (kind <= 65) return random.pick(SCALARS);
  if (kind <= 88) {
    const shape = random.pick(SHAPES);
    // Whoever gets it may put more into it.
    return shape instanceof RawJson ? shape : structuredClone(shape);
  }
  if (kind <= 92) return 'x'.repeat(random.pick([201, 255, 256, 257, 1_001, 10_000]));
  if (kind <= 94) return Array.from({ length: random.pick([501, 1_001, 10_001]) }, (_, index) => index);
  return bigValue(random.pick(bigValues));
}

export const bigValues = ['many fields', 'many items', 'long text', 'deep lists', 'deep objects'] as const;

/** As large as the largest body that any route takes, or larger. */
export function bigValue(kind: (typeof bigValues)[number]): unknown {
  switch (kind) {
    case 'many fields':
      return new RawJson(`{${Array.from({ length: MANY_FIELDS }, (_, index) => `"f${index}":1`).join(',')}}`);
    case 'many items':
      return new RawJson(`[${'0,'.repeat(MEGABYTE / 2 - 1_000)}0]`);
    case 'long text':
      return 'y'.repeat(MEGABYTE);
    case 'deep lists':
      return new RawJson('['.repeat(100_000) + ']'.repeat(100_000));
    case 'deep objects':
      return new RawJson('{"a":'.repeat(50_000) + '1' + '}'.repeat(50_000));
  }
}

/** JSON with the raw parts put in. */
export function jsonOf(value: unknown): string {
  const raw: string[] = [];
  const mark = (index: number) => `@@raw ${index}@@`;
  const text = JSON.stringify(value, (_, item: unknown) =>
    item instanceof RawJson ? mark(raw.push(item.text) - 1) : item,
  );
  return raw.reduce((so, part, index) => so.replace(`"${mark(index)}"`, () => part), text ?? 'null');
}

export const ODD_BODIES: readonly (string | Buffer)[] = [
  '',
  ' ',
  '{',
  '{}{}',
  '{"a":1,}',
  '[]',
  'null',
  'true',
  '"text"',
  '5',
  'NaN',
  '{"a":NaN}',
  "{'a':1}",
  '\ufeff{}',
  '{"a":1,"a":2}',
  '{"__proto__":{"x":1}}',
  '{"constructor":{"prototype":{}}}',
  '{"toString":1}',
  'a=1&b=2',
  '<xml/>',
  '['.repeat(200_000),
  '{"a":'.repeat(100_000),
  Buffer.from([0xff, 0xfe, 0x7b, 0x00, 0x7d, 0x00]),
  Buffer.concat([Buffer.from('{"name":"'), Buffer.from([0xc3, 0x28, 0xed, 0xa0, 0x80]), Buffer.from('"}')]),
  Buffer.alloc(1_000, 0),
  Buffer.alloc(1_048_577, 0x20),
  '--x\r\nContent-Disposition: form-data; name="file"\r\n\r\na\r\n--x--\r\n',
  'phoneNumber,provider\n+12025550123,telnyx\n',
  '"never closed,telnyx,US\n'.repeat(100),
  '\n'.repeat(10_000),
  `${','.repeat(100_000)}\n`,
];

export const ODD_CONTENT_TYPES: readonly string[] = [
  'text/plain',
  'text/csv',
  'text/csv; charset=utf-16',
  'application/json; charset=utf-16',
  'application/json; charset="',
  'application/problem+json',
  'application/x-www-form-urlencoded',
  'multipart/form-data',
  'multipart/form-data; boundary=x',
  'multipart/form-data; boundary=',
  'application/xml',
  'application/octet-stream',
  ';',
  '/',
  'a'.repeat(1_000),
];

export const ODD_PATH_PARTS: readonly string[] = [
  '',
  '.',
  '..',
  '%2e%2e%2f%2e%2e',
  '%00',
  'a%00b',
  '%',
  '%zz',
  '%ff',
  '%ed%a0%80',
  '%c0%ae',
  'null',
  'undefined',
  '0',
  '-1',
  '*',
  ';a=b',
  '%0d%0aSet-Cookie:%20a=b',
  '%F0%9F%98%80',
  '00000000-0000-0000-0000-000000000000',
  '%7B0190aaaa-0000-7000-8000-000000000000%7D',
  '0190AAAA-0000-7000-8000-000000000000',
  '+14165550123',
  '%2B14165550123',
  'x'.repeat(257),
  'y'.repeat(10_000),
];

export const ODD_HEADERS: Readonly<Record<string, readonly (string | string[])[]>> = {
  'idempotency-key': ['', ' ', 'x', 'x'.repeat(256), 'x'.repeat(10_000), 'ä', ['a', 'b'], '__proto__', '\t'],
  'x-organization-id': ['', 'rival', '00000000-0000-7000-8000-000000000001', ['a', 'b'], 'x'.repeat(5_000)],
  accept: [
    '',
    '*/*',
    'text/plain',
    'text/plain;q=0',
    'text/plain;q=9',
    ';',
    ',,,,',
    'a'.repeat(10_000),
    ['text/plain', 'x/y'],
  ],
  range: ['bytes=0-', 'bytes=-1', 'rows=0-9'],
  'x-request-id': ['', 'a b', 'x'.repeat(1_000), '../..', '"'],
  'content-encoding': ['gzip', 'br', 'identity', 'x'],
  'if-none-match': ['*', '"x"'],
  'x-forwarded-for': ['127.0.0.1', 'x', '1.2.3.4, '.repeat(500)],
  'x-http-method-override': ['DELETE'],
  authorization: [
    '',
    'Bearer',
    'Bearer  ',
    'Basic ',
    'Basic ////',
    'Basic OjpA',
    'Digest x',
    'x'.repeat(8_000),
    'Bearer a.b.c',
  ],
  'x-api-key': ['', 'x', 'x'.repeat(8_000)],
  cookie: ['', ';', '=', 'ringfence_refresh=', 'ringfence_refresh=x', `a=${'b'.repeat(8_000)}`, '__proto__=x'],
  prefer: ['', 'wait', 'wait=', 'wait=-1', 'wait=x', 'respond-async'],
  expect: ['100-continue'],
  te: ['trailers'],
  origin: ['null', 'https://elsewhere.test'],
};

export const ODD_QUERIES: readonly string[] = [
  'filter=',
  'filter=%7B',
  'filter=null',
  'filter=%5B%5D',
  'filter=5',
  'filter={"id":[]}',
  'filter={"id":"x"}',
  'filter={"id":[null]}',
  'filter={"q":{}}',
  'filter={"q":["a"]}',
  'filter={"q":""}',
  'filter={"q":"%25"}',
  'filter={"q":"\\u0000"}',
  'filter={"q":"\\ud800"}',
  'filter={"q":"_"}',
  'filter={"q":"\\\\"}',
  'filter={"__proto__":{"a":1}}',
  'filter={"constructor":1}',
  'filter={"toString":1}',
  'filter={"agentId":"x"}',
  'filter={"from":"0000-00-00","to":"x"}',
  'filter={"status":"x"}',
  'filter={"tag":"\\ud800"}',
  'filter={"label":"\\udfff","region":"\\u0000"}',
  `filter={"q":"${'x'.repeat(5_000)}"}`,
  'filter={}&filter={}',
  'range=',
  'range=[0]',
  'range=[0,1e99]',
  'range=[-1,5]',
  'range=[9007199254740992,9007199254740993]',
  'range=[0.5,1.5]',
  'range=[2147483000,2147483640]',
  'range=["0","9"]',
  'range=[0,999]',
  'range=[5,1]',
  'sort=',
  'sort=["id"]',
  'sort=["id","sideways"]',
  'sort=["__proto__","ASC"]',
  'sort=["constructor","ASC"]',
  'sort=["id; drop table users","ASC"]',
  'sort=[["id"],"ASC"]',
  'sort={"id":"ASC"}',
  'sort=["createdAt","desc"]',
  '__proto__[x]=1',
  'a[b][c]=1',
  '%00=1',
  '%ff=1',
  'a=%ff',
  'a=%',
  '&&&&',
  '=',
  '?',
  'cursor=x',
  'cursor=%00',
  'limit=0',
  'limit=-1',
  'limit=1e3',
  'limit=NaN',
  'limit=100000000000000000000',
  'from=x',
  'from=2026-02-30',
  'from=+275760-09-13T00:00:00Z&to=-271821-04-20T00:00:00Z',
  'from=0001-01-01&to=9999-12-31',
  'groupBy=__proto__',
  'groupBy=agent&groupBy=number',
  'decision=x',
  'destination=%00',
  'destination=%2B1',
  'statusOnDeny=403',
  'statusOnDeny=x',
  'dryRun=true',
  'dryRun=x',
  'mode=upsert',
  'mode=x',
  'country=ZZ',
  'country=__proto__',
  'mapping={"__proto__":"provider"}',
  'mapping={',
  'mapping=[]',
  'mapping={"a":{}}',
  `x=${'y'.repeat(10_000)}`,
];
