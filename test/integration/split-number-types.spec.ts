import type { DataSource } from 'typeorm';
import { migrationDataSource } from '../../apps/api/src/platform/database/data-source.js';
import { migrations } from '../../migrations/index.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { destinationVectors } from '../support/destination-vectors.js';
import { createAgent, createAssignment, createOrganization, createPhoneNumber } from '../support/fixtures.js';

const OLD_TYPES = ['PREMIUM_RATE', 'SHARED_COST', 'NON_GEOGRAPHIC'];
const oldLists = OLD_TYPES.reduce<string[][]>(
  (lists, type) => [...lists, ...lists.map((list) => [...list, type])],
  [[]],
);

/** Every number of the vectors with the type that it had before numbers of no country were told apart. */
const numbers = Object.entries(destinationVectors).flatMap(([type, vectors]) =>
  vectors.map(([e164, country]) => {
    const planned = country && type === 'SATELLITE' ? 'MOBILE' : type;
    return { e164, country, type, before: country ? planned : 'NON_GEOGRAPHIC' };
  }),
);

describe('the conversion of what assignments allow', () => {
  let db: TestDatabase;
  let source: DataSource;
  const assignments = new Map<string, string[]>();
  let phoneNumberIds: string[];

  beforeAll(async () => {
    db = await createTestDatabase();
    source = migrationDataSource(db.url);
    await source.initialize();
    const later = migrations.length - migrations.findIndex(({ name }) => name.startsWith('SplitNumberTypes'));
    for (let i = 0; i < later; i += 1) await source.undoLastMigration();

    const organizationId = await createOrganization(db);
    for (const [index, types] of oldLists.entries()) {
      const agentId = await createAgent(db, { organizationId });
      const phoneNumberId = await createPhoneNumber(db, { organizationId, e164: `+1202555019${index}` });
      const id = await createAssignment(db, { organizationId, agentId, phoneNumberId, allowedCountries: ['GB', 'RU'] });
      await db.query('update agent_phone_numbers set allowed_number_types = $2 where id = $1', [id, types]);
      assignments.set(id, types);
    }
    phoneNumberIds = [];
    for (const { e164, country } of numbers.filter((number) => number.country === null)) {
      const id = await createPhoneNumber(db, { organizationId, e164 });
      await db.query(`update phone_numbers set country_code = $2, number_type = 'NON_GEOGRAPHIC' where id = $1`, [
        id,
        country,
      ]);
      phoneNumberIds.push(id);
    }
  });
  afterAll(async () => {
    await source?.destroy();
    await db?.drop();
  });

  /** Which of the numbers each assignment may call, as the database decides at the moment. */
  async function allowed(typeOf: 'before' | 'type'): Promise<Map<string, Set<string>>> {
    const rows = await db.query(
      `select a.id, n->>'e164' as e164 from agent_phone_numbers a cross join jsonb_array_elements($1::jsonb) n
       where decide_call(null, false, true, true, false, n->>'country', n->>$2, a.allowed_countries,
         a.allowed_number_types) is null`,
      [JSON.stringify(numbers), typeOf],
    );
    const calls = new Map([...assignments.keys()].map((id) => [id, new Set<string>()]));
    for (const { id, e164 } of rows) calls.get(id as string)!.add(e164 as string);
    return calls;
  }

  it('lets no assignment call a number that it could not call before, and keeps +800 where it was allowed', async () => {
    const before = await allowed('before');
    await source.runMigrations();
    const after = await allowed('type');
    for (const [id, types] of assignments) {
      const widened = [...after.get(id)!].filter((e164) => !before.get(id)!.has(e164));
      expect({ types, widened }).toEqual({ types, widened: [] });
      expect(after.get(id)!.has('+80012345678')).toBe(types.includes('NON_GEOGRAPHIC'));
      expect(after.get(id)!.has('+442079460958')).toBe(true);
      expect(after.get(id)!.has('+881612345678')).toBe(false);
    }
    const kept = await db.query('select id, allowed_number_types as types from agent_phone_numbers');
    for (const { id, types } of kept) {
      const old = assignments.get(id as string)!;
      const expected = old.includes('NON_GEOGRAPHIC')
        ? [...old.filter((type) => type !== 'NON_GEOGRAPHIC'), 'UNIVERSAL_TOLL_FREE']
        : [];
      expect(types).toEqual(expected);
    }
  });

  it('gives managed numbers of no country the type that they are read with now', async () => {
    const rows = await db.query('select e164, number_type from phone_numbers where id = any ($1)', [phoneNumberIds]);
    const typeOf = new Map(numbers.map(({ e164, type }) => [e164, type]));
    expect(rows).toHaveLength(phoneNumberIds.length);
    for (const row of rows)
      expect([row['e164'], row['number_type']]).toEqual([row['e164'], typeOf.get(row['e164'] as string)]);
  });

  it('leaves no table open to its owner', async () => {
    const rows = await db.query(
      `select relname from pg_class where relname in ('agent_phone_numbers', 'phone_numbers') and not relforcerowsecurity`,
    );
    expect(rows).toEqual([]);
  });
});
