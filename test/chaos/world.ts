import type { TestDatabase } from '../support/database.js';
import {
  createAgent,
  createApiKey,
  createAssignment,
  createOrganization,
  createPhoneNumber,
  createUser,
} from '../support/fixtures.js';
import type { Pair, World, WorldNumber, WorldOrganization } from './record.js';
import type { Random } from './random.js';

export const COUNTRY_LISTS: readonly (string[] | null)[] = [
  null,
  ['US', 'CA'],
  ['US', 'GB', 'GG', 'FR'],
  ['CA', 'DO', 'DE'],
  [],
];
const DEFAULT_COUNTRIES = ['US', 'CA', 'DO'];

/** How many numbers the agents have, in turns. The gate goes another way when it has to choose. */
const NUMBERS_OF_AGENT = [1, 3, 1, 2, 1, 4];
/** Numbers of an organization that no agent has. */
const FREE_NUMBERS = 4;

interface WorldSize {
  organizations: number;
  agents: number;
  /** Greatest limit; the least is 1. */
  limit: number;
}

/** Organizations with agents of one to four numbers, and numbers that are not assigned yet. */
export async function createWorld(db: TestDatabase, random: Random, size: WorldSize): Promise<World> {
  const world: World = { organizations: [], numbers: [], pairs: [] };
  for (let index = 0; index < size.organizations; index += 1) {
    const timeZone = random.pick(['UTC', 'America/New_York', 'Asia/Tokyo']);
    const organization = await createWorldOrganization(db, timeZone);
    world.organizations.push(organization);
    for (let agent = 0; agent < size.agents; agent += 1) {
      const agentId = await createAgent(db, { organizationId: organization.id, kind: 'ai' });
      for (let number = 0; number < NUMBERS_OF_AGENT[agent % NUMBERS_OF_AGENT.length]!; number += 1) {
        const limit = random.between(1, size.limit);
        const pair = await createPair(db, organization, agentId, limit, random.pick(COUNTRY_LISTS.slice(0, 3)));
        const { organizationId, phoneNumberId, phoneNumber } = pair;
        world.numbers.push({ organizationId, phoneNumberId, phoneNumber });
        world.pairs.push(pair);
      }
    }
    for (let number = 0; number < FREE_NUMBERS; number += 1)
      world.numbers.push(await createNumber(db, organization.id));
  }
  return world;
}

export const pairOf = ({ pairs }: World, agentId: string, phoneNumberId: string): Pair | undefined =>
  pairs.find((pair) => pair.agentId === agentId && pair.phoneNumberId === phoneNumberId);

/** Every agent of an organization had a number when the run began. */
export const agentsOf = ({ pairs }: World, organizationId: string): string[] => [
  ...new Set(pairs.filter((pair) => pair.organizationId === organizationId).map(({ agentId }) => agentId)),
];

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
  const number = await createNumber(db, organization.id);
  const facts = { ...number, agentId, dailyLimit: limit, allowedCountries: countries };
  return { ...number, assignmentId: await createAssignment(db, facts), agentId, isOriginal: true, limit, countries };
}

export async function createNumber(db: TestDatabase, organizationId: string): Promise<WorldNumber> {
  const phoneNumberId = await createPhoneNumber(db, { organizationId });
  const [number] = await db.query('select e164 from phone_numbers where id = $1', [phoneNumberId]);
  return { organizationId, phoneNumberId, phoneNumber: number!['e164'] };
}
