import fc from 'fast-check';
import { UNREADABLE } from '../../apps/api/src/platform/http/fields/readable-text.js';
import { type RunningApi, startApi } from '../support/api.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { createAgent, createApiKey, createOrganization, createUser, signIn } from '../support/fixtures.js';
import { request } from '../support/http.js';

let db: TestDatabase;
let api: RunningApi;
let organizationId: string;
let key: string;
let next = 5_550_000;

const ALL_UNREADABLE = new RegExp(UNREADABLE, 'gu');

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

/** As many lines as a text may have, with a separator in front, so that the file has to quote it. */
const MOST_LINES = `,${'\n'.repeat(32)}"`;

/** Any text but the characters that neither a request nor an upload may have. */
const text = (most: number) =>
  fc
    .oneof(
      fc.constantFrom(
        ...NAMES,
        'two\nlines',
        'a\ttab',
        '\u0085\u2028\u007f',
        MOST_LINES,
        '😀'.repeat(most),
        '"'.repeat(most),
      ),
      fc.string({ unit: 'grapheme', maxLength: 20 }),
      fc.string({ unit: 'binary', maxLength: 20 }),
      fc.string({ unit: 'binary-ascii', maxLength: 20 }),
    )
    .map((value) => [...value.replaceAll(ALL_UNREADABLE, '')].slice(0, most).join('').trim());
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const tag = text(50)
  .map((value) => value.replaceAll('\n', ' '))
  .filter((value) => value !== '');

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
        if (!assignment || fields.capabilities?.voice === false) continue;
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

describe('text that an upload would refuse', () => {
  const UNREADABLE = ['bell\u0007', 'car\rriage', 'esc\u001b[0m', 'half \ud83d', 'lost \ufffd'];
  let owner: string;
  beforeAll(async () => {
    await createUser(db, { organizationId, role: 'owner', email: 'owner@round-trip.test' });
    owner = await signIn(api.url, 'owner@round-trip.test');
  });
  const send = (path: string, body: object, method = 'POST') =>
    request(`${api.url}/api/v1${path}`, { token: owner, body, method });

  it.each(UNREADABLE)('is refused wherever it would be stored: %j', async (value) => {
    const { id } = await call('', { body: { phoneNumber: `+1415${(next += 1)}`, provider: 'telnyx' } });
    const fields: [string, object, string, string?][] = [
      ['/phone-numbers', { phoneNumber: `+1415${(next += 1)}`, provider: 'telnyx', label: value }, 'label'],
      [`/phone-numbers/${id}`, { label: value }, 'label', 'PUT'],
      [`/phone-numbers/${id}`, { region: value }, 'region', 'PUT'],
      [`/phone-numbers/${id}`, { tags: ['fine', value] }, 'tags', 'PUT'],
      ['/phone-numbers/bulk', { operation: 'tag', ids: [id], tags: [value] }, 'tags'],
      ['/agents', { name: value, kind: 'ai' }, 'name'],
      [`/agents/${agents.get('Front desk')}`, { externalId: value }, 'externalId', 'PUT'],
      ['/clients', { name: value }, 'name'],
      [`/clients/${clients.get('Front desk')}`, { name: value }, 'name', 'PUT'],
    ];
    for (const [path, body, field, method] of fields) {
      const answer = await send(path, body, method);
      expect([path, answer.status, answer.body.code]).toEqual([path, 400, 'validation_failed']);
      // What no field may hold is refused with the place in a list, such as tags[1].
      const [named, message] = Object.entries(answer.body.errors as Record<string, string>)[0]!;
      expect([named.split('[')[0], message]).toEqual([
        field,
        expect.stringMatching(/must not contain (control characters|half of a character)/),
      ]);
    }
    const job = await uploaded(
      `phoneNumber,provider,label\n+1415${(next += 1)},telnyx,${value.replace('\r', '\u000b')}`,
    );
    expect(job.errors).toEqual([expect.objectContaining({ column: 'label', code: 'characters_invalid' })]);
  });

  it('is refused when it has so many lines that an upload would look for the end of its quote in vain', async () => {
    const { id } = await call('', { body: { phoneNumber: `+1415${(next += 1)}`, provider: 'telnyx' } });
    const value = `${MOST_LINES}\nend`;
    for (const [path, body, field, method] of [
      ['/phone-numbers', { phoneNumber: `+1415${(next += 1)}`, provider: 'telnyx', label: value }, 'label'],
      [`/phone-numbers/${id}`, { region: value }, 'region', 'PUT'],
      ['/agents', { name: value, kind: 'ai' }, 'name'],
      ['/clients', { name: value }, 'name'],
    ] as const) {
      const { status, body: problem } = await send(path, body, method);
      expect([path, status, problem.errors?.[field]]).toEqual([path, 400, expect.stringMatching(/32 line breaks/)]);
    }
  });

  it('is refused in a tag as soon as it has a line break, which can still be taken away', async () => {
    const { id } = await call('', { body: { phoneNumber: `+1415${(next += 1)}`, provider: 'telnyx' } });
    const tags = ['fine', 'two\nlines'];
    for (const [path, body, method] of [
      ['/phone-numbers', { phoneNumber: `+1415${(next += 1)}`, provider: 'telnyx', tags }],
      [`/phone-numbers/${id}`, { tags }, 'PUT'],
      ['/phone-numbers/bulk', { operation: 'tag', ids: [id], tags }],
    ] as const) {
      const { status, body: problem } = await send(path, body, method);
      expect([path, status, problem.errors?.tags]).toEqual([path, 400, expect.stringContaining('line breaks')]);
    }
    const job = await uploaded(`phoneNumber,provider,tags\n+1415${(next += 1)},telnyx,"fine;two\nlines"`);
    expect(job.errors).toEqual([
      expect.objectContaining({
        column: 'tags',
        code: 'characters_invalid',
        message: expect.stringMatching(/one line/),
      }),
    ]);

    await db.query('update phone_numbers set tags = $2 where id = $1', [id, tags]);
    const untag = { operation: 'untag', ids: [id], tags: ['two\nlines'] };
    expect((await send('/phone-numbers/bulk', untag)).body).toMatchObject({ done: 1 });
  });

  it.each([
    ['label', 200],
    ['region', 100],
  ])('is counted in a %s as the database counts, up to %i characters', async (field, most) => {
    const sent = async (value: string) => {
      const body = { phoneNumber: `+1415${(next += 1)}`, provider: 'telnyx', [field]: value };
      const { status, body: answer } = await send('/phone-numbers', body);
      return [status, answer.errors?.[field]];
    };
    const telephone = '\u260e\ufe0f';
    expect(await sent('😀'.repeat(most))).toEqual([201, undefined]);
    expect(await sent(telephone.repeat(most / 2))).toEqual([201, undefined]);
    for (const value of ['😀'.repeat(most + 1), `${telephone.repeat(most / 2)}x`]) {
      expect(await sent(value)).toEqual([400, `must have at most ${most} characters`]);
    }
  });
});
