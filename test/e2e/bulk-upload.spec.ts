import { request as httpRequest } from 'node:http';
import { Readable } from 'node:stream';
import { type RunningApi, startApi } from '../support/api.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { createApiKey, createOrganization } from '../support/fixtures.js';
import { request } from '../support/http.js';

const PLATFORM = '00000000-0000-7000-8000-000000000001';

let database: TestDatabase;
let api: RunningApi;
let organizationId: string;
let key: string;
let rivalKey: string;
let platformKey: string;
let readerKey: string;
let next = 0;

/** A number that no other test uses. */
const freshNumber = () => `+1628${5_550_000 + (next += 1)}`;

beforeAll(async () => {
  database = await createTestDatabase();
  api = await startApi({ databaseUrl: database.url });
  organizationId = await createOrganization(database);
  const keyFor = async (id: string) =>
    (await createApiKey(database, { organizationId: id, scopes: ['numbers:read', 'numbers:write'] })).key;
  key = await keyFor(organizationId);
  rivalKey = await keyFor(await createOrganization(database));
  platformKey = await keyFor(PLATFORM);
  readerKey = (await createApiKey(database, { organizationId, scopes: ['numbers:read'] })).key;
});

afterAll(async () => {
  await api?.close();
  await database?.drop();
});

interface UploadOptions {
  apiKey?: string;
  search?: string;
  headers?: Record<string, string>;
}

const upload = (body: string | Uint8Array | FormData, options: UploadOptions = {}) =>
  request(`${api.url}/api/v1/phone-numbers/bulk-upload${options.search ?? ''}`, {
    apiKey: options.apiKey ?? key,
    body,
    headers: {
      ...(body instanceof FormData ? {} : { 'content-type': 'text/csv' }),
      prefer: 'wait=30',
      ...options.headers,
    },
  });
/** Uploads and answers the finished job. */
const done = async (body: string | Uint8Array | FormData, options: UploadOptions = {}) => {
  const answer = await upload(body, options);
  expect({ status: answer.status, job: answer.body.status }).toEqual({ status: 200, job: 'completed' });
  return answer.body;
};
const counts = ({ total, created, updated, skipped, failed }: Record<string, number>) => ({
  total,
  created,
  updated,
  skipped,
  failed,
});
const stored = (numbers: string[]) =>
  database.query(
    `select e164, country_code, provider, label, source from phone_numbers
     where e164 = any ($1) and lifecycle <> 'released' order by e164`,
    [numbers],
  );
const howMany = async (table: string) => Number((await database.query(`select count(*) from ${table}`))[0]!.count);

describe('uploading numbers', () => {
  it('takes the format of the seed, without a header', async () => {
    const [a, b] = [freshNumber(), freshNumber()];
    const job = await done(`${a},telnyx,US\n${b},twilio,US`);
    expect(job).toEqual({
      id: expect.any(String),
      status: 'completed',
      total: 2,
      processed: 2,
      created: 2,
      updated: 0,
      skipped: 0,
      failed: 0,
      repaired: 0,
      noticeCount: 0,
      dryRun: false,
      operation: 'register',
      deleted: 0,
      unassigned: 0,
      mode: 'create',
      fileName: null,
      createdBy: expect.any(String),
      createdAt: expect.any(String),
      finishedAt: expect.any(String),
      undoneAt: null,
      failure: null,
      reading: {
        encoding: 'utf-8',
        separator: ',',
        hasHeader: false,
        provider: null,
        columns: ['phoneNumber', 'provider', 'countryCode', 'label'].map((column) => ({ name: null, column })),
      },
      errors: [],
      notices: [],
    });
    expect(await stored([a, b])).toEqual([
      { e164: a, country_code: 'US', provider: 'telnyx', label: null, source: 'upload' },
      { e164: b, country_code: 'US', provider: 'twilio', label: null, source: 'upload' },
    ]);
  });

  it.each([
    ['its own header', (n: string) => `phoneNumber,provider,countryCode,label\n${n},telnyx,US,Desk`],
    ['a header in another order', (n: string) => `label,country,Provider,E164\nDesk,US,telnyx,${n}`],
    ['underscores in the header', (n: string) => `phone_number,provider,country_code,label\n${n},telnyx,US,Desk`],
    ['a byte order mark', (n: string) => `\ufeffnumber,provider,label\n${n},telnyx,Desk`],
    ['a byte order mark and no header', (n: string) => `\ufeff${n},telnyx,US,Desk`],
    ['CRLF', (n: string) => `number,provider,label\r\n${n},telnyx,Desk\r\n`],
    ['CR alone', (n: string) => `number,provider,label\r${n},telnyx,Desk\r`],
    ['blank lines', (n: string) => `\n\n  \nnumber,provider,label\n\n,,\n${n},telnyx,Desk\n\n`],
    ['quoted values', (n: string) => `"number","provider","label"\n"${n}","telnyx","Desk"`],
    ['spaces around quotes', (n: string) => ` "${n}" , "telnyx" , "US" , "Desk" `],
    ['semicolons', (n: string) => `number;provider;label\n${n};telnyx;Desk`],
    ['tabs', (n: string) => `number\tprovider\tcountry\tlabel\n${n}\ttelnyx\t\tDesk`],
    ['separators in the number', (n: string) => `"${n.slice(0, 2)} (${n.slice(2, 5)}) ${n.slice(5)}",telnyx,,Desk`],
    ['the provider in capitals', (n: string) => `${n},TELNYX,us,Desk`],
    ['empty columns at the end', (n: string) => `number,provider,label,,\n${n},telnyx,Desk,,`],
  ])('reads a file with %s', async (_, file) => {
    const number = freshNumber();
    expect(counts(await done(file(number)))).toMatchObject({ total: 1, created: 1 });
    expect(await stored([number])).toMatchObject([{ country_code: 'US', provider: 'telnyx', label: 'Desk' }]);
  });

  it('keeps separators, quotes and letters of every script in a quoted label', async () => {
    const number = freshNumber();
    await done(`${number},telnyx,US,"Büro ""Süd"", 北京 😀"`);
    expect((await stored([number]))[0]!.label).toBe('Büro "Süd", 北京 😀');
  });

  it('takes multipart with the part named file, and remembers its name', async () => {
    const number = freshNumber();
    const form = new FormData();
    form.set('file', new Blob([`${number},telnyx,US`], { type: 'text/csv' }), 'numbers.csv');
    const job = await done(form);
    expect(job.created).toBe(1);
    const [row] = await database.query('select file_name from import_jobs where id = $1', [job.id]);
    expect(row!.file_name).toBe('numbers.csv');
  });

  it('takes text/plain', async () => {
    expect((await done(`${freshNumber()},telnyx,US`, { headers: { 'content-type': 'text/plain' } })).created).toBe(1);
  });

  it('lets all good rows land though others are bad, and tells each line, reason and remedy', async () => {
    const [a, b] = [freshNumber(), freshNumber()];
    const file = [
      'phoneNumber,provider,countryCode,label',
      `${a},telnyx,US,first`,
      ',telnyx,US,',
      '12025550123,telnyx,,',
      '+11115550123,telnyx,US,',
      '1.20255E+10,telnyx,US,',
      `${freshNumber()},acme,US,`,
      `${freshNumber()},,US,`,
      `${freshNumber()},telnyx,USA,`,
      `${freshNumber()},telnyx,CA,`,
      `${freshNumber()},telnyx,US,label,extra`,
      `${freshNumber()},telnyx,US,${'x'.repeat(201)}`,
      `${freshNumber()}"x,telnyx,US,`,
      `${a},twilio,US,again`,
      '',
      `${b},telnyx,US,last`,
    ].join('\n');
    const job = await done(file);
    expect(counts(job)).toEqual({ total: 14, created: 3, updated: 0, skipped: 1, failed: 10 });
    const errors = job.errors.map(({ line, column, code }: Record<string, unknown>) => [line, column, code]);
    expect(errors).toEqual([
      [3, 'phoneNumber', 'number_missing'],
      [4, 'phoneNumber', 'number_invalid'],
      [5, 'phoneNumber', 'number_invalid'],
      [6, 'phoneNumber', 'number_invalid'],
      [7, 'provider', 'provider_unknown'],
      [8, 'provider', 'provider_unknown'],
      [10, 'countryCode', 'country_mismatch'],
      [11, null, 'too_many_columns'],
      [12, 'label', 'too_long'],
      [13, 'phoneNumber', 'quote_invalid'],
      [14, 'phoneNumber', 'duplicate_in_file'],
    ]);
    expect(job.errors[1]).toMatchObject({ value: '12025550123', message: expect.stringContaining('+12025550123') });
    expect(job.errors[3].message).toContain('spreadsheet');
    expect(job.errors[10].message).toContain('line 2');
    expect((await stored([a, b])).map(({ label }) => label)).toEqual(['first', 'last']);
  });

  it('tells the line where a row begins, also after values that run over several lines', async () => {
    const number = freshNumber();
    const job = await done(`number,provider,label\r\n${number},telnyx,"two\r\nlines"\r\n${freshNumber()},acme,x`);
    expect(job.errors.map(({ line, code }: Record<string, unknown>) => [line, code])).toEqual([
      [4, 'provider_unknown'],
    ]);
    expect(await stored([number])).toMatchObject([{ label: 'two\nlines' }]);
  });

  it('skips and reports numbers that exist, and never says whose they are', async () => {
    const [own, pooled, foreign] = [freshNumber(), freshNumber(), freshNumber()];
    await done(`${own},telnyx,US,Mine`);
    await done(`${pooled},telnyx,US`, { apiKey: platformKey });
    await done(`${foreign},telnyx,US`, { apiKey: rivalKey });
    const job = await done(`${own},twilio,US,Other\n${pooled},telnyx\n${foreign},telnyx`);
    expect(counts(job)).toEqual({ total: 3, created: 0, updated: 0, skipped: 3, failed: 0 });
    expect(job.errors.map(({ code }: { code: string }) => code)).toEqual(['duplicate', 'duplicate', 'duplicate']);
    const [mine, pool, elsewhere] = job.errors.map(({ message }: { message: string }) => message);
    expect(mine).toContain('among your numbers');
    expect(pool).toContain('Claim it');
    expect(elsewhere).toContain('registered already');
    expect(await stored([own])).toMatchObject([{ provider: 'telnyx', label: 'Mine' }]);
  });

  it('updates provider and label of own numbers under mode=upsert, and of nobody else’s', async () => {
    const [own, same, foreign, fresh] = [freshNumber(), freshNumber(), freshNumber(), freshNumber()];
    await done(`${own},telnyx,US,Old\n${same},telnyx,US,Same`);
    await done(`${foreign},telnyx,US,Theirs`, { apiKey: rivalKey });
    const file = `${own},twilio,US\n${same},telnyx,US,Same\n${foreign},twilio,US,Stolen\n${fresh},telnyx,US`;
    const job = await done(file, { search: '?mode=upsert' });
    expect(counts(job)).toEqual({ total: 4, created: 1, updated: 1, skipped: 2, failed: 0 });
    expect(job.errors.map(({ line, code }: Record<string, unknown>) => [line, code])).toEqual([[3, 'duplicate']]);
    expect(await stored([own])).toMatchObject([{ provider: 'twilio', label: 'Old' }]);
    expect(await stored([foreign])).toMatchObject([{ provider: 'telnyx', label: 'Theirs' }]);
  });

  it('writes no number on a dry run, and answers the counts that the upload then has', async () => {
    const [a, b, foreign] = [freshNumber(), freshNumber(), freshNumber()];
    await done(`${foreign},telnyx,US`, { apiKey: rivalKey });
    const file = `${a},telnyx,US\n${b},telnyx,US\n${a},telnyx,US\n${foreign},telnyx,US\nx,telnyx,US`;
    const before = [await howMany('phone_numbers'), await howMany('audit_events')];
    const rehearsal = await done(file, { search: '?dryRun=true' });
    expect([await howMany('phone_numbers'), await howMany('audit_events')]).toEqual(before);
    expect(counts(rehearsal)).toEqual({ total: 5, created: 2, updated: 0, skipped: 2, failed: 1 });
    const job = await done(file);
    const reportOf = ({ errors, notices, ...rest }: typeof job) => ({ counts: counts(rest), errors, notices });
    expect(reportOf(job)).toEqual(reportOf(rehearsal));
  });

  it('brings deleted numbers back as the same records', async () => {
    const number = freshNumber();
    await done(`${number},telnyx,US,Old`);
    const find = () => database.query('select id from phone_numbers where e164 = $1', [number]);
    const [record] = await find();
    await request(`${api.url}/api/v1/phone-numbers/${record!.id}`, { apiKey: key, method: 'DELETE' });
    expect((await done(`${number},twilio,US,New\n${freshNumber()},telnyx,US`)).created).toBe(2);
    expect(await find()).toEqual([record]);
    expect(await stored([number])).toMatchObject([{ provider: 'twilio', label: 'New' }]);
  });

  it('leaves one audit event with the counts', async () => {
    const job = await done(`${freshNumber()},telnyx,US\nx,telnyx,US`);
    const events = await database.query('select action, changes from audit_events where subject_id = $1', [job.id]);
    expect(events).toMatchObject([{ action: 'phone_numbers.uploaded', changes: { created: 1, failed: 1, total: 2 } }]);
  });

  it('inserts every number once when the same file arrives several times at once, in any order', async () => {
    const file = Array.from({ length: 1_500 }, () => `${freshNumber()},telnyx,US`);
    const files = [file, file.toReversed(), file, file.toReversed()];
    const jobs = await Promise.all(files.map((lines, i) => done(lines.join('\n'), { apiKey: i < 3 ? key : rivalKey })));
    expect(jobs.reduce((sum, { created }) => sum + created, 0)).toBe(1_500);
    expect(jobs.reduce((sum, { skipped }) => sum + skipped, 0)).toBe(4_500);
    expect(await stored(file.map((line) => line.split(',')[0]!))).toHaveLength(1_500);
  });
});

describe('the answer', () => {
  it('is 202 with the job, which can be asked for again', async () => {
    const { status, headers, body } = await upload(`${freshNumber()},telnyx,US`, { headers: { prefer: '' } });
    expect(status).toBe(202);
    expect(headers.get('preference-applied')).toBeNull();
    expect(headers.get('location')).toBe(`/api/v1/imports/${body.id}`);
    expect((await request(`${api.url}${headers.get('location')}`, { apiKey: key })).body).toEqual(body);
  });

  it('is 200 under Prefer: wait, which is echoed', async () => {
    const { status, headers } = await upload(`${freshNumber()},telnyx,US`, {
      headers: { prefer: 'respond-async, wait=999' },
    });
    expect({ status, applied: headers.get('preference-applied') }).toEqual({ status: 200, applied: 'wait=60' });
  });

  it('comes without the result when the patience runs out, and the upload goes on', async () => {
    const file = Array.from({ length: 2_000 }, () => `${freshNumber()},telnyx,US`).join('\n');
    const { status, body } = await upload(file, { headers: { prefer: 'wait=0' } });
    expect(status).toBe(202);
    expect(body).toMatchObject({ status: expect.stringMatching(/pending|running/), total: 2_000 });
    const ask = () => request(`${api.url}/api/v1/imports/${body.id}`, { apiKey: key });
    let job = await ask();
    while (job.body.finishedAt === null) job = await ask();
    expect(job.body).toMatchObject({ status: 'completed', processed: 2_000, created: 2_000 });
  });

  it('carries the first 100 errors, and errors.csv carries all', async () => {
    const lines = Array.from({ length: 1_234 }, (_, i) => `bad${i},telnyx,US`);
    const job = await done(`${lines.join('\n')}\n"=cmd|'/C calc'!A0",telnyx,US\n"a ""b"", c",telnyx`);
    expect(counts(job)).toMatchObject({ total: 1_236, failed: 1_236 });
    expect(job.errors).toHaveLength(100);
    const { status, headers, body } = await request(`${api.url}/api/v1/imports/${job.id}/errors.csv`, { apiKey: key });
    expect({ status, type: headers.get('content-type') }).toEqual({ status: 200, type: 'text/csv; charset=utf-8' });
    expect(headers.get('content-disposition')).toMatch(/^attachment; filename="import-.*-errors\.csv"$/);
    const answered = body.trimEnd().split('\r\n');
    expect(answered).toHaveLength(1_237);
    expect(answered[0]).toBe('line,column,code,message,value,phoneNumber,provider,countryCode,label');
    expect(answered[1]).toMatch(/^1,phoneNumber,number_invalid,"?The phone number.*,bad0,bad0,telnyx,US,$/);
    expect(answered[1_235]).toMatch(/,'=cmd\|'\/C calc'!A0,'=cmd\|'\/C calc'!A0,telnyx,US,$/);
    expect(answered[1_236]).toMatch(/,"a ""b"", c","a ""b"", c",telnyx,,$/);
  });

  it('belongs to the organization: another one finds neither the job nor its errors', async () => {
    const job = await done('x,telnyx,US');
    for (const path of [job.id, `${job.id}/errors.csv`]) {
      const { body } = await request(`${api.url}/api/v1/imports/${path}`, { apiKey: rivalKey });
      expect(body).toMatchObject({ status: 404, code: 'record_not_found' });
    }
    expect((await request(`${api.url}/api/v1/imports/17`, { apiKey: key })).status).toBe(400);
  });
});

describe('a file that cannot be read', () => {
  it.each([
    ['an empty file', '', /Line 1: the file is empty/],
    ['blank lines', '\n \n\r\n', /Line 1: the file is empty/],
    ['a byte order mark alone', '\ufeff', /Line 1: the file is empty/],
    ['only a header', 'phoneNumber,provider,countryCode\n\n', /only a header/],
    ['only separators', ',,\n,,', /only a header/],
    [
      'a column that is nearly one',
      'phoneNumber,provider,contryCode\n+12025550123,telnyx,US',
      /Line 1: there is no column "contryCode"/,
    ],
    ['a header without numbers', 'provider,countryCode\ntelnyx,US', /Line 1: the header has no column phoneNumber/],
    ['a header without providers', 'number,country\n+12025550123,US', /Line 1: the header has no column provider/],
    ['a column twice', 'number,e164,provider\n+12025550123,+12025550123,telnyx', /names the column phoneNumber twice/],
    [
      'other columns altogether',
      'name,email\nAlice,alice@example.test',
      /Line 1: the header has no column phoneNumber/,
    ],
    [
      'a quote that is never closed in the header',
      '"phoneNumber,provider\n+12025550123,telnyx',
      /Line 1: a quote opens/,
    ],
    ['binary', Buffer.from([0x2b, 0x31, 0x0a, 0x0a, 0x00, 0x01, 0x02]), /Line 3: the file is binary/],
    ['a ZIP archive', Buffer.from('PK\u0003\u0004\u0014\u0000'), /Line 1: .*ZIP archive or an Excel workbook/],
    ['an image', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13]), /Line 1: .*a PNG image/],
  ])('is refused whole: %s', async (_, file, detail) => {
    const before = [await howMany('phone_numbers'), await howMany('import_jobs')];
    const { status, body } = await upload(file);
    expect({ status, code: body.code }).toEqual({ status: 422, code: 'csv_invalid' });
    expect(body.detail).toMatch(detail);
    expect([await howMany('phone_numbers'), await howMany('import_jobs')]).toEqual(before);
  });

  it('is refused when nothing is sent', async () => {
    const url = `${api.url}/api/v1/phone-numbers/bulk-upload`;
    expect((await request(url, { apiKey: key, method: 'POST' })).body).toMatchObject({
      status: 422,
      code: 'csv_invalid',
    });
  });

  it('is refused over 256 MiB before it is read, and as a stream, and nothing of it is left', async () => {
    const before = [await howMany('import_jobs'), await howMany('import_file_pieces')];
    const limit = 256 * 1024 * 1024;
    const row = Buffer.from('+12025550123,telnyx,US\n'.repeat(20_000));
    const pieces = function* () {
      for (let sent = 0; sent <= limit; sent += row.length) yield row;
    };
    const url = `${api.url}/api/v1/phone-numbers/bulk-upload`;
    const headers = { 'x-api-key': key, 'content-type': 'text/csv' };
    const body = Readable.toWeb(Readable.from(pieces())) as ReadableStream;
    const answer = await fetch(url, { method: 'POST', headers, body, duplex: 'half' });
    expect({ status: answer.status, body: await answer.json() }).toMatchObject({
      status: 413,
      body: { code: 'payload_too_large' },
    });
    const declared = await new Promise<number | undefined>((resolve, reject) => {
      const sent = httpRequest(url, { method: 'POST', headers: { ...headers, 'content-length': limit + 1 } });
      sent.once('response', (response) => resolve(response.statusCode)).once('error', reject);
      sent.write(row);
    });
    expect(declared).toBe(413);
    expect([await howMany('import_jobs'), await howMany('import_file_pieces')]).toEqual(before);
  });
});

describe('a request that is refused', () => {
  it.each([
    ['JSON', { 'content-type': 'application/json' }, '{}', 415, 'unsupported_media_type'],
    ['a form', { 'content-type': 'application/x-www-form-urlencoded' }, 'a=b', 415, 'unsupported_media_type'],
    ['multipart without boundary', { 'content-type': 'multipart/form-data' }, 'x', 400, 'malformed_request'],
  ])('for its content type: %s', async (_, headers, body, status, code) => {
    expect((await upload(body, { headers })).body).toMatchObject({ status, code });
  });

  it('for a multipart without the part file', async () => {
    const [none, other] = [new FormData(), new FormData()];
    none.set('note', 'x');
    other.set('csv', new Blob(['+12025550123,telnyx,US']), 'numbers.csv');
    for (const form of [none, other]) {
      expect((await upload(form)).body).toMatchObject({
        status: 400,
        code: 'validation_failed',
        errors: { file: expect.any(String) },
      });
    }
  });

  it.each(['?dryRun=yes', '?mode=replace', '?colour=red', '?mode=create&mode=upsert'])('for %s', async (search) => {
    expect((await upload('+12025550123,telnyx,US', { search })).body).toMatchObject({
      status: 400,
      code: 'validation_failed',
    });
  });

  it('for a key that may only read, and without a key', async () => {
    expect((await upload('x', { apiKey: readerKey })).status).toBe(403);
    expect((await upload('x', { apiKey: '' })).status).toBe(401);
  });
});

describe('10,000 rows in one upload', () => {
  it('land in a few seconds, and the API answers others meanwhile', async () => {
    const file = Array.from({ length: 10_000 }, () => `${freshNumber()},telnyx,US`).join('\n');
    const started = performance.now();
    let uploading = true;
    const uploaded = done(file).finally(() => (uploading = false));
    let slowest = 0;
    while (uploading) {
      const asked = performance.now();
      await request(`${api.url}/livez`);
      slowest = Math.max(slowest, performance.now() - asked);
    }
    expect(counts(await uploaded)).toMatchObject({ total: 10_000, created: 10_000 });
    expect(performance.now() - started).toBeLessThan(10_000);
    expect(slowest).toBeLessThan(500);
  });
});
