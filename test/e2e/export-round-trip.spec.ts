import fc from 'fast-check';
import { type RunningApi, startApi } from '../support/api.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { createAgent, createApiKey, createOrganization } from '../support/fixtures.js';
import { request } from '../support/http.js';

let db: TestDatabase;
let api: RunningApi;
let organizationId: string;
let key: string;
let next = 5_550_000;

/** Names that mean something to a spreadsheet, to CSV, or to the columns that hold lists. */
const NAMES = [
  'Front desk',
  '=1+2',
  "'=1+2",
  "''-x",
  '+12025550123',
  '-',
  '@home',
  'a,b;c|d',
  '"quoted"',
  "O'Neil",
  'שלום',
  'none',
  '\\',
];
const agents = new Map<string, string>();
const clients = new Map<string, string>();

beforeAll(async () => {
  db = await createTestDatabase();
  api = await startApi({ databaseUrl: db.url });
  organizationId = await createOrganization(db);
  const scopes = ['numbers:read', 'numbers:write', 'assignments:write'] as const;
  key = (await createApiKey(db, { organizationId, scopes: [...scopes] })).key;
  for (const name of NAMES) {
    agents.set(name, await createAgent(db, { organizationId, name, externalId: name.split('').reverse().join('') }));
    const insert = 'insert into clients (organization_id, name) values ($1, $2) returning id';
    clients.set(name, (await db.query(insert, [organizationId, name]))[0]!['id']);
  }
});

afterAll(async () => {
  await api?.close();
  await db?.drop();
});

const call = async (path: string, options: Parameters<typeof request>[1] = {}) => {
  const { status, body } = await request(`${api.url}/api/v1/phone-numbers${path}`, { apiKey: key, ...options });
  if (status >= 400) throw new Error(`${path}: ${JSON.stringify(body)}`);
  return body;
};
/** Numbers that are uploaded together are made in another order. */
const exported = async () => ((await call('/export.csv')) as string).split('\r\n').sort();
const uploaded = (body: string, search = '') =>
  call(`/bulk-upload${search}`, { body, headers: { 'content-type': 'text/csv', prefer: 'wait=30' } });

const forget = async () => {
  for (const table of ['agent_phone_numbers', 'phone_numbers']) {
    await db.query(`delete from ${table} where organization_id = $1`, [organizationId]);
  }
};

/** Text as people and programs write it, without the control characters that an upload refuses. */
const text = (most: number) =>
  fc.oneof(fc.constantFrom(...NAMES, 'two\nlines'), fc.string({ unit: 'grapheme', maxLength: 20 })).map((value) =>
    value
      .replaceAll(/(?!\n)[\p{Cc}\ufffd]/gu, '')
      .trim()
      .slice(0, most),
  );
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const tag = text(50).filter((value) => value !== '');

const number = fc.record({
  fields: fc.record({
    provider: fc.constantFrom('telnyx', 'twilio', 'other'),
    label: optional(text(200)),
    region: optional(text(100)),
    tags: optional(fc.array(tag, { maxLength: 5 })),
    monthlyCost: optional(fc.constantFrom('0', '1.15', '12345678.1234')),
    currency: optional(fc.constantFrom('EUR', 'JPY')),
    capabilities: optional(fc.record({ voice: fc.boolean(), sms: fc.boolean() })),
  }),
  client: optional(fc.constantFrom(...NAMES)),
  assignment: optional(
    fc.record({
      agent: fc.constantFrom(...NAMES),
      dailyLimit: fc.integer({ min: 0, max: 1_000_000 }),
      allowedCountries: fc.constantFrom(null, [], ['US'], ['US', 'CA']),
    }),
  ),
});

it('an export that is uploaded gives the same numbers again, in every column', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(number, { minLength: 1, maxLength: 6 }), async (numbers) => {
      await forget();
      for (const { fields, client, assignment } of numbers) {
        const phoneNumber = `+1415${(next += 1)}`;
        const clientId = client && clients.get(client);
        const { id } = await call('', { body: { ...fields, phoneNumber, clientId } });
        if (!assignment) continue;
        const { agent, ...rules } = assignment;
        await call(`/${id}/assign`, { body: { agentId: agents.get(agent), ...rules } });
      }
      const file = await call('/export.csv');
      const lines = await exported();

      const unchanged = await uploaded(file, '?mode=upsert');
      expect(unchanged).toMatchObject({ total: numbers.length, skipped: numbers.length, errors: [] });
      expect(await exported()).toEqual(lines);

      await forget();
      const anew = await uploaded(file);
      expect(anew).toMatchObject({ total: numbers.length, created: numbers.length, errors: [] });
      expect(await exported()).toEqual(lines);
    }),
    { numRuns: Number(process.env['IMPORT_PROPERTY_RUNS'] ?? 25) },
  );
}, 120_000);
