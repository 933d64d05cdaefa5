import type { TestDatabase } from '../support/database.js';
import {
  createAgent,
  createApiKey,
  createAssignment,
  createOrganization,
  createPhoneNumber,
  createUser,
} from '../support/fixtures.js';
import type { Pair, World, WorldOrganization } from './record.js';
import type { Random } from './random.js';

export const COUNTRY_LISTS: readonly (string[] | null)[] = [
  null,
  ['US', 'CA'],
  ['US', 'GB', 'GG', 'FR'],
  ['CA', 'DO', 'DE'],
  [],
];
const DEFAULT_COUNTRIES = ['US', 'CA', 'DO'];

interface WorldSize {
  organizations: number;
  agents: number;
  /** Greatest limit; the least is 1. */
  limit: number;
}

/** Organizations with agents; every fourth agent has two numbers. */
export async function createWorld(db: TestDatabase, random: Random, size: WorldSize): Promise<World> {
  const world: World = { organizations: [], pairs: [] };
  for (let index = 0; index < size.organizations; index += 1) {
    const timeZone = random.pick(['UTC', 'America/New_York', 'Asia/Tokyo']);
    const organization = await createWorldOrganization(db, timeZone);
    world.organizations.push(organization);
    for (let agent = 0; agent < size.agents; agent += 1) {
      const agentId = await createAgent(db, { organizationId: organization.id, kind: 'ai' });
      for (let number = 0; number < (agent % 4 === 3 ? 2 : 1); number += 1) {
        const limit = random.between(1, size.limit);
        world.pairs.push(await createPair(db, organization, agentId, limit, random.pick(COUNTRY_LISTS.slice(0, 3))));
      }
    }
  }
  return world;
}

export async function createWorldOrganization(db: TestDatabase, timeZone: string): Promise<WorldOrganization> {
  const id = await createOrganization(db, { timeZone, defaultAllowedCountries: DEFAULT_COUNTRIES });
  const ownerEmail = `owner-${id}@example.test`;
  await createUser(db, { organizationId: id, role: 'owner', email: ownerEmail });
  const scopes = ['calls:authorize', 'calls:settle'] as const;
  const { key } = await createApiKey(db, { organizationId: id, scopes: [...scopes] });
  return { id, apiKey: key, ownerEmail, timeZone, defaultCountries: DEFAULT_COUNTRIES };
}

export async function createPair(
  db: TestDatabase,
  organization: WorldOrganization,
  agentId: string,
  limit: number,
  countries: string[] | null,
): Promise<Pair> {
  const organizationId = organization.id;
  const phoneNumberId = await createPhoneNumber(db, { organizationId });
  const facts = { organizationId, agentId, phoneNumberId, dailyLimit: limit, allowedCountries: countries };
  const assignmentId = await createAssignment(db, facts);
  const [number] = await db.query('select e164 from phone_numbers where id = $1', [phoneNumberId]);
  return { assignmentId, agentId, phoneNumberId, phoneNumber: number!['e164'], organizationId, limit, countries };
}
