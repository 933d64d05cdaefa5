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
let key: string;
let agentId: string;
let organizationId: string;
let phoneNumberId: string;

beforeAll(async () => {
  db = await createTestDatabase();
  api = await startApi({ databaseUrl: db.url });
  organizationId = await createOrganization(db, { defaultAllowedCountries: ['US', 'CA', 'DE', 'GB'] });
  const scopes = [
    'numbers:read',
    'numbers:write',
    'assignments:write',
    'calls:authorize',
    'calls:settle',
    'calls:read',
  ] as const;
  key = (await createApiKey(db, { organizationId, scopes: [...scopes] })).key;
  agentId = await createAgent(db, { organizationId });
  phoneNumberId = await createPhoneNumber(db, { organizationId });
  await createAssignment(db, { organizationId, agentId, phoneNumberId, dailyLimit: 1_000 });
});

afterAll(async () => {
  await api?.close();
  await db?.drop();
});

const v1 = (path: string) => `${api.url}/api/v1/${path}`;
const upload = async (body: string, query: Record<string, string> = {}) => {
  const answer = await request(v1(`phone-numbers/bulk-upload?${new URLSearchParams(query)}`), {
    apiKey: key,
    body,
    headers: { 'content-type': 'text/csv', prefer: 'wait=30' },
  });
  expect([answer.status, answer.body.status]).toEqual([200, 'completed']);
  return answer.body;
};
const authorize = (destination: string, headers: Record<string, string> = {}) =>
  request(v1('call-gate/authorize'), { apiKey: key, body: { agentId, destination }, headers });
const logged = async (destination: string) => {
  const query = new URLSearchParams({ destination });
  const { body } = await request(v1(`call-gate/authorizations?${query}`), { apiKey: key });
  return body.items as { id: string; destination: { phoneNumber: string } }[];
};
const stored = async (e164: string) =>
  (await db.query('select country_code from phone_numbers where e164 = $1', [e164]))[0];

describe('a number with the decimal of a spreadsheet', () => {
  it('is uploaded without it, with a notice in the job and in its file', async () => {
    const job = await upload('+49301234567.0,telnyx\n');
    expect(job).toMatchObject({ created: 1, failed: 0, repaired: 1 });
    expect(job.notices).toMatchObject([
      { line: 1, column: 'phoneNumber', code: 'decimal_removed', value: '+49301234567.0' },
    ]);
    const csv = await request(v1(`imports/${job.id}/notices.csv`), { apiKey: key });
    expect(csv.body).toContain('decimal_removed');
    expect(await stored('+49301234567')).toBeDefined();
    expect(await stored('+493012345670')).toBeUndefined();
  });

  it.each(['+49301234567.0', '+49301234567.00', '+49301234567,0', '+4.93E+11'])(
    '%s is refused everywhere else, and says what to do',
    async (text) => {
      const created = await request(v1('phone-numbers'), {
        apiKey: key,
        body: { phoneNumber: text, provider: 'telnyx' },
      });
      expect(created).toMatchObject({
        status: 400,
        body: { errors: { phoneNumber: expect.stringMatching(/spreadsheet/) } },
      });
      const checked = await request(v1(`phone-numbers/check/${encodeURIComponent(text)}`), { apiKey: key });
      expect(checked.status).toBe(400);
      expect(checked.body.errors.phoneNumber).toMatch(/spreadsheet/);
      expect((await authorize(text)).body).toMatchObject({ allowed: false, reasonCode: 'destination_invalid' });
    },
  );

  it('is searched for by its digits alone', async () => {
    const search = (q: string) =>
      request(v1(`phone-numbers?filter=${encodeURIComponent(JSON.stringify({ q }))}`), { apiKey: key });
    expect((await search('+49301234567.0')).body.errors).toEqual({ 'filter.q': expect.stringMatching(/decimal/) });
    expect((await search('+49 30/1234567')).body).toMatchObject([{ phoneNumber: '+49301234567' }]);
    expect((await search('٣٠١٢٣٤٥٦٧')).body).toMatchObject([{ phoneNumber: '+49301234567' }]);
    expect((await search('tel:+49301234567;npdi')).body).toMatchObject([{ phoneNumber: '+49301234567' }]);
  });
});

describe('the gate does not mend a destination', () => {
  it.each(['+112312312321', '+117755555555', '+4402079460958', '+44 (0)20 7946 0958', '++442079460958'])(
    'and refuses %s, as text too',
    async (destination) => {
      const { body } = await authorize(destination);
      expect(body).toMatchObject({ allowed: false, reasonCode: 'destination_invalid' });
      const text = await request<string>(v1('call-gate/authorize'), {
        apiKey: key,
        body: { agentId, destination },
        headers: { accept: 'text/plain' },
      });
      expect(text.body).toBe('deny destination_invalid\n');
      const found = await logged(destination);
      expect(found.map(({ id }) => id)).toContain(body.authorizationId);
    },
  );

  it('keeps what was asked in the ledger, where any spelling of it finds it', async () => {
    const { body } = await authorize('+1 (123) 123-12321');
    expect(body.destination.phoneNumber).toBe('+112312312321');
    for (const spelling of ['+112312312321', '+1 (123) 123-12321', '+1.123.123.12321', ' 112312312321', '+1123*']) {
      const ids = (await logged(spelling)).map(({ id }) => id);
      expect([spelling, ids.includes(body.authorizationId)]).toEqual([spelling, true]);
    }
    expect(await logged('+12312312321')).toEqual([]);
  });

  it.each(['sip:+14165550123@example.com', 'tel:+14165550123;ext=5', '+49301234567.0'])(
    'and keeps %s as it was sent, being no spelling of digits',
    async (destination) => {
      const { body } = await authorize(destination);
      expect((await logged(destination)).map(({ id }) => id)).toContain(body.authorizationId);
    },
  );

  it.each(['+49 30/12345678', '+٤٩٣٠١٢٣٤٥٦٧٨', 'tel:+49-30-12345678;npdi', '\ufffc+49\ufe0f3012345678'])(
    'but reads another spelling of the same digits: %s',
    async (destination) => {
      const { body } = await authorize(destination);
      expect(body).toMatchObject({ allowed: true, destination: { phoneNumber: '+493012345678' } });
      expect((await logged(destination)).map(({ id }) => id)).toContain(body.authorizationId);
    },
  );

  it.each(['+16212345678', '+19242345678', '+16792345678', '+17292345678'])(
    'and knows %s, whose area code the metadata lacks',
    async (destination) => {
      expect((await authorize(destination)).body).toMatchObject({ allowed: true, destination: { countryCode: 'US' } });
      const created = await request(v1('phone-numbers'), {
        apiKey: key,
        body: { phoneNumber: destination, provider: 'other' },
      });
      expect(created).toMatchObject({ status: 201, body: { countryCode: 'US' } });
    },
  );

  it('tells +800 from +808 and +979 by their ITU code: +800 alone can be allowed', async () => {
    const rules = { allowedNumberTypes: ['UNIVERSAL_TOLL_FREE'], dailyLimit: 1_000 };
    const other = await createAgent(db, { organizationId });
    const number = await createPhoneNumber(db, { organizationId });
    const answer = await request(v1(`phone-numbers/${number}/assign`), {
      apiKey: key,
      body: { agentId: other, ...rules },
    });
    expect(answer.status).toBeLessThan(300);
    const call = async (destination: string) =>
      (await request(v1('call-gate/authorize'), { apiKey: key, body: { agentId: other, destination } })).body;
    expect(await call('+80012345678')).toMatchObject({ allowed: true, destination: { type: 'UNIVERSAL_TOLL_FREE' } });
    for (const [destination, type] of [
      ['+979123456789', 'PREMIUM_RATE'],
      ['+80812345678', 'SHARED_COST'],
    ] as const) {
      expect(await call(destination)).toMatchObject({
        ...{ allowed: false, reasonCode: 'number_type_blocked' },
        destination: { type },
      });
    }
  });
});

describe('an upload', () => {
  it('reads national numbers as they are dialed in the country, each of its own', async () => {
    const job = await upload('(416) 555-0177,telnyx\n+14165550178,telnyx\n', { country: 'USA' });
    expect(job).toMatchObject({ created: 2, failed: 0, repaired: 0 });
    expect(await stored('+14165550177')).toEqual({ country_code: 'CA' });
    for (const [country, text, e164, own] of [
      ['GB', '07911 123456', '+447911123456', 'GG'],
      ['UK', '07797 712345', '+447797712345', 'JE'],
      ['FI', '018 345678', '+35818345678', 'AX'],
      ['IT', '06 698 12345', '+390669812345', 'VA'],
      ['RU', '8 771 000 9998', '+77710009998', 'KZ'],
    ] as const) {
      expect(await upload(`${text},telnyx\n`, { country })).toMatchObject({ created: 1, failed: 0 });
      expect([text, await stored(e164)]).toEqual([text, { country_code: own }]);
    }
  });

  it('reads numbers of several countries that lost their plus, when told so', async () => {
    const body = '442079460958,telnyx\n493012345699,telnyx\n4155550123,telnyx\n';
    const job = await upload(body, { numberFormat: 'e164_without_plus' });
    expect(job).toMatchObject({ created: 2, failed: 1, repaired: 0 });
    expect([await stored('+442079460958'), await stored('+493012345699')]).toEqual([
      { country_code: 'GB' },
      { country_code: 'DE' },
    ]);
    const refused = await request(v1('phone-numbers/bulk-upload?numberFormat=other'), {
      apiKey: key,
      body,
      headers: { 'content-type': 'text/csv' },
    });
    expect(refused).toMatchObject({ status: 400, body: { errors: { numberFormat: expect.any(String) } } });
  });

  it('takes a number out of a spreadsheet formula, and other names of a country', async () => {
    const job = await upload(
      'phoneNumber,provider,countryCode\n"=""+493012345677""",telnyx,DEU\n=+493012345676,telnyx,Germany\n+302112345678,telnyx,EL\n',
    );
    expect(job).toMatchObject({ created: 3, repaired: 2, noticeCount: 5, failed: 0 });
    const codes = (line: number) =>
      (job.notices as { line: number; code: string }[]).filter((one) => one.line === line).map(({ code }) => code);
    expect([codes(2), codes(3), codes(4)]).toEqual([
      ['cell_undone', 'country_alias'],
      ['cell_undone', 'country_alias'],
      ['country_alias'],
    ]);
  });

  it('refuses a currency that is none, as every other door does', async () => {
    const job = await upload('phoneNumber,provider,monthlyCost,currency\n+493012345675,telnyx,1,ABC\n');
    expect(job.errors).toMatchObject([{ code: 'currency_invalid', value: 'ABC' }]);
    const create = (currency: string) =>
      request(v1('phone-numbers'), {
        apiKey: key,
        body: { phoneNumber: '+493012345675', provider: 'telnyx', monthlyCost: '1', currency },
      });
    expect((await create('ABC')).body.errors).toEqual({ currency: 'must be an ISO 4217 code, such as USD' });
    expect((await create('HRK')).body.errors).toEqual({ currency: expect.stringMatching(/write EUR/) });
    const { authorizationId } = (await authorize('+14165550123')).body;
    const settle = (currency: string) =>
      request(v1(`call-gate/authorizations/${authorizationId}/complete`), {
        apiKey: key,
        body: { disposition: 'answered', cost: '0.01', currency },
      });
    expect((await settle('ABC')).body.errors).toEqual({ currency: 'must be an ISO 4217 code, such as USD' });
    expect((await settle('usd')).status).toBe(200);
    expect((await create('eur')).body).toMatchObject({ currency: 'EUR' });
  });
});

describe('another code of a country', () => {
  it('is taken in lists of allowed countries, and in filters', async () => {
    const other = await createAgent(db, { organizationId });
    const number = await createPhoneNumber(db, { organizationId });
    const answer = await request(v1(`phone-numbers/${number}/assign`), {
      apiKey: key,
      body: { agentId: other, allowedCountries: ['UK', 'el', 'USA', 'US'] },
    });
    expect(answer.body).toMatchObject({ allowedCountries: ['GB', 'GR', 'US'] });
    const list = await request(v1(`phone-numbers?filter=${encodeURIComponent('{"countryCode":["UK"]}')}`), {
      apiKey: key,
    });
    expect(list.status).toBe(200);
    const refused = await request(v1(`phone-numbers/${number}/assign`), {
      apiKey: key,
      body: { agentId: other, allowedCountries: ['XX'] },
    });
    expect(refused.body.errors.allowedCountries).toMatch(/"XX" is none/);
  });

  it('is taken for a number that is added', async () => {
    const { body } = await request(v1('phone-numbers'), {
      apiKey: key,
      body: { phoneNumber: '020 7946 0999', provider: 'telnyx', countryCode: 'UK' },
    });
    expect(body).toMatchObject({ phoneNumber: '+442079460999', countryCode: 'GB' });
  });
});

it('tells how old the numbering plans are', async () => {
  const { body } = await request<string>(`${api.url}/metrics`);
  expect(body).toMatch(/^ringfence_phone_metadata_age_days \d+$/m);
});
