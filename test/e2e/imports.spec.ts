import { type RunningApi, startApi } from '../support/api.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import {
  createAgent,
  createApiKey,
  createAssignment,
  createOrganization,
  createPhoneNumber,
} from '../support/fixtures.js';
import { request } from '../support/http.js';

let db: TestDatabase;
let api: RunningApi;
let organizationId: string;
let key: string;
let rivalKey: string;
let numbersKey: string;
let next = 0;

/** A number that no other test uses. */
const fresh = () => `+1628${5_750_000 + (next += 1)}`;
const HEADER = 'phoneNumber,provider,countryCode,label';

beforeAll(async () => {
  db = await createTestDatabase();
  api = await startApi({ databaseUrl: db.url });
  organizationId = await createOrganization(db);
  const scopes = ['numbers:read', 'numbers:write', 'assignments:write'] as const;
  key = (await createApiKey(db, { organizationId, scopes: [...scopes] })).key;
  rivalKey = (await createApiKey(db, { organizationId: await createOrganization(db), scopes: [...scopes] })).key;
  numbersKey = (await createApiKey(db, { organizationId, scopes: ['numbers:write'] })).key;
});

afterAll(async () => {
  await api?.close();
  await db?.drop();
});

const send = (body: string | Uint8Array, search = '', apiKey = key, headers: Record<string, string> = {}) =>
  request(`${api.url}/api/v1/phone-numbers/bulk-upload${search}`, {
    apiKey,
    body,
    headers: { 'content-type': 'text/csv', prefer: 'wait=30', ...headers },
  });
const done = async (body: string | Uint8Array, search = '', apiKey = key) => {
  const answer = await send(body, search, apiKey);
  expect({ status: answer.status, body: answer.body }).toMatchObject({ status: 200, body: { status: 'completed' } });
  return answer.body;
};
const post = (id: string, step: 'cancel' | 'undo', apiKey = key) =>
  request(`${api.url}/api/v1/imports/${id}/${step}`, { apiKey, method: 'POST' });
const number = async (e164: string) => (await db.query('select * from phone_numbers where e164 = $1', [e164]))[0];
const assignmentOf = async (e164: string) =>
  (
    await db.query(
      `select a.* from agent_phone_numbers a join phone_numbers n on n.id = a.phone_number_id
       where n.e164 = $1 and a.ended_at is null`,
      [e164],
    )
  )[0];
const codes = (job: { errors: { line: number; code: string }[] }) => job.errors.map(({ line, code }) => [line, code]);
const utf16be = (text: string) => Buffer.from(text, 'utf16le').swap16();

describe('encodings', () => {
  const file = (n: string) => `${HEADER}\r\n${n},telnyx,US,Büro Süd €\r\n`;
  it.each([
    ['UTF-8', (n: string) => Buffer.from(file(n))],
    ['UTF-8 with a mark', (n: string) => Buffer.from(`\ufeff${file(n)}`)],
    ['UTF-16 little endian with a mark', (n: string) => Buffer.from(`\ufeff${file(n)}`, 'utf16le')],
    ['UTF-16 little endian without a mark', (n: string) => Buffer.from(file(n), 'utf16le')],
    ['UTF-16 big endian with a mark', (n: string) => utf16be(`\ufeff${file(n)}`)],
    ['UTF-16 big endian without a mark', (n: string) => utf16be(file(n))],
    ['Windows-1252', (n: string) => Buffer.from(file(n).replace('€', '\u0080'), 'latin1')],
  ])('reads %s', async (_, bytes) => {
    const n = fresh();
    expect((await done(bytes(n))).created).toBe(1);
    expect((await number(n))!.label).toBe('Büro Süd €');
  });
});

describe('the forms that CSV takes', () => {
  it.each([
    ['a comma in quotes', '"Doe, Jane"', 'Doe, Jane'],
    ['a quote in quotes', '"6"" wide"', '6" wide'],
    ['a line break in quotes', '"two\nlines"', 'two\nlines'],
    ['a line break of Windows in quotes', '"two\r\nlines"', 'two\nlines'],
    ['quotes and line breaks', '"a ""b""\nc"', 'a "b"\nc'],
    ['JSON', '"{""a"": 1, ""b"": [2]}"', '{"a": 1, "b": [2]}'],
    ['letters of other scripts', 'ʤ 北京', 'ʤ 北京'],
    ['an empty value in quotes', '""', null],
    ['a formula', '=1+2', '=1+2'],
    ['a formula as exports write it', "'=1+2", '=1+2'],
    ['marks of right-to-left text', '\u200fשלום', '\u200fשלום'],
  ])('reads %s', async (_, written, label) => {
    const n = fresh();
    await done(`${HEADER}\n${n},telnyx,US,${written}\n${fresh()},telnyx,US,after`);
    expect((await number(n))!.label).toBe(label);
  });

  it('takes columns in any order by a mapping, and leaves others out', async () => {
    const n = fresh();
    const mapping = encodeURIComponent(JSON.stringify({ Tel: 'phoneNumber', Carrier: 'provider', Notes: '' }));
    await done(`Notes;Carrier;Tel\nx;telnyx;${n}`, `?mapping=${mapping}`);
    expect(await number(n)).toMatchObject({ provider: 'telnyx', label: null });
    expect((await send('Notes;Tel\nx;1', `?mapping=${mapping}`)).body).toMatchObject({ code: 'csv_invalid' });
    for (const wrong of ['x', '[]', '{"Tel":"colour"}']) {
      const { body } = await send('x', `?mapping=${encodeURIComponent(wrong)}`);
      expect(body).toMatchObject({ status: 400, code: 'validation_failed', errors: { mapping: expect.any(String) } });
    }
  });
});

describe('numbers as spreadsheets leave them', () => {
  it('mends what is certain, says so, and refuses the rest with the reason', async () => {
    const [a, b, c, d] = [fresh(), fresh(), fresh(), fresh()];
    const job = await done(
      [
        HEADER,
        `${a.slice(1)},telnyx,US,plus is missing`,
        `'${b},telnyx,US,apostrophe`,
        `(628) ${c.slice(5, 8)}-${c.slice(8)},telnyx,US,national`,
        `${d.replaceAll(/\d/g, (digit) => String.fromCharCode(0xff10 + Number(digit)))},telnyx,US,full width`,
        '1.20255E+10,telnyx,US,rounded',
        `${fresh().slice(1)},telnyx,,no country`,
        '+9991234567,telnyx,,no such country',
        '+12025550123,telnyx,XX,no such code',
      ].join('\n'),
    );
    expect(job).toMatchObject({ created: 4, repaired: 2, failed: 4 });
    expect(job.notices.map(({ line, code }: { line: number; code: string }) => [line, code])).toEqual([
      [2, 'plus_added'],
      [3, 'apostrophe_removed'],
    ]);
    expect(codes(job)).toEqual([
      [6, 'number_invalid'],
      [7, 'number_invalid'],
      [8, 'number_invalid'],
      [9, 'country_unknown'],
    ]);
    expect(job.errors[0].message).toContain('spreadsheet');
    for (const n of [a, b, c, d])
      expect(await number(n)).toMatchObject({ e164: n, provider: 'telnyx', country_code: 'US' });
  });

  it('reads national numbers by the country of the request', async () => {
    const n = fresh();
    expect((await done(`${n.slice(2)},telnyx`, '?country=US')).created).toBe(1);
    expect(await number(n)).toMatchObject({ country_code: 'US' });
    expect((await send('x', '?country=xx')).body).toMatchObject({ status: 400, code: 'validation_failed' });
  });
});

describe('rows that are broken', () => {
  it('reports a quote that is not closed by its line, and reads all the rest', async () => {
    const numbers = Array.from({ length: 3_000 }, fresh);
    const lines = numbers.map((n) => `${n},telnyx,US`);
    lines[1] = `"${lines[1]}`;
    const job = await done(`phoneNumber,provider,countryCode\n${lines.join('\n')}`);
    expect(job).toMatchObject({ total: 3_000, created: 2_999, failed: 1 });
    expect(codes(job)).toEqual([[3, 'quote_invalid']]);
  });

  it('does so too when all other values are quoted', async () => {
    const lines = Array.from({ length: 200 }, () => `"${fresh()}","telnyx","US"`);
    lines[1] = lines[1]!.replace('","telnyx', ',"telnyx');
    const job = await done(`"phoneNumber","provider","countryCode"\n${lines.join('\n')}`);
    expect(job).toMatchObject({ created: 199, failed: 1 });
    expect(codes(job)).toEqual([[3, 'quote_invalid']]);
  });

  it('refuses a row of 10 MB and one with NUL, and takes the others', async () => {
    const file = [
      HEADER,
      `${fresh()},telnyx,US,ok`,
      `${fresh()},telnyx,US,${'x'.repeat(10_000_000)}`,
      `${fresh()},telnyx,US,a\u0000b`,
      `${fresh()},telnyx,US,ok`,
    ].join('\n');
    const job = await done(file);
    expect(job).toMatchObject({ total: 4, created: 2, failed: 2 });
    expect(codes(job)).toEqual([
      [3, 'row_too_long'],
      [4, 'characters_invalid'],
    ]);
  });

  it('hands them out as a file that can be mended and sent again', async () => {
    const n = fresh();
    const job = await done(`${HEADER}\n${n},acme,US,"Desk, ""1"""\n${fresh()},telnyx,US,fine`);
    const { body } = await request(`${api.url}/api/v1/imports/${job.id}/errors.csv`, { apiKey: key });
    expect(body.split('\r\n')).toHaveLength(3);
    const again = await done(body.replace('acme,US', 'telnyx,US'));
    expect(again).toMatchObject({ total: 1, created: 1, failed: 0 });
    expect((await number(n))!.label).toBe('Desk, "1"');
  });
});

describe('the optional columns', () => {
  it('store, assign, and change nothing when the same file comes again', async () => {
    const agentId = await createAgent(db, { organizationId, name: 'Front desk' });
    await db.query(`insert into clients (organization_id, name) values ($1, 'Acme')`, [organizationId]);
    const n = fresh();
    const file =
      'tags,allowedCountries,dailyLimit,agent,capabilities,currency,monthlyCost,client,region,label,countryCode,provider,phoneNumber\n' +
      `vip;new,us ca,25,front desk,voice sms,eur,"1,15",ACME,Bay Area,Desk,US,telnyx,${n}`;
    expect((await done(file)).created).toBe(1);
    expect(await number(n)).toMatchObject({
      label: 'Desk',
      region: 'Bay Area',
      client_id: expect.any(String),
      monthly_cost: '1.1500',
      currency: 'EUR',
      capabilities: { voice: true, sms: true },
      tags: ['vip', 'new'],
    });
    const assigned = { agent_id: agentId, daily_limit: 25, allowed_countries: ['US', 'CA'], from_number: n };
    expect(await assignmentOf(n)).toMatchObject(assigned);
    const state = async () => JSON.stringify([await number(n), await assignmentOf(n)]);
    const before = await state();
    expect(await done(file, '?mode=upsert')).toMatchObject({ created: 0, updated: 0, skipped: 1, errors: [] });
    expect(await done(file)).toMatchObject({ created: 0, updated: 0, skipped: 1 });
    expect(await state()).toBe(before);
    expect(await done(file.replace(',25,', ',30,'), '?mode=upsert')).toMatchObject({ updated: 1 });
    expect(await assignmentOf(n)).toMatchObject({ ...assigned, daily_limit: 30 });
  });

  it.each([
    ['limit', '30', 'US CA', { daily_limit: 30, allowed_countries: ['US', 'CA'] }],
    ['countries', '25', 'US', { daily_limit: 25, allowed_countries: ['US'] }],
    ['countries to none', '25', 'none', { daily_limit: 25, allowed_countries: [] }],
  ])('changes only the %s of a paused assignment, and leaves it paused', async (_, limit, countries, expected) => {
    const n = fresh();
    await createAgent(db, { organizationId, name: `Desk ${n}` });
    const file = (of: string, to: string) =>
      `phoneNumber,provider,agent,dailyLimit,allowedCountries\n${n},telnyx,desk ${n},${of},${to}`;
    await done(file('25', 'US CA'));
    const { id } = (await assignmentOf(n))!;
    await db.query('update agent_phone_numbers set paused_at = now() where id = $1', [id]);
    expect(await done(file(limit, countries), '?mode=upsert')).toMatchObject({ updated: 1, errors: [] });
    expect(await assignmentOf(n)).toMatchObject({ id, ...expected, paused_at: expect.any(Date) });
  });

  it.each([
    ['client', 'Nobody', 'client_unknown'],
    ['monthlyCost', 'free', 'cost_invalid'],
    ['currency', 'euro', 'currency_invalid'],
    ['capabilities', 'voise', 'capability_unknown'],
    ['tags', 'x'.repeat(51), 'too_long'],
    ['region', 'x'.repeat(101), 'too_long'],
    ['agent', 'Nobody', 'agent_unknown'],
    ['dailyLimit', '5', 'agent_unknown'],
    ['dailyLimit', '-1', 'daily_limit_invalid'],
    ['allowedCountries', 'US ZZ', 'country_unknown'],
  ])('refuse a wrong %s: %s', async (column, value, code) => {
    const n = fresh();
    const job = await done(`phoneNumber,provider,${column}\n${n},telnyx,${value}`);
    expect(codes(job)).toEqual([[2, code]]);
    expect(await number(n)).toBeUndefined();
  });

  it('refuse agents that are inactive, have another number where one is all, and numbers of other agents', async () => {
    await createAgent(db, { organizationId, name: 'Asleep', status: 'inactive' });
    expect(codes(await done(`phoneNumber,provider,agent\n${fresh()},telnyx,Asleep`))).toEqual([[2, 'agent_inactive']]);

    const [n, holder] = [fresh(), await createAgent(db, { organizationId, name: 'Holder' })];
    await createAgent(db, { organizationId, name: 'Other' });
    const phoneNumberId = await createPhoneNumber(db, { organizationId, e164: n, label: 'Old' });
    await createAssignment(db, { organizationId, agentId: holder, phoneNumberId });
    const job = await done(`phoneNumber,provider,label,agent\n${n},telnyx,New,Other`, '?mode=upsert');
    expect(codes(job)).toEqual([[2, 'assigned_elsewhere']]);
    expect(job.errors[0].message).toContain('Holder');
    expect((await number(n))!.label).toBe('Old');

    await db.query(`update organizations set numbers_per_agent = 'one' where id = $1`, [organizationId]);
    await createAgent(db, { organizationId, name: 'Modest' });
    const two = await done(`phoneNumber,provider,agent\n${fresh()},telnyx,Modest\n${fresh()},telnyx,Modest`);
    await db.query(`update organizations set numbers_per_agent = 'many' where id = $1`, [organizationId]);
    expect(two.created).toBe(1);
    expect(codes(two)).toEqual([[3, 'agent_has_number']]);
  });

  it('need the permission to assign when there is a column agent', async () => {
    const { body } = await send('phoneNumber,provider,agent\n+1,telnyx,x', '', numbersKey);
    expect(body).toMatchObject({ status: 403, code: 'permission_denied' });
  });
});

describe('a dry run', () => {
  it('answers what the upload then answers, and leaves nothing', async () => {
    const own = fresh();
    await done(`${own},telnyx,US,Old`);
    await createAgent(db, { organizationId, name: 'Rehearsal' });
    const file = `phoneNumber,provider,label,agent\n${own},twilio,New,Rehearsal\n${fresh()},telnyx,,Rehearsal\nx,telnyx\n${own},telnyx`;
    const state = async () =>
      JSON.stringify(
        await db.query(
          'select * from phone_numbers n left join agent_phone_numbers a on a.phone_number_id = n.id order by n.id, a.id',
        ),
      );
    for (const search of ['?mode=upsert', '']) {
      const before = await state();
      const rehearsal = await done(file, search === '' ? '?dryRun=true' : `${search}&dryRun=true`);
      expect(await state()).toBe(before);
      const real = await done(file, search);
      for (const field of ['total', 'created', 'updated', 'skipped', 'failed', 'errors', 'noticeCount', 'notices']) {
        expect({ [field]: real[field] }).toEqual({ [field]: rehearsal[field] });
      }
    }
  });
});

describe('a dry run of many rows', () => {
  it('knows to its end who would have a number, where each agent has one, and leaves the table as it was', async () => {
    const ownerId = await createOrganization(db);
    await db.query(`update organizations set numbers_per_agent = 'one' where id = $1`, [ownerId]);
    await createAgent(db, { organizationId: ownerId, name: 'Modest' });
    const { key: apiKey } = await createApiKey(db, {
      organizationId: ownerId,
      scopes: ['numbers:write', 'assignments:write'],
    });
    const lines = Array.from({ length: 4_500 }, (_, row) => `${fresh()},telnyx,${row % 2_200 === 0 ? 'Modest' : ''}`);
    const file = `phoneNumber,provider,agent\n${lines.join('\n')}`;
    const pages = async () => (await db.query(`select pg_total_relation_size('phone_numbers') as bytes`))[0]!;
    const before = await pages();
    const rehearsal = await done(file, '?dryRun=true', apiKey);
    // Rows that were written and taken back would lie in the table and in the way of those that come.
    expect(await pages()).toEqual(before);
    expect(codes(rehearsal)).toEqual([
      [2_202, 'agent_has_number'],
      [4_402, 'agent_has_number'],
    ]);
    const real = await done(file, '', apiKey);
    expect(real).toMatchObject({ created: rehearsal.created, errors: rehearsal.errors });
  });
});

describe('following an import', () => {
  it('tells its progress and its end as events', async () => {
    const file = Array.from({ length: 12_000 }, () => `${fresh()},telnyx,US`).join('\n');
    const { body: job } = await send(file, '', key, { prefer: 'wait=0' });
    const { status, headers, body } = await request(`${api.url}/api/v1/imports/${job.id}/events`, { apiKey: key });
    expect({ status, type: headers.get('content-type') }).toEqual({
      status: 200,
      type: 'text/event-stream; charset=utf-8',
    });
    const events = (body as string).trimEnd().split('\n\n');
    expect(events.at(-1)).toMatch(/^event: done\ndata: \{.*"created":12000/);
    expect((await request(`${api.url}/api/v1/imports/${job.id}/events`, { apiKey: rivalKey })).status).toBe(404);
  });
});

describe('calling an import off', () => {
  it('ends it before its next rows, and keeps what was taken', async () => {
    const numbers = Array.from({ length: 30_000 }, fresh);
    const { body: job } = await send(numbers.map((n) => `${n},telnyx,US`).join('\n'), '', key, { prefer: 'wait=0' });
    expect((await post(job.id, 'cancel', rivalKey)).status).toBe(404);
    expect((await post(job.id, 'cancel')).status).toBe(200);
    let state = job;
    while (state.finishedAt === null)
      state = (await request(`${api.url}/api/v1/imports/${job.id}`, { apiKey: key })).body;
    expect(state.status).toBe('canceled');
    expect(state.created).toBeLessThan(30_000);
    const [{ count }] = (await db.query('select count(*)::int from phone_numbers where e164 = any ($1)', [
      numbers,
    ])) as [{ count: number }];
    expect(count).toBe(state.created);
    expect(await db.query('select from import_file_pieces where import_job_id = $1', [job.id])).toHaveLength(0);
    expect((await post(job.id, 'cancel')).body).toMatchObject({ status: 409, code: 'conflict' });
  });
});

describe('undoing an import', () => {
  it('takes back what it made, changed and assigned', async () => {
    const [own, made, gone] = [fresh(), fresh(), fresh()];
    await createAgent(db, { organizationId, name: 'Undone' });
    await done(`${own},telnyx,US,Old\n${gone},telnyx,US,Gone`);
    await db.query(`update phone_numbers set lifecycle = 'released' where e164 = $1`, [gone]);
    const state = () =>
      db.query(
        'select e164, label, provider, lifecycle, assigned_agent_id from phone_numbers where e164 = any ($1) order by 1',
        [[own, gone]],
      );
    const before = await state();
    const file = `phoneNumber,provider,label,agent\n${own},twilio,New,Undone\n${made},telnyx,,Undone\n${gone},telnyx,Back,`;
    const job = await done(file, '?mode=upsert');
    expect(job).toMatchObject({ created: 2, updated: 1 });
    expect((await post(job.id, 'undo', rivalKey)).status).toBe(404);
    const { status, body } = await post(job.id, 'undo');
    expect({ status, undoneAt: body.undoneAt }).toEqual({ status: 200, undoneAt: expect.any(String) });
    expect(await state()).toEqual(before);
    expect(await number(made)).toMatchObject({ lifecycle: 'released', assigned_agent_id: null });
    expect(await assignmentOf(own)).toBeUndefined();
    expect((await post(job.id, 'undo')).body).toMatchObject({
      status: 409,
      detail: expect.stringContaining('undone before'),
    });
  });

  it('is refused when a number was changed since, and for a dry run', async () => {
    const [a, b] = [fresh(), fresh()];
    const job = await done(`${a},telnyx,US\n${b},telnyx,US`);
    await db.query(`update phone_numbers set label = 'touched' where e164 = $1`, [a]);
    const { body } = await post(job.id, 'undo');
    expect(body).toMatchObject({ status: 409, code: 'conflict', detail: expect.stringContaining(a) });
    expect(await number(b)).toMatchObject({ lifecycle: 'active' });
    const rehearsal = await done(`${fresh()},telnyx,US`, '?dryRun=true');
    expect((await post(rehearsal.id, 'undo')).body).toMatchObject({
      status: 409,
      detail: expect.stringContaining('dry run'),
    });
  });
});
