import {
  destinationTypes,
  type DestinationType,
  ordinaryDestinationTypes,
  restrictedDestinationTypes,
} from '#contracts';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { destinationVectors } from '../support/destination-vectors.js';
import { createAgent, createAssignment, createOrganization, createPhoneNumber } from '../support/fixtures.js';

describe('destination types in the database', () => {
  let db: TestDatabase;

  beforeAll(async () => {
    db = await createTestDatabase();
  });
  afterAll(() => db?.drop());

  /** What gate_checks() says to a call with nothing against it but country and type. */
  async function decide(type: string | null, country: string | null, countries: string[], types: string[]) {
    const [row] = await db.query(
      `select refused as reason from gate_checks(row(uuidv7(), false, true, true, false, $3::text[], $4::text[], true)::assignment_facts,
         row(null, $1::text, $2::text)::call_facts)`,
      [country, type, countries, types],
    );
    return row!['reason'] as string | null;
  }

  it.each(destinationTypes)('judges %s as the contracts do', async (type) => {
    const isOrdinary = ordinaryDestinationTypes.some((ordinary) => ordinary === type);
    const others = restrictedDestinationTypes.filter((other) => other !== type);
    expect(await decide(type, 'US', ['US'], [])).toBe(isOrdinary ? null : 'number_type_blocked');
    expect(await decide(type, 'US', ['US'], others)).toBe(isOrdinary ? null : 'number_type_blocked');
    expect(await decide(type, 'US', ['US'], [type])).toBe(null);
    expect(await decide(type, 'GB', ['US'], [type])).toBe('country_not_allowed');
    expect(await decide(type, null, [], [type])).toBe(isOrdinary ? 'country_not_allowed' : null);
  });

  it.each(['NON_GEOGRAPHIC', 'EMERGENCY', '', null])('denies the type %j, which it does not know', async (type) => {
    expect(await decide(type, 'US', ['US'], [...restrictedDestinationTypes])).toBe('number_type_blocked');
  });

  it('lets numbers of the vectors pass by their type and country alone', async () => {
    for (const [type, numbers] of Object.entries(destinationVectors)) {
      for (const [e164, country] of numbers) {
        const isOrdinary = ordinaryDestinationTypes.some((ordinary) => ordinary === type);
        const own = country ? [country] : [];
        expect([e164, await decide(type, country, own, [])]).toEqual([e164, isOrdinary ? null : 'number_type_blocked']);
        expect([e164, await decide(type, country, own, [type])]).toEqual([e164, null]);
        const elsewhere = await decide(type, country, ['ZZ'], [type]);
        expect([e164, elsewhere]).toEqual([e164, country ? 'country_not_allowed' : null]);
      }
    }
  });

  it('stores what an assignment may allow, and nothing else', async () => {
    const organizationId = await createOrganization(db);
    const agentId = await createAgent(db, { organizationId });
    const phoneNumberId = await createPhoneNumber(db, { organizationId, e164: '+12025550190' });
    const id = await createAssignment(db, { organizationId, agentId, phoneNumberId });
    const allow = (types: (string | null)[]) =>
      db.query('update agent_phone_numbers set allowed_number_types = $2 where id = $1', [id, types]);
    for (const type of restrictedDestinationTypes) await allow([type]);
    await allow([...restrictedDestinationTypes]);
    const refused: (DestinationType | 'NON_GEOGRAPHIC' | null)[] = [
      ...destinationTypes.filter((type) => !restrictedDestinationTypes.some((restricted) => restricted === type)),
      'NON_GEOGRAPHIC',
      null,
    ];
    for (const type of refused) {
      await expect(allow([type])).rejects.toThrow(/allowed_number_types_are_restricted/);
    }
  });
});
