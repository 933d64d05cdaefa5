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

const PLATFORM = '00000000-0000-7000-8000-000000000001';

let database: TestDatabase;
let api: RunningApi;
let numbers: string;
let organizationId: string;
let key: string;
let rivalKey: string;
let keyWithoutNumbers: string;

beforeAll(async () => {
  database = await createTestDatabase();
  api = await startApi({ databaseUrl: database.url });
  numbers = `${api.url}/api/v1/phone-numbers`;
  const rivalId = await createOrganization(database);
  organizationId = await createOrganization(database);
  const scopes = ['numbers:read', 'numbers:write'] as const;
  const keyFor = async (id: string) => (await createApiKey(database, { organizationId: id, scopes: [...scopes] })).key;
  [key, rivalKey] = [await keyFor(organizationId), await keyFor(rivalId)];
  keyWithoutNumbers = (await createApiKey(database, { organizationId, scopes: ['agents:read'] })).key;
  await seed(rivalId);
});

afterAll(async () => {
  await api?.close();
  await database?.drop();
});

/** Sixty own numbers of three countries, one of a rival, two of the pool, one of them reserved. */
async function seed(rivalId: string): Promise<void> {
  await database.query(
    `insert into phone_numbers (organization_id, e164, country_code, provider, label, tags, region, monthly_cost, currency)
     select $1, '+120255501' || i, (array['US', 'GB', 'DE'])[i % 3 + 1], (array['twilio', 'telnyx'])[i % 2 + 1],
       case when i % 4 = 0 then 'Desk ' || i end, case when i % 5 = 0 then array['vip'] else '{}' end,
       case when i % 2 = 0 then 'East' end, 1.25, case when i % 10 = 0 then 'EUR' else 'USD' end
     from generate_series(10, 69) i`,
    [organizationId],
  );
  await createPhoneNumber(database, { organizationId: rivalId, e164: '+12025550199', label: 'Rival desk' });
  await createPhoneNumber(database, { organizationId: PLATFORM, e164: '+13125550001' });
  const reserved = await createPhoneNumber(database, { organizationId: PLATFORM, e164: '+13125550002' });
  await database.query(`update phone_numbers set reserved_until = now() + interval '1 hour' where id = $1`, [reserved]);
  const agentId = await createAgent(database, { organizationId, name: 'Alice' });
  const [first, second] = await database.query(
    'select id from phone_numbers where organization_id = $1 order by e164 limit 2',
    [organizationId],
  );
  await createAssignment(database, { organizationId, agentId, phoneNumberId: first!['id'], allowedCountries: ['US'] });
  await database.query('update phone_numbers set inbound_agent_id = $1 where id = $2', [agentId, second!['id']]);
}

const get = (path: string, apiKey = key) => request(`${numbers}${path}`, { apiKey });
const list = (parameters: Record<string, unknown>, apiKey = key) => {
  const search = Object.entries(parameters).map(([name, value]) => [name, JSON.stringify(value)]);
  return get(`?${new URLSearchParams(search as [string, string][])}`, apiKey);
};
const phoneNumbers = (body: { phoneNumber: string }[]) => body.map(({ phoneNumber }) => phoneNumber);

describe('totals and pages', () => {
  it.each([
    [{}, 60],
    [{ countryCode: 'GB' }, 20],
    [{ countryCode: ['GB', 'DE'] }, 40],
    [{ countryCode: 'GB', provider: 'twilio', region: 'East' }, 10],
    [{ tag: 'vip' }, 12],
    [{ tag: 'vip', region: 'East' }, 6],
    [{ label: 'desk 1' }, 2],
    [{ assignment: 'assigned' }, 1],
    [{ assignment: 'unassigned' }, 59],
    [{ status: 'connected' }, 1],
    [{ status: 'available' }, 1],
    [{ inPool: true }, 2],
    [{ q: '(202) 555-016' }, 10],
    [{ clientId: '00000000-0000-7000-8000-00000000000a' }, 0],
  ])('tells for %j that there are %i', async (filter, total) => {
    const { headers, body } = await list({ filter, range: [0, 999] });
    expect(body).toHaveLength(total);
    expect(headers.get('x-total-count')).toBe(String(total));
    expect(headers.get('x-total-exact')).toBe('true');
  });

  it.each(['createdAt', 'phoneNumber', 'countryCode', 'provider', 'label', 'lifecycle', 'status', 'agentName'])(
    'by %s, pages put together are the list, in both directions and from both ends',
    async (field) => {
      for (const direction of ['ASC', 'DESC']) {
        const all = phoneNumbers((await list({ sort: [field, direction], range: [0, 99] })).body);
        expect(new Set(all).size).toBe(60);
        const pages = [];
        for (let first = 0; first < 70; first += 7) {
          pages.push(...phoneNumbers((await list({ sort: [field, direction], range: [first, first + 6] })).body));
        }
        expect(pages).toEqual(all);
      }
    },
  );

  it('finds what others have neither by number nor by label', async () => {
    for (const q of ['5550199', 'Rival']) expect((await list({ filter: { q } })).body).toEqual([]);
    expect(phoneNumbers((await list({ filter: { q: 'Rival' } }, rivalKey)).body)).toEqual(['+12025550199']);
  });

  it.each(['+44 (0)20 7946 0958', '020 7946 0958', '0044 20 7946 0958', '20-7946-0958', '+442079460958'])(
    'finds a number written as %s',
    async (q) => {
      await database.query(
        `update phone_numbers set e164 = '+442079460958' where e164 in ('+12025550111', '+442079460958')`,
      );
      expect(phoneNumbers((await list({ filter: { q } })).body)).toEqual(['+442079460958']);
    },
  );

  it.each([
    ['createdAt', 'ASC'],
    ['createdAt', 'DESC'],
    ['phoneNumber', 'ASC'],
    ['phoneNumber', 'DESC'],
    ['agentName', 'ASC'],
    ['provider', 'DESC'],
  ])('merges the lists of several countries to one by %s %s, page by page', async (field, direction) => {
    const sort = [field, direction];
    const all = (await list({ sort, range: [0, 99] })).body as { countryCode: string; phoneNumber: string }[];
    const expected = phoneNumbers(all.filter(({ countryCode }) => countryCode !== 'US'));
    const pages: string[] = [];
    for (let from = 0; from < 40; from += 7) {
      const filter = { countryCode: ['GB', 'DE', 'GB', 'FR'] };
      pages.push(...phoneNumbers((await list({ filter, sort, range: [from, from + 6] })).body));
    }
    expect(pages).toEqual(expected);
  });

  it('finds words that most numbers have, newest first, and says that it did not count them all', async () => {
    const big = await createOrganization(database);
    await database.query(
      `insert into phone_numbers (organization_id, e164, country_code, provider, label)
       select $1, '+1303555' || i, case when i < 1300 then 'CA' else 'US' end, 'telnyx', 'Desk ' || i
       from generate_series(1000, 6100) i`,
      [big],
    );
    const bigKey = (await createApiKey(database, { organizationId: big, scopes: ['numbers:read'] })).key;
    const asked = async (filter: object) => {
      const { body, headers } = await list({ filter, range: [0, 1] }, bigKey);
      return [phoneNumbers(body), headers.get('x-total-count'), headers.get('x-total-exact')];
    };
    const newest = ['+13035556100', '+13035556099'];
    expect(await asked({ q: '303555' })).toEqual([newest, '5000', 'false']);
    expect(await asked({ label: 'desk' })).toEqual([newest, '5000', 'false']);
    // Most of the newest have these, and yet few enough to be counted; and then those that only the oldest have.
    expect(await asked({ q: '3035555' })).toEqual([['+13035555999', '+13035555998'], '1000', 'true']);
    expect(await asked({ q: '3035551' })).toEqual([['+13035551999', '+13035551998'], '1000', 'true']);
    expect(await asked({ q: '303555', countryCode: 'CA' })).toEqual([['+13035551299', '+13035551298'], '300', 'true']);
  });

  it('keeps the counters true through adding, changing, assigning and deleting', async () => {
    const { body: added } = await request(numbers, {
      apiKey: key,
      body: { phoneNumber: '+14155550123', provider: 'telnyx', tags: ['a', 'b'], region: 'West', monthlyCost: '2' },
    });
    await request(`${numbers}/${added.id}`, { apiKey: key, method: 'PUT', body: { tags: ['b', 'c'], label: 'New' } });
    expect(await difference()).toEqual([]);
    await request(`${numbers}/${added.id}`, { apiKey: key, method: 'DELETE' });
    expect(await difference()).toEqual([]);
    expect((await list({ filter: { tag: 'b' } })).headers.get('x-total-count')).toBe('0');
  });

  const KEY = `organization_id, facet, value, country_code, provider, lifecycle, connected, assigned, labelled, currency`;
  const difference = () =>
    database.query(`
      with truth as (
        select n.organization_id, f.facet, f.value, coalesce(n.country_code, '') as country_code, n.provider,
          n.lifecycle, n.inbound_agent_id is not null as connected, exists (
            select from agent_phone_numbers a where a.phone_number_id = n.id and a.ended_at is null) as assigned,
          n.label is not null as labelled, coalesce(n.currency, '') as currency, 1 as numbers, n.monthly_cost as cost
        from phone_numbers n cross join lateral (
          select '' as facet, '' as value union all select 'tag', unnest(n.tags)
          union all select 'region', n.region where n.region is not null
          union all select 'client', n.client_id::text where n.client_id is not null) f
        where n.lifecycle <> 'released'
      ), told as (select ${KEY}, numbers, monthly_cost as cost from phone_number_counts)
      select ${KEY}, sum(numbers) as numbers from (
        select * from truth union all select ${KEY}, -numbers, -cost from told) d
      group by ${KEY} having sum(numbers) <> 0 or coalesce(sum(cost), 0) <> 0`);
});

describe('the summary', () => {
  it('counts the own numbers and what the pool offers', async () => {
    const { status, body } = await get('/summary');
    expect(status).toBe(200);
    expect(body).toMatchObject({ mine: 60, connected: 1, assigned: 1, available: 1 });
    expect(body.byCountry).toHaveLength(3);
    expect(body.byProvider).toEqual([
      { provider: 'telnyx', numbers: 30 },
      { provider: 'twilio', numbers: 30 },
    ]);
    expect(body.monthlyCost).toEqual([
      { currency: 'EUR', amount: '7.5' },
      { currency: 'USD', amount: '67.5' },
    ]);
    expect((await get('/summary', rivalKey)).body).toMatchObject({ mine: 1, monthlyCost: [], available: 1 });
  });

  it.each(['/summary', '/export.csv', '/export.json'])('%s is refused without numbers:read', async (path) => {
    expect((await get(path, keyWithoutNumbers)).status).toBe(403);
  });
});

describe('the export', () => {
  const filterOf = (filter: object) => `filter=${encodeURIComponent(JSON.stringify(filter))}`;

  it('holds every number of the filter and nothing of others, as CSV and as JSON', async () => {
    const { headers, body } = await get('/export.csv');
    expect(headers.get('content-type')).toBe('text/csv; charset=utf-8');
    const lines = (body as string).trimEnd().split('\r\n');
    expect(lines).toHaveLength(61);
    expect(body).not.toContain('+12025550199');
    expect(body).toMatch(/^\+12025550110,.*,Alice,100,US\r$/m);
    const json = await get(`/export.json?${filterOf({ countryCode: 'GB' })}`);
    expect(json.body).toHaveLength(20);
    expect((await get(`/export.json?${filterOf({ q: '0000000' })}`)).body).toEqual([]);
  });

  it('refuses a filter that the list refuses, before a line is sent', async () => {
    const { status, body } = await get(`/export.csv?${filterOf({ colour: 'red' })}`);
    expect({ status, code: body.code }).toEqual({ status: 400, code: 'validation_failed' });
    expect((await get(`/export.csv?${filterOf({ provider: 'acme' })}`)).status).toBe(400);
  });

  it('makes text of what a spreadsheet would run, and leaves numbers as they are', async () => {
    await database.query(
      `update phone_numbers set label = '=HYPERLINK("http://a")', region = '@x' where e164 = '+12025550112'`,
    );
    const { body } = await get(`/export.csv?${filterOf({ q: '5550112' })}`);
    expect(body.split('\r\n')[1]).toMatch(/^\+12025550112,\w+,\w\w,"'=HYPERLINK\(""http:\/\/a""\)",'@x,/);
  });

  it('comes back as it was when its columns are uploaded', async () => {
    const before = await get('/export.csv?' + filterOf({ provider: 'twilio', label: 'desk' }));
    const columns = (text: string) => text.split('\r\n').map((line) => line.split(',').slice(0, 4).join(','));
    const csv = columns(before.body).join('\r\n');
    await database.query(
      `delete from phone_numbers where organization_id = $1 and provider = 'twilio' and label like 'Desk%'`,
      [organizationId],
    );
    const { status, body } = await request(`${numbers}/bulk-upload`, {
      apiKey: key,
      body: csv.replaceAll(/,(GB|DE),/g, ',,'),
      headers: { 'content-type': 'text/csv', prefer: 'wait=30' },
    });
    expect({ status, failed: body.failed }).toEqual({ status: 200, failed: 0 });
    const after = await get('/export.csv?' + filterOf({ provider: 'twilio', label: 'desk' }));
    const withoutCountry = (text: string) =>
      columns(text)
        .map((line) => line.replace(/,(GB|DE|US),/, ',,'))
        .sort();
    expect(withoutCountry(after.body)).toEqual(withoutCountry(before.body));
  });
});
