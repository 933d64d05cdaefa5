import { type RunningApi, startApi } from '../support/api.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { encoded } from '../support/encoded.js';
import { createAgent, createApiKey, createOrganization } from '../support/fixtures.js';
import { request } from '../support/http.js';

let db: TestDatabase;
let api: RunningApi;
let key: string;
let organizationId: string;
let next = 0;

beforeAll(async () => {
  db = await createTestDatabase();
  api = await startApi({ databaseUrl: db.url });
  organizationId = await createOrganization(db);
  const scopes = ['numbers:read', 'numbers:write', 'assignments:read', 'assignments:write'] as const;
  key = (await createApiKey(db, { organizationId, scopes: [...scopes] })).key;
  await createAgent(db, { organizationId, name: 'Ada' });
});

afterAll(async () => {
  await api?.close();
  await db?.drop();
});

const fresh = () => `+493012${345_000 + (next += 1)}`;
const send = (file: string | Uint8Array, search = '') =>
  request(`${api.url}/api/v1/phone-numbers/bulk-upload${search}`, {
    apiKey: key,
    body: file,
    headers: { 'content-type': 'text/csv', prefer: 'wait=30' },
  });
const done = async (file: string | Uint8Array, search = '') => {
  const { status, body } = await send(file, search);
  expect({ isTaken: status < 300, body }).toMatchObject({ isTaken: true });
  let job = body;
  while (job.finishedAt === null) job = (await request(`${api.url}/api/v1/imports/${body.id}`, { apiKey: key })).body;
  expect(job.status).toBe('completed');
  return job;
};
const refused = async (file: string | Uint8Array, search = '') => {
  const before = await db.query('select count(*)::int from import_jobs');
  const { status, body } = await send(file, search);
  expect({ status, code: body.code }).toEqual({ status: 422, code: 'csv_invalid' });
  expect(await db.query('select count(*)::int from import_jobs')).toEqual(before);
  return body.detail as string;
};
const number = async (e164: string) =>
  (
    await db.query('select provider, country_code, label, tags, capabilities from phone_numbers where e164 = $1', [
      e164,
    ])
  )[0];
const noticesOf = (job: { notices: { line: number; code: string }[] }) =>
  job.notices.map(({ line, code }) => [line, code]);

describe('the separator', () => {
  it.each([
    ['a semicolon, though a comma stands in the first label', (n: string) => `${n};telnyx;DE;Vertrieb, Berlin`, ';'],
    ['a comma, though semicolons stand in the label', (n: string) => `${n},telnyx,DE,Vertrieb; Berlin; Mitte`, ','],
    ['a tab, though commas stand in the label', (n: string) => `${n}\ttelnyx\tDE\tVertrieb, Berlin`, '\t'],
    ['a bar', (n: string) => `${n}|telnyx|DE|Vertrieb, Berlin; Mitte`, '|'],
    ['outside quotes', (n: string) => `"${n}";"telnyx";"DE";"Vertrieb, Berlin; Mitte"`, ';'],
    ['by the header', (n: string) => `label;phone;provider\nVertrieb, Berlin;${n};telnyx`, ';'],
    ['by the header, when its quotes have others', (n: string) => `phone,provider,"a;b;c"\n${n},telnyx,x`, ','],
  ])('is found: %s', async (_what, file, separator) => {
    const n = fresh();
    const job = await done(file(n));
    expect({ created: job.created, separator: job.reading.separator }).toEqual({ created: 1, separator });
    expect(await number(n)).toMatchObject({ provider: 'telnyx', country_code: 'DE' });
  });

  it('is found by the rows when the first of them has no label', async () => {
    const [a, b] = [fresh(), fresh()];
    expect(await done(`${a};telnyx\n${b};telnyx;DE;"Büro; eins, zwei"`)).toMatchObject({ created: 2 });
    expect((await number(b))!.label).toBe('Büro; eins, zwei');
  });

  it.each<[string, (rest: string) => string | Uint8Array]>([
    ['as it is', (rest) => `sep=;\n${rest}`],
    ['in capitals, with CRLF', (rest) => `SEP=;\r\n${rest}`],
    ['quoted', (rest) => `"sep=;"\n${rest}`],
    ['with a mark', (rest) => `\ufeffSep=;\r\n${rest}`],
    ['quoted, with a mark', (rest) => `\ufeff"sep=;"\r\n${rest}`],
    ['in UTF-16', (rest) => Buffer.from(`\ufeffsep=;\r\n${rest}`, 'utf16le')],
    ['in UTF-16 without a mark', (rest) => Buffer.from(`sep=;\r\n${rest}`, 'utf16le')],
    ['with separators that a spreadsheet added', (rest) => `sep=;;;;\n${rest}`],
  ])('is what the first line says: %s', async (_what, file) => {
    const [a, b] = [fresh(), fresh()];
    const job = await done(file(`phone;provider;label\n${a};telnyx;x, y\n${b};acme;z`));
    expect(job).toMatchObject({ total: 2, created: 1, failed: 1, reading: { separator: ';', hasHeader: true } });
    expect(job.errors[0]).toMatchObject({ line: 4, code: 'provider_unknown' });
    expect((await number(a))!.label).toBe('x, y');
  });

  it('is what the first line says, also for one that is never looked for, and before rows without a header', async () => {
    const [a, b] = [fresh(), fresh()];
    expect(await done(`sep=^\n${a}^telnyx^DE^a;b,c|d`)).toMatchObject({ created: 1 });
    expect((await number(a))!.label).toBe('a;b,c|d');
    expect(await done(`sep=\t\n${b}\ttelnyx\tDE\tx;y`)).toMatchObject({ created: 1 });
    expect(await refused(`sep=x\n${a}xtelnyx`)).toMatch(
      /^Line 1: "x" can separate no values\. After sep= write a comma/,
    );
  });
});

describe('the first row', () => {
  it('is a row when it begins with a number, whatever else it says', async () => {
    const n = fresh();
    const job = await done(`${n},telnyx,DE,Agent`);
    expect(job).toMatchObject({ total: 1, created: 1, reading: { hasHeader: false } });
    expect((await number(n))!.label).toBe('Agent');
    const quoted = fresh();
    expect(await done(`"${quoted}","telnyx","DE","label"`)).toMatchObject({ created: 1 });
  });

  it('is a header when a column is called by a few digits', async () => {
    const n = fresh();
    expect(await done(`E164,provider\n${n},telnyx`)).toMatchObject({ created: 1, reading: { hasHeader: true } });
  });
});

describe("a carrier's export", () => {
  const TWILIO = 'AccountSid,FriendlyName,PhoneNumber,Sid,Capabilities,DateCreated';
  const twilio = (n: string) =>
    `${TWILIO}\nAC1,"Reception, Berlin",${n},PN1,"{""voice"":true,""SMS"":true,""MMS"":false}",2026-01-01`;

  it('of Twilio is known by its header, says whose numbers they are, and tells what was left out', async () => {
    const n = fresh();
    const job = await done(twilio(n));
    expect(job).toMatchObject({ created: 1, reading: { provider: 'twilio' } });
    expect(noticesOf(job)).toEqual([
      [1, 'columns_ignored'],
      [1, 'provider_of_header'],
    ]);
    expect(job.notices[0].message).toMatch(/"AccountSid", "Sid", "DateCreated"/);
    expect(await number(n)).toMatchObject({
      provider: 'twilio',
      label: 'Reception, Berlin',
      capabilities: { voice: true, sms: true },
    });
  });

  it('of Telnyx is known by its header', async () => {
    const n = fresh();
    const job = await done(`phone_number,status,connection_name,tags\n${n},active,SIP 1,"sales,berlin"`);
    expect(job).toMatchObject({ created: 1, noticeCount: 2, reading: { provider: 'telnyx' } });
    expect(job.notices[0].message).toBe('Left out, because the column is not known: "connection_name".');
    expect(await number(n)).toMatchObject({ provider: 'telnyx', tags: ['sales', 'berlin'] });
  });

  it('is of the provider that the upload names', async () => {
    const [a, b, c] = [fresh(), fresh(), fresh()];
    expect(await done(twilio(a), '?provider=other')).toMatchObject({ created: 1, noticeCount: 1 });
    expect((await number(a))!.provider).toBe('other');
    expect(await done(`number,provider\n${b},vonage\n${c},`, '?provider=bandwidth')).toMatchObject({ created: 2 });
    expect([(await number(b))!.provider, (await number(c))!.provider]).toEqual(['vonage', 'bandwidth']);
    const only = fresh();
    expect(await done(only, '?provider=telnyx')).toMatchObject({ created: 1 });
    expect((await send(only, '?provider=acme')).body).toMatchObject({ status: 400, code: 'validation_failed' });
  });

  it('without a provider and without one to give is refused with what to send', async () => {
    expect(await refused(`number,label\n${fresh()},x`)).toMatch(
      /has no column provider.*provider= with one of twilio, telnyx/,
    );
  });
});

describe('a column that is not known', () => {
  it('is left out with a notice that names it, and what may be meant', async () => {
    const n = fresh();
    const job = await done(`phone,provider,lable,colour\n${n},telnyx,Desk,red`);
    expect(job.notices).toEqual([
      {
        line: 1,
        column: null,
        code: 'columns_ignored',
        message: 'Left out, because the columns are not known: "lable", "colour". If "lable" is label, call it so.',
        value: 'lable, colour',
      },
    ]);
    expect(job.reading.columns).toEqual([
      { name: 'phone', column: 'phoneNumber' },
      { name: 'provider', column: 'provider' },
      { name: 'lable', column: null },
      { name: 'colour', column: null },
    ]);
  });

  it.each([
    ['alowed_countries', /there is no column "alowed_countries"\. If it is allowedCountries, call it so/],
    ['Daily Limt', /If it is dailyLimit/],
    ['dialyLimit', /If it is dailyLimit/],
    ['agnet', /If it is agent/],
    ['capabilites', /If it is capabilities/],
    ['Countries', /"Countries" is not known, and may say what can be called/],
    ['max calls', /may say what can be called/],
    ['blocked', /may say what can be called/],
    ['Tageslimit', /may say what can be called/],
  ])('is refused when it may decide what can be called: %s', async (column, detail) => {
    const file = `phone,provider,agent,${column}\n${fresh()},telnyx,Ada,5`;
    expect(await refused(file)).toMatch(detail);
    const mapping = encodeURIComponent(JSON.stringify({ [column]: '' }));
    expect(await done(file, `?mapping=${mapping}`)).toMatchObject({ created: 1, noticeCount: 0 });
  });

  it('is refused when it is nearly the number or the provider', async () => {
    expect(await refused(`phone_numbr,provider\n${fresh()},telnyx`)).toMatch(/"phone_numbr"\. If it is phoneNumber/);
    expect(await refused(`phone,provder\n${fresh()},telnyx`)).toMatch(/If it is provider/);
  });

  it.each(['Rufnummer', 'Telefonnummer', 'Numéro de téléphone', 'MSISDN', 'PHONE NUMBER', 'phone-number'])(
    'is known in other words: %s',
    async (name) => {
      expect(await done(`${name},provider\n${fresh()},telnyx`)).toMatchObject({ created: 1, noticeCount: 0 });
    },
  );
});

describe('a number that its file says cannot call', () => {
  it.each([
    ['capabilities', 'no voice', 'capability_unknown'],
    ['capabilities', 'Voice (disabled)', 'capability_unknown'],
    ['capability', 'kein voice', 'capability_unknown'],
    ['Voice', '', 'capability_unknown'],
    ['status', 'inactive', 'number_not_active'],
    ['Status', 'ported_out', 'number_not_active'],
  ])('is not taken: %s "%s"', async (column, value, code) => {
    const n = fresh();
    const job = await done(`phone,provider,agent,${column}\n${n},telnyx,Ada,${value}`);
    expect(job).toMatchObject({ created: 0, failed: 1, errors: [{ line: 2, code }] });
    expect(await number(n)).toBeUndefined();
  });

  it('is taken without voice where columns of an export say so', async () => {
    const [mute, loud] = [fresh(), fresh()];
    const file = `Phone Number,Friendly Name,Voice,SMS,MMS\n${mute},Desk,no,yes,no\n${loud},Desk,true,0,no`;
    expect(await refused(file)).toMatch(/send provider=twilio/);
    expect(await done(file, '?provider=twilio')).toMatchObject({ created: 2, failed: 0 });
    expect((await number(mute))!.capabilities).toEqual({ voice: false, sms: true });
    expect((await number(loud))!.capabilities).toEqual({ voice: true, sms: false });
  });

  it('is refused an agent, and a contradiction is refused', async () => {
    const job = await done(
      `phone,provider,agent,Voice,capabilities\n${fresh()},telnyx,Ada,no,\n${fresh()},telnyx,,no,voice`,
    );
    expect(job.errors).toMatchObject([
      { line: 2, code: 'number_cannot_call' },
      { line: 3, column: 'voice', code: 'capability_unknown' },
    ]);
  });

  it.each(['calls per day', 'Zielländer', 'whitelist', 'suspended', 'Agent ID', 'Assigned to'])(
    'or that may be bounded, is not taken before it is clear what is meant: %s',
    async (column) => {
      const file = `phone,provider,${column}\n${fresh()},telnyx,5`;
      expect(await refused(file)).toMatch(/may say what can be called, how often or by whom/);
      const mapping = encodeURIComponent(JSON.stringify({ [column]: '' }));
      expect(await done(file, `?mapping=${mapping}`)).toMatchObject({ created: 1, noticeCount: 0 });
    },
  );
});

describe('an agent of a file', () => {
  const agentOf = async (e164: string) =>
    (
      await db.query('select agent_id from agent_phone_numbers where from_number = $1 and ended_at is null', [e164])
    )[0]?.['agent_id'];
  const assign = (e164: string, agent: string, search = '') =>
    done(`phone,provider,agent\n${e164},telnyx,"${agent}"`, search);

  it('is refused when a name is the id or the external id of another agent, and taken by what fits one', async () => {
    const first = await createAgent(db, { organizationId, name: 'First', externalId: 'crm-7' });
    const named = await createAgent(db, { organizationId, name: 'CRM-7' });
    const byId = await createAgent(db, { organizationId, name: first });
    await db.query(`update agents set name = 'crm-7' where id = $1`, [named]);
    for (const value of ['crm-7', first]) {
      const n = fresh();
      for (const search of ['?dryRun=true', '']) {
        const job = await assign(n, value, search);
        expect(job).toMatchObject({
          created: 0,
          failed: 1,
          errors: [{ column: 'agent', code: 'agent_ambiguous', value }],
        });
      }
      expect(await number(n)).toBeUndefined();
    }
    const given = fresh();
    expect(await assign(given, named)).toMatchObject({ created: 1, failed: 0 });
    expect([await agentOf(given), byId]).toEqual([named, expect.any(String)]);
    const held = await assign(given, 'crm-7', '?mode=upsert');
    expect(held).toMatchObject({ skipped: 1, failed: 0, updated: 0 });
  });

  it('is the same with other blanks and invisible characters, and refused when two names look the same', async () => {
    const ann = await createAgent(db, { organizationId, name: 'Ann\u00a0Mary  Lee' });
    const n = fresh();
    expect(await assign(n, 'ann \u200bmary\u2009lee')).toMatchObject({ created: 1 });
    expect(await agentOf(n)).toBe(ann);
    await createAgent(db, { organizationId, name: 'Ann Mary Lee' });
    expect((await assign(fresh(), 'Ann Mary Lee')).errors).toMatchObject([{ code: 'agent_ambiguous' }]);
  });

  it('that is not active is no error in a row that changes nothing, and is one in a row that does', async () => {
    const agent = await createAgent(db, { organizationId, name: 'Sleeper' });
    const n = fresh();
    await done(`phone,provider,agent,dailyLimit,allowedCountries,label\n${n},telnyx,Sleeper,7,US CA,Desk`);
    await db.query(`update agents set status = 'inactive' where id = $1`, [agent]);
    const response = await fetch(`${api.url}/api/v1/phone-numbers/export.csv`, {
      headers: { authorization: `Bearer ${key}` },
    });
    const csv = Buffer.from(await response.arrayBuffer());
    for (const search of ['?mode=upsert&dryRun=true', '?mode=upsert']) {
      expect(await done(csv, search)).toMatchObject({ failed: 0, created: 0, updated: 0, errors: [] });
    }
    const header = 'phone,provider,agent,dailyLimit,allowedCountries,label';
    for (const row of ['telnyx,Sleeper,8,,', 'telnyx,Sleeper,,US,', 'telnyx,Sleeper,,,Other', 'twilio,Sleeper,,,']) {
      const job = await done(`${header}\n${n},${row}`, '?mode=upsert');
      expect({ row, job }).toMatchObject({ job: { failed: 1, updated: 0, errors: [{ code: 'agent_inactive' }] } });
    }
    expect((await done(`${header}\n${fresh()},telnyx,Sleeper,7,US CA,Desk`, '?mode=upsert')).errors).toMatchObject([
      { code: 'agent_inactive' },
    ]);
    const others = await createAgent(db, { organizationId, name: 'Other sleeper', status: 'inactive' });
    expect((await assign(n, others, '?mode=upsert')).errors).toMatchObject([{ code: 'agent_inactive' }]);
  });
});

describe('capabilities', () => {
  it.each<[string, object, string | null]>([
    ['"voice,sms,mms"', { voice: true, sms: true }, 'mms'],
    ['"{""voice"":true,""SMS"":false}"', { voice: true, sms: false }, null],
    ['"{""voice"":true,""SMS"":true,""MMS"":true,""fax"":false}"', { voice: true, sms: true }, 'mms'],
    ['Voice|SMS', { voice: true, sms: true }, null],
    ['"[""sms"", ""mms""]"', { voice: false, sms: true }, 'mms'],
    ['fax', { voice: false, sms: false }, 'fax'],
    ['"{""voice"":false}"', { voice: false, sms: false }, null],
  ])('are read, and what is not kept is told: %s', async (written, capabilities, left) => {
    const n = fresh();
    const job = await done(`phone,provider,capabilities\n${n},telnyx,${written}`);
    expect(noticesOf(job)).toEqual(left === null ? [] : [[2, 'capability_ignored']]);
    if (left !== null) expect(job.notices[0].message).toMatch(new RegExp(`are kept: ${left}\\.$`));
    expect((await number(n))!.capabilities).toEqual(capabilities);
  });

  it.each(['voise', 'phone', '{voice}', 'sms not voice', '"{""voice"":""yes""}"'])(
    'are refused when they cannot be told: %s',
    async (written) => {
      const job = await done(`phone,provider,capabilities\n${fresh()},telnyx,${written}`);
      expect(job.errors).toMatchObject([{ line: 2, column: 'capabilities', code: 'capability_unknown' }]);
    },
  );
});

describe('the encoding', () => {
  const file = (n: string, label: string) => `phone,provider,label\n${n},telnyx,${label}\n`;
  it.each([
    ['cp1251', 'Отдел продаж, Москва', 'windows-1251'],
    ['cp932', '営業部 東京', 'shift_jis'],
    ['gb18030', '销售部 北京', 'gb18030'],
    ['euc-kr', '영업부 서울', 'euc-kr'],
    ['cp1250', 'Dział obsługi, Łódź', 'windows-1250'],
    ['koi8-r', 'Отдел продаж', 'koi8-r'],
    ['windows-1252', 'Genève, à côté', 'windows-1252'],
  ])('%s is guessed, shown and told to be a guess, and taken when it is said: %s', async (label, text, name) => {
    const [guessed, said] = [fresh(), fresh()];
    const job = await done(encoded(file(guessed, `"${text}"`), name));
    expect(job.reading.encoding).toBe(name);
    expect(job.notices).toEqual([
      expect.objectContaining({
        line: 2,
        code: 'encoding_guessed',
        value: name,
        message: expect.stringMatching(/guess/),
      }),
    ]);
    const [, proposed] = (job.notices[0]!.message as string).split('send encoding=');
    expect(proposed).toBeTruthy();
    expect(proposed).not.toContain(name);
    expect((await number(guessed))!.label).toBe(text);

    const certain = await done(encoded(file(said, `"${text}"`), name), `?encoding=${label}`);
    expect(certain).toMatchObject({ noticeCount: 0, reading: { encoding: name } });
    expect((await number(said))!.label).toBe(text);
  });

  it('is certain, and no notice, where every encoding of Latin letters reads the same', async () => {
    const n = fresh();
    const job = await done(encoded(file(n, 'Büro München Süd'), 'windows-1252'));
    expect(job).toMatchObject({ noticeCount: 0, reading: { encoding: 'windows-1252' } });
    expect((await number(n))!.label).toBe('Büro München Süd');
  });

  it('of UTF-16 without a mark is found also where most letters are no Latin ones', async () => {
    const n = fresh();
    const job = await done(Buffer.from(file(n, 'Отдел продаж в Москве'), 'utf16le'));
    expect(job).toMatchObject({ noticeCount: 0, reading: { encoding: 'utf-16le' } });
    expect((await number(n))!.label).toBe('Отдел продаж в Москве');
  });

  it('that is told is never repaired: rows with other bytes are refused', async () => {
    const job = await done(encoded(file(fresh(), 'Büro'), 'windows-1252'), '?encoding=utf-8');
    expect(job.errors).toMatchObject([{ line: 2, column: 'label', code: 'characters_invalid' }]);
  });

  it('is refused when it has no such name, or the mark of the file says another', async () => {
    const detail = await refused(file(fresh(), 'x'), '?encoding=klingon');
    expect(detail).toMatch(/^There is no encoding "klingon"\. Write one of utf-8, utf-16le, .*windows-1251, .*euc-kr/);
    expect(await refused(`\ufeff${file(fresh(), 'x')}`, '?encoding=cp1251')).toMatch(/has the mark of utf-8/);
  });
});

describe('what spreadsheets and other programs leave', () => {
  it('is told by the line of the file, with line breaks in quotes, blank lines, CR alone, NUL and long lines', async () => {
    const lines = [
      'phone;provider;label;;',
      '',
      `${fresh()};telnyx;"two\rlines";;`,
      `${fresh()};telnyx;nul\0;;`,
      ';;;;',
      `${fresh()};telnyx;${'x'.repeat(70_000)}`,
      `${fresh()};telnyx;a;b;;`,
      `${fresh()};acme;last`,
    ];
    const job = await done(lines.join('\r'));
    expect(job.errors.map(({ line, code }: { line: number; code: string }) => [line, code])).toEqual([
      [5, 'characters_invalid'],
      [7, 'row_too_long'],
      [8, 'too_many_columns'],
      [9, 'provider_unknown'],
    ]);
    expect(job).toMatchObject({ created: 1, failed: 4 });
  });

  it('is refused when a column stands there twice', async () => {
    expect(await refused(`phone,Phone,provider\n${fresh()},${fresh()},telnyx`)).toMatch(
      /names the column phoneNumber twice/,
    );
  });
});

describe('an export', () => {
  const get = async (path: string) => {
    const response = await fetch(`${api.url}/api/v1${path}`, { headers: { authorization: `Bearer ${key}` } });
    return Buffer.from(await response.arrayBuffer());
  };
  const MARK = Buffer.from([0xef, 0xbb, 0xbf]);

  it('begins with the mark of UTF-8, so that a spreadsheet keeps its letters, and is read back unchanged', async () => {
    const n = fresh();
    await done(`${n},telnyx,DE,Büro Zürich — 東京`);
    const csv = await get('/phone-numbers/export.csv');
    expect(csv.subarray(0, 3)).toEqual(MARK);
    expect(csv.subarray(3, 15).toString()).toBe('phoneNumber,');
    const job = await done(csv, '?mode=upsert');
    expect(job).toMatchObject({ failed: 0, created: 0, updated: 0, noticeCount: 0, errors: [] });
    expect(await get('/phone-numbers/export.csv')).toEqual(csv);
  });

  it('of errors, notices and assignments begins so, too, and errors are read back', async () => {
    const n = fresh();
    const job = await done(`${n},acme,DE,Büro`);
    const errors = await get(`/imports/${job.id}/errors.csv`);
    for (const csv of [
      errors,
      await get(`/imports/${job.id}/notices.csv`),
      await get('/agent-assignments/export.csv'),
    ]) {
      expect(csv.subarray(0, 3)).toEqual(MARK);
    }
    const mended = errors.toString().replaceAll(',acme,', ',telnyx,');
    expect(await done(mended)).toMatchObject({ created: 1, failed: 0 });
    expect((await number(n))!.label).toBe('Büro');
  });
});
