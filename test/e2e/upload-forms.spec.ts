import { type RunningApi, startApi } from '../support/api.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { createApiKey, createOrganization } from '../support/fixtures.js';
import { request } from '../support/http.js';

let database: TestDatabase;
let api: RunningApi;
let key: string;
let next = 0;

/** A number that no other test uses. */
const freshNumber = () => `+1628${5_550_000 + (next += 1)}`;

beforeAll(async () => {
  database = await createTestDatabase();
  api = await startApi({ databaseUrl: database.url });
  const organizationId = await createOrganization(database);
  const scopes = ['numbers:read', 'numbers:write', 'agents:write', 'agents:read'] as const;
  key = (await createApiKey(database, { organizationId, scopes: [...scopes] })).key;
});

afterAll(async () => {
  await api?.close();
  await database?.drop();
});

const DISPOSITION = 'Content-Disposition: form-data; name="file"; filename="a.csv"';

/** A form of parts that are written out: the lines of the header, and the content. */
const formOf = (...parts: [header: string, content: string][]) =>
  `${parts.map(([header, content]) => `--x\r\n${header}\r\n\r\n${content}\r\n`).join('')}--x--\r\n`;
const fileOf = (content: string): [string, string] => [DISPOSITION, content];
const fieldOf = (name: string, content: string): [string, string] => [
  `Content-Disposition: form-data; name="${name}"`,
  content,
];

const send = (body: string | Uint8Array, type: string, search = '', path = 'phone-numbers/bulk-upload') =>
  request(`${api.url}/api/v1/${path}${search}`, {
    apiKey: key,
    body,
    headers: { 'content-type': type, prefer: 'wait=30' },
  });
const sendForm = (body: string | Uint8Array, type = 'multipart/form-data; boundary=x', search = '') =>
  send(body, type, search);
const kept = async () => {
  const tables = ['import_jobs', 'import_file_pieces', 'phone_numbers'];
  const counts = await Promise.all(tables.map((table) => database.query(`select count(*) from ${table}`)));
  return counts.map(([row]) => Number(row!.count));
};
const large = (number: string) => `${number},telnyx,US\n`.repeat(60_000);

const MISSING = 'is missing; send the CSV file in the part named file';

describe('a part of a form that is not its one file', () => {
  it.each<[string, (number: string) => [string, string][], Record<string, string>]>([
    [
      'a parameter before the file',
      (n) => [fieldOf('dryRun', 'true'), fileOf(`${n},telnyx,US`)],
      { dryRun: 'belongs in the query: ?dryRun=true' },
    ],
    [
      'parameters after the file',
      (n) => [fileOf(`${n},telnyx,US`), fieldOf('operation', 'delete'), fieldOf('mode', 'up sert')],
      { operation: 'belongs in the query: ?operation=delete', mode: 'belongs in the query: ?mode=up%20sert' },
    ],
    [
      'a parameter after a file of several pieces',
      (n) => [fileOf(large(n)), fieldOf('dryRun', 'true')],
      { dryRun: 'belongs in the query: ?dryRun=true' },
    ],
    [
      'a parameter with a value that is too long to repeat',
      (n) => [fileOf(`${n},telnyx,US`), fieldOf('mapping', 'x'.repeat(1_000))],
      { mapping: 'belongs in the query: ?mapping=…' },
    ],
    [
      'a parameter that the file is sent as',
      (n) => [['Content-Disposition: form-data; name="country"; filename="a.csv"', `${n},telnyx,US`]],
      { country: 'belongs in the query: ?country=…', file: MISSING },
    ],
    [
      'a second file',
      (n) => [fileOf(`${n},telnyx,US`), fileOf(`${freshNumber()},telnyx,US`)],
      { file: 'is there twice; send one file at a time' },
    ],
    [
      'an unknown part of 3 MB',
      (n) => [fileOf(`${n},telnyx,US`), fieldOf('notes', 'x'.repeat(3_000_000))],
      { notes: 'is no part of this form; send the CSV file alone, in the part named file' },
    ],
    [
      'a part with a name of objects',
      (n) => [fieldOf('__proto__', 'x'), fileOf(`${n},telnyx,US`)],
      { ['__proto__']: 'is no part of this form; send the CSV file alone, in the part named file' },
    ],
    [
      'the file under another name',
      (n) => [['Content-Disposition: form-data; name="csv"; filename="a.csv"', `${n},telnyx,US`]],
      { csv: 'is no part of this form; send the CSV file alone, in the part named file', file: MISSING },
    ],
    [
      'the name of a file where the file is due',
      () => [fieldOf('file', 'numbers.csv')],
      { file: 'is a text and no file; with curl, write -F file=@numbers.csv' },
    ],
    ['no part', () => [], { file: MISSING }],
  ])('is refused by its name: %s', async (_, parts, errors) => {
    const before = await kept();
    const answer = await sendForm(formOf(...parts(freshNumber())));
    expect(answer.body).toMatchObject({ status: 400, code: 'validation_failed' });
    expect(Object.entries(answer.body.errors)).toEqual(Object.entries(errors));
    expect(await kept()).toEqual(before);
  });

  it('is refused after so many that they are not all read', async () => {
    const fields = Array.from({ length: 200 }, (_, index) => fieldOf(`field${index}`, 'x'));
    const { status, body } = await sendForm(formOf(...fields));
    expect({ status, code: body.code, errors: Object.keys(body.errors).length }).toEqual({
      status: 400,
      code: 'validation_failed',
      errors: 20,
    });
  });
});

describe('a form', () => {
  it.each([
    ['a preamble and an epilogue', (n: string) => `hello\r\n${formOf(fileOf(`${n},telnyx,US`))}bye`, 'x'],
    [
      'a boundary of odd characters in quotes',
      (n: string) => `--a'(b)+_,./:=? c\r\n${DISPOSITION}\r\n\r\n${n},telnyx,US\r\n--a'(b)+_,./:=? c--`,
      `"a'(b)+_,./:=? c"`,
    ],
    ['spaces behind the boundary', (n: string) => `--x \t\r\n${DISPOSITION}\r\n\r\n${n},telnyx,US\r\n--x--  `, 'x'],
    [
      'header names in capitals',
      (n: string) => `--x\r\n${DISPOSITION.toUpperCase().replace('"FILE"', '"file"')}\r\n\r\n${n},telnyx,US\r\n--x--`,
      'x',
    ],
    [
      'half a boundary in the file',
      (n: string) => formOf(fileOf(`number,provider,label\r\n${n},telnyx,"\r\n-"\r\n--`)),
      'x',
    ],
  ])('is read with %s', async (_, body, boundary) => {
    const number = freshNumber();
    const answer = await sendForm(body(number), `multipart/form-data; boundary=${boundary}`);
    expect(answer.body).toMatchObject({
      status: 'completed',
      created: 1,
      fileName: expect.stringMatching(/^a\.csv$/i),
    });
  });

  it.each([
    ['a\\"b\\\\c.csv', 'c.csv'],
    ['C:\\numbers\\a.csv', 'a.csv'],
    ['../../a%22b.csv', 'a"b.csv'],
    ['Zürich 北京.csv', 'Zürich 北京.csv'],
  ])('names its file %s', async (written, fileName) => {
    const header = `Content-Disposition: form-data; name="file"; filename="${written}"`;
    expect((await sendForm(formOf([header, `${freshNumber()},telnyx,US`]))).body).toMatchObject({
      created: 1,
      fileName,
    });
  });

  it.each<[string, string, string, RegExp]>([
    ['a body cut short in the file', 'x', `--x\r\n${DISPOSITION}\r\n\r\n+12025550111,twi`, /ends before/],
    ['a body cut short in a header', 'x', '--x\r\nContent-Disp', /ends before/],
    ['a body cut short behind a part', 'x', `--x\r\n${DISPOSITION}\r\n\r\n+12025550111,twilio\r\n--x`, /ends before/],
    ['no body', 'x', '', /ends before/],
    ['another boundary in the body', 'y', formOf(fileOf('x')), /"y"/],
    ['line feeds alone', 'x', formOf(fileOf('x')).replaceAll('\r\n', '\n'), /CRLF/],
    ['a boundary of 500 characters', 'b'.repeat(500), formOf(fileOf('x')), /70/],
    ['a boundary without characters', '', formOf(fileOf('x')), /boundary/],
    ['a boundary of an empty string', '""', formOf(fileOf('x')), /boundary/],
    ['a part without headers', 'x', '--x\r\n\r\n+12025550111,twilio\r\n--x--', /Part 1 .*Content-Disposition/],
    [
      'a part of another disposition',
      'x',
      formOf(['Content-Disposition: attachment; filename="a.csv"', 'x']),
      /Part 1/,
    ],
    ['a part without a name', 'x', formOf(['Content-Disposition: form-data; filename="a.csv"', 'x']), /Part 1 .*name/],
    ['a part with an empty name', 'x', formOf(['Content-Disposition: form-data; name=""', 'x']), /Part 1 .*name/],
    [
      'a second part without a name',
      'x',
      formOf(fileOf(`+12025550111,twilio`), ['Content-Disposition: form-data', 'x']),
      /Part 2 .*name/,
    ],
    ['a name that is never closed', 'x', formOf(['Content-Disposition: form-data; name="file', 'x']), /Part 1/],
    ['a header without a colon', 'x', formOf([`hello\r\n${DISPOSITION}`, 'x']), /Part 1/],
    ['headers that are too long', 'x', formOf([`X-A: ${'x'.repeat(20_000)}\r\n${DISPOSITION}`, 'x']), /Part 1 .*8,192/],
    ['headers that are too many', 'x', formOf([`${'X-A: x\r\n'.repeat(2_000)}${DISPOSITION}`, 'x']), /Part 1 .*8,192/],
    ['a file in base64', 'x', formOf([`${DISPOSITION}\r\nContent-Transfer-Encoding: base64`, 'eA==']), /base64/],
    ['a boundary that goes on', 'x', `--x\r\n${DISPOSITION}\r\n\r\na\r\n--xyz\r\n\r\n--x--`, /boundary/],
  ])('that is none is refused as malformed: %s', async (_, boundary, body, detail) => {
    const before = await kept();
    const answer = await sendForm(body, `multipart/form-data; boundary=${boundary}`);
    expect(answer.body).toMatchObject({
      status: 400,
      code: 'malformed_request',
      detail: expect.stringMatching(detail),
    });
    expect(await kept()).toEqual(before);
  });

  it.each(['multipart/form-data', 'multipart/form-data; charset=utf-8'])('needs a boundary: %s', async (type) => {
    expect((await sendForm(formOf(fileOf('x')), type)).body).toMatchObject({ status: 400, code: 'malformed_request' });
  });

  it('is of the type form-data', async () => {
    expect((await sendForm(formOf(fileOf('x')), 'multipart/mixed; boundary=x')).body).toMatchObject({
      status: 415,
      code: 'unsupported_media_type',
      detail: expect.stringContaining('text/csv'),
    });
  });
});

/** Letters of DOS: "Москва". */
const DOS = Buffer.from([0x8c, 0xae, 0xe1, 0xaa, 0xa2, 0xa0]);
const withLabel = (label: Buffer) => Buffer.concat([Buffer.from(`${freshNumber()},telnyx,US,`), label]);
const asFile = (type: string, content: Buffer) =>
  Buffer.concat([
    Buffer.from(`--x\r\n${DISPOSITION}\r\nContent-Type: ${type}\r\n\r\n`),
    content,
    Buffer.from('\r\n--x--\r\n'),
  ]);
const labelOf = async ({ id }: { id: string }) => {
  const [row] = await database.query(
    `select n.label from import_changes c join phone_numbers n on n.id = c.record_id where c.import_job_id = $1`,
    [id],
  );
  return row?.label;
};

describe.each<[string, (content: Buffer, type: string, search?: string) => ReturnType<typeof send>]>([
  ['the Content-Type of the request', (content, type, search) => send(content, type, search)],
  [
    'the Content-Type of the file in a form',
    (content, type, search) => sendForm(asFile(type, content), undefined, search),
  ],
])('the charset in %s', (_, post) => {
  it.each(['text/csv; charset=ibm866', 'text/plain;CHARSET="cp866"', 'text/csv; header=present; charset=IBM866'])(
    'is what the file is read in: %s',
    async (type) => {
      const { body } = await post(withLabel(DOS), type);
      expect(body).toMatchObject({ created: 1, reading: { encoding: 'ibm866' }, notices: [] });
      expect(await labelOf(body)).toBe('Москва');
    },
  );

  it('may be repeated by encoding=', async () => {
    const { body } = await post(withLabel(DOS), 'text/csv; charset=ibm866', '?encoding=cp866');
    expect(body).toMatchObject({ created: 1, reading: { encoding: 'ibm866' } });
  });

  it('is refused when encoding= says another', async () => {
    const { body } = await post(withLabel(DOS), 'text/csv; charset=ibm866', '?encoding=koi8-r');
    expect(body).toMatchObject({
      status: 400,
      code: 'validation_failed',
      errors: { encoding: 'says koi8-r, and the Content-Type says charset=ibm866; leave one of them out' },
    });
  });

  it('is refused when there is none of the name', async () => {
    const { body } = await post(withLabel(DOS), 'text/csv; charset=foo');
    expect(body).toMatchObject({ status: 422, code: 'csv_invalid', detail: expect.stringContaining('"foo"') });
  });

  it.each(['text/csv', 'application/vnd.ms-excel', 'application/octet-stream'])('may be left out: %s', async (type) => {
    const { body } = await post(withLabel(Buffer.from('Zürich')), type);
    expect(body).toMatchObject({ created: 1, reading: { encoding: 'utf-8' }, notices: [] });
  });

  it('gives no notice when it is UTF-8 and the file is', async () => {
    const { body } = await post(withLabel(Buffer.from('Zürich')), 'text/csv; charset=UTF-8');
    expect(body).toMatchObject({ created: 1, reading: { encoding: 'utf-8' }, notices: [] });
  });

  it('is said to be wrong when it is UTF-8 and the file is not', async () => {
    const { body } = await post(withLabel(Buffer.from('Zürich', 'latin1')), 'text/csv; charset=utf-8');
    expect(body).toMatchObject({
      created: 1,
      reading: { encoding: 'windows-1252' },
      notices: [{ code: 'encoding_guessed', message: expect.stringContaining('The Content-Type says utf-8') }],
    });
    expect(await labelOf(body)).toBe('Zürich');
  });
});

describe('the content type of an upload', () => {
  it.each([
    'text/csv',
    'text/plain',
    'application/csv',
    'application/octet-stream',
    'application/vnd.ms-excel',
    'text/x-csv',
    'text/comma-separated-values',
    'text/tab-separated-values',
  ])('may be one that programs give to CSV: %s', async (type) => {
    expect((await send(`${freshNumber()},telnyx,US`, type)).body).toMatchObject({ created: 1 });
    const agents = await send(`name,kind\nAgent ${(next += 1)},ai`, type, '', 'agents/bulk-upload');
    expect(agents.body).toMatchObject({ created: 1 });
  });

  it.each([
    ['an Excel workbook', Buffer.from('PK\x03\x04 and more')],
    ['an old Excel workbook', Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1])],
  ])('says nothing of what the bytes are: %s', async (what, bytes) => {
    for (const path of ['phone-numbers/bulk-upload', 'agents/bulk-upload']) {
      expect((await send(bytes, 'application/vnd.ms-excel', '', path)).body).toMatchObject({
        code: 'csv_invalid',
        detail: expect.stringContaining(what),
      });
    }
  });

  it.each(['application/json', 'application/x-www-form-urlencoded', 'application/xml', 'image/png', ';;'])(
    'that no CSV has is refused with those to send: %s',
    async (type) => {
      for (const [path, others] of [
        ['phone-numbers/bulk-upload', /text\/csv.*multipart\/form-data/],
        ['agents/bulk-upload', /text\/csv/],
      ] as const) {
        expect((await send('+12025550123,telnyx,US', type, '', path)).body).toMatchObject({
          status: 415,
          code: 'unsupported_media_type',
          detail: expect.stringMatching(others),
        });
      }
    },
  );

  it('is of no use elsewhere', async () => {
    expect((await send('x', 'application/octet-stream', '', 'agents')).body).toMatchObject({
      status: 415,
      detail: 'Send the body as application/json.',
    });
  });
});

describe('a file that is no CSV', () => {
  it.each([
    '{"phoneNumber":"+12025550123"}',
    '[\n  {"phoneNumber": "+12025550123"}\n]',
    ' [["+12025550123"]]',
    '\ufeff{\n"a":1}',
  ])('is told to be JSON: %s', async (content) => {
    for (const path of ['phone-numbers/bulk-upload', 'agents/bulk-upload']) {
      expect((await send(content, 'text/csv', '', path)).body).toMatchObject({
        code: 'csv_invalid',
        detail: expect.stringMatching(/is JSON, not CSV/),
      });
    }
  });
});

describe('agents', () => {
  it('are read in the charset of the Content-Type', async () => {
    const answer = await send(
      Buffer.concat([Buffer.from('name,kind\n'), DOS, Buffer.from(',ai')]),
      'text/csv; charset=ibm866',
      '',
      'agents/bulk-upload',
    );
    expect(answer.body).toMatchObject({ created: 1 });
    expect(await database.query(`select 1 from agents where name = 'Москва'`)).toHaveLength(1);
  });

  it('are refused in a charset that there is none of', async () => {
    expect((await send('name,kind\nA,ai', 'text/csv; charset=foo', '', 'agents/bulk-upload')).body).toMatchObject({
      code: 'csv_invalid',
      detail: expect.stringContaining('"foo"'),
    });
  });
});
