import fc from 'fast-check';
import { uploadColumns } from '#contracts';
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

const POOL = '00000000-0000-7000-8000-000000000001';
/** Numbers that one file is made of: few, so that they meet each other and what is there already. */
const NUMBERS = 12;
type Cells = Record<(typeof uploadColumns)[number], string>;

let db: TestDatabase;
let api: RunningApi;
let first = 5_550_000;

beforeAll(async () => {
  db = await createTestDatabase();
  api = await startApi({ databaseUrl: db.url });
});

afterAll(async () => {
  await api?.close();
  await db?.drop();
});

/** What the organization has before an upload: where each number stands, and how many numbers an agent may have. */
interface World {
  places: ('nowhere' | 'own' | 'assigned' | 'resting' | 'released' | 'pool' | 'elsewhere')[];
  numbersPerAgent: 'one' | 'many';
}

interface Scene {
  organizationId: string;
  key: string;
  numbers: string[];
}

async function build({ places, numbersPerAgent }: World): Promise<Scene> {
  const organizationId = await createOrganization(db);
  const rivalId = await createOrganization(db);
  await db.query('update organizations set numbers_per_agent = $2 where id = $1', [organizationId, numbersPerAgent]);
  const { key } = await createApiKey(db, {
    organizationId,
    scopes: ['numbers:read', 'numbers:write', 'assignments:write'],
  });
  await db.query(`insert into clients (organization_id, name) values ($1, 'Acme'), ($1, 'Bolt')`, [organizationId]);
  const [ann] = await Promise.all(['Ann', 'Bob', 'Cid'].map((name) => createAgent(db, { organizationId, name })));
  await createAgent(db, { organizationId, name: 'Asleep', status: 'inactive' });
  const from = (first += NUMBERS);
  const numbers = places.map((_, index) => `+1415${from + index}`);
  let anns = 0;
  for (const [index, place] of places.entries()) {
    if (place === 'nowhere') continue;
    const owner = place === 'pool' ? POOL : place === 'elsewhere' ? rivalId : organizationId;
    const lifecycle = place === 'released' ? 'released' : place === 'resting' ? 'inactive' : 'active';
    const number = { organizationId: owner, e164: numbers[index]!, lifecycle, label: 'Before' } as const;
    const phoneNumberId = await createPhoneNumber(db, number);
    if (place !== 'assigned' || (numbersPerAgent === 'one' && anns > 0)) continue;
    anns += 1;
    await createAssignment(db, { organizationId, agentId: ann!, phoneNumberId, dailyLimit: 7 });
  }
  return { organizationId, key, numbers };
}

const upload = async ({ key }: Scene, file: string, search: string) => {
  const { status, body } = await request(`${api.url}/api/v1/phone-numbers/bulk-upload${search}`, {
    apiKey: key,
    body: file,
    headers: { 'content-type': 'text/csv', prefer: 'wait=30' },
  });
  expect({ status, body }).toMatchObject({ status: 200, body: { status: 'completed' } });
  const errors = await request(`${api.url}/api/v1/imports/${body.id}/errors.csv`, { apiKey: key });
  const { total, processed, created, updated, skipped, failed, repaired, noticeCount, notices } = body;
  return {
    total,
    processed,
    created,
    updated,
    skipped,
    failed,
    repaired,
    noticeCount,
    notices,
    errors: errors.body as string,
  };
};

/** Everything that an upload may change, to the last column. */
async function stateOf({ organizationId }: Scene): Promise<string> {
  const tables = [
    'select to_jsonb(n) from phone_numbers n order by id',
    'select to_jsonb(a) from agent_phone_numbers a where organization_id = $1 order by id',
    'select to_jsonb(a) from agents a where organization_id = $1 order by id',
    'select to_jsonb(c) from clients c where organization_id = $1 order by id',
    'select to_jsonb(o) from organizations o where id = $1',
    `select facet, value, country_code, provider, lifecycle, connected, assigned, labelled, currency, sum(numbers), sum(monthly_cost)
     from phone_number_counts where organization_id = $1 group by 1, 2, 3, 4, 5, 6, 7, 8, 9
     having sum(numbers) <> 0 or sum(monthly_cost) <> 0 order by 1, 2, 3, 4, 5, 6, 7, 8, 9`,
  ];
  const rows = await Promise.all(
    tables.map((sql) => db.query(`select t.* from (${sql}) t`, sql.includes('$1') ? [organizationId] : [])),
  );
  return rows.map((table) => JSON.stringify(table)).join('\n');
}

const eventsOf = async ({ organizationId }: Scene) =>
  (await db.query('select count(*)::int from audit_events where organization_id = $1', [organizationId]))[0]!['count'];

const world = fc.record<World>({
  places: fc.array(
    fc.constantFrom('nowhere', 'nowhere', 'own', 'assigned', 'resting', 'released', 'pool', 'elsewhere'),
    { minLength: NUMBERS, maxLength: NUMBERS },
  ),
  numbersPerAgent: fc.constantFrom('one', 'many'),
});

/** A row by the place of its number among the scene's, and what damage was done to it. */
const row = fc.record({
  number: fc.integer({ min: 0, max: NUMBERS - 1 }),
  written: fc.constantFrom('e164', 'e164', 'e164', 'without plus', 'national', 'apostrophe', 'scientific', 'too short'),
  damage: fc.constantFrom(null, null, null, null, 'open quote', 'more cells', 'NUL', 'too long', 'blank'),
  cells: fc.record({
    provider: fc.constantFrom('telnyx', 'twilio', 'Telnyx', 'acme', ''),
    countryCode: fc.constantFrom('US', 'us', '', 'CA', 'XX'),
    label: fc.constantFrom('', '', 'Desk', '=1+2', 'O\'Neil, "Jr"', 'two\nlines', 'שלום', 'x'.repeat(201)),
    region: fc.constantFrom('', '', 'Bay Area', 'x'.repeat(101)),
    client: fc.constantFrom('', '', 'Acme', 'bolt', 'Nobody'),
    monthlyCost: fc.constantFrom('', '1.15', '2,5', '0', 'free'),
    currency: fc.constantFrom('', '', 'EUR', 'usd', 'euro'),
    capabilities: fc.constantFrom('', '', 'voice', 'sms', 'voice sms', 'none', 'fax'),
    tags: fc.constantFrom('', 'vip', 'vip;new', 'a\\;b;c', 'x'.repeat(51)),
    agent: fc.constantFrom('', '', 'Ann', 'bob', 'Cid', 'Asleep', 'Nobody'),
    dailyLimit: fc.constantFrom('', '', '0', '25', '-1'),
    allowedCountries: fc.constantFrom('', 'US', 'us ca', 'none', 'ZZ'),
  }),
});
type Row = typeof row extends fc.Arbitrary<infer R> ? R : never;

const layout = fc.record({
  columns: fc
    .shuffledSubarray([...uploadColumns], { minLength: 6 })
    .map((columns) => [
      ...columns,
      ...(['phoneNumber', 'provider'] as const).filter((needed) => !columns.includes(needed)),
    ]),
  delimiter: fc.constantFrom(',', ';', '\t'),
  newline: fc.constantFrom('\n', '\r\n'),
});

function fileOf(
  rows: readonly Row[],
  numbers: readonly string[],
  form: typeof layout extends fc.Arbitrary<infer L> ? L : never,
) {
  const { columns, delimiter, newline } = form;
  const lines = rows.map(({ number, written, damage, cells }) => {
    if (damage === 'blank') return delimiter.repeat(columns.length - 1);
    const values: Cells = { ...cells, phoneNumber: writtenAs(numbers[number]!, written) };
    if (damage === 'NUL') values.label += '\0';
    if (damage === 'too long') values.label = 'x'.repeat(70_000);
    const line = columns.map((column) => quoted(values[column], delimiter)).join(delimiter);
    if (damage === 'open quote') return `"${line.replaceAll('"', '').replaceAll('\n', ' ')}`;
    return damage === 'more cells' ? `${line}${delimiter}more` : line;
  });
  return [columns.join(delimiter), ...lines].join(newline);
}

function writtenAs(e164: string, written: Row['written']): string {
  if (written === 'without plus') return e164.slice(1);
  if (written === 'national') return `(${e164.slice(2, 5)}) ${e164.slice(5, 8)}-${e164.slice(8)}`;
  if (written === 'apostrophe') return `'${e164}`;
  if (written === 'scientific') return `1.${e164.slice(3)}E+10`;
  return written === 'too short' ? e164.slice(0, 8) : e164;
}

const quoted = (value: string, delimiter: string) =>
  value.includes('"') || value.includes('\n') || value.includes(delimiter) ? `"${value.replaceAll('"', '""')}"` : value;

it('a dry run reports what the upload then reports and changes nothing, and a second upload changes nothing', async () => {
  await fc.assert(
    fc.asyncProperty(
      world,
      // A file of blank lines alone is refused as a whole.
      fc.array(row, { minLength: 1, maxLength: 30 }).filter((rows) => rows.some(({ damage }) => damage !== 'blank')),
      layout,
      fc.constantFrom('create', 'upsert'),
      async (places, rows, form, mode) => {
        const scene = await build(places);
        const file = fileOf(rows, scene.numbers, form);
        const [before, events] = [await stateOf(scene), await eventsOf(scene)];
        const rehearsed = await upload(scene, file, `?mode=${mode}&dryRun=true&country=US`);
        expect(await stateOf(scene)).toBe(before);
        expect(await eventsOf(scene)).toBe(events);
        const real = await upload(scene, file, `?mode=${mode}&country=US`);
        expect(rehearsed).toEqual(real);
        expect(real.created + real.updated + real.skipped + real.failed).toBe(real.total);
        const after = await stateOf(scene);
        const again = await upload(scene, file, `?mode=${mode}&country=US`);
        expect(await stateOf(scene)).toBe(after);
        expect(again).toMatchObject({ total: real.total, created: 0, updated: 0 });
      },
    ),
    { numRuns: Number(process.env['IMPORT_PROPERTY_RUNS'] ?? 25) },
  );
}, 120_000);
