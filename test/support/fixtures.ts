import type { AgentKind, AgentStatus, ApiKeyScope, PhoneNumberLifecycle, PhoneNumberProvider, Role } from '#contracts';
import { hashPassword, newApiKey } from '../../apps/api/src/modules/auth/auth.public.js';
import type { TestDatabase } from './database.js';

/** The password of every user that `createUser` makes. */
export const PASSWORD = 'ringfence-demo';

let passwordHash: Promise<string> | undefined;
let serial = 0;

/** Inserts as the owner of the tables and answers the new id. */
async function insert(db: TestDatabase, table: string, values: Record<string, unknown>): Promise<string> {
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  const columns = given.map(([column]) => column).join(', ');
  const parameters = given.map((_, index) => `$${index + 1}`).join(', ');
  const [row] = (await db.query(
    `insert into ${table} (${columns}) values (${parameters}) returning id`,
    given.map(([, value]) => value),
  )) as { id: string }[];
  return row!.id;
}

interface OrganizationFacts {
  slug?: string;
  name?: string;
  timeZone?: string;
  defaultDailyLimit?: number;
  defaultAllowedCountries?: string[];
}

export function createOrganization(db: TestDatabase, facts: OrganizationFacts = {}): Promise<string> {
  serial += 1;
  const slug = facts.slug ?? `organization-${serial}`;
  return insert(db, 'organizations', {
    slug,
    name: facts.name ?? slug,
    time_zone: facts.timeZone,
    default_daily_limit: facts.defaultDailyLimit,
    default_allowed_countries: facts.defaultAllowedCountries,
  });
}

interface UserFacts {
  /** Null for a user who is a member of nothing. */
  organizationId: string | null;
  role: Role;
  email?: string;
  name?: string;
  platformAdmin?: boolean;
  /** The clients that they are limited to; no limit when left out. */
  clientIds?: string[];
}

/** A user with the password `ringfence-demo`, and their membership. */
export async function createUser(db: TestDatabase, facts: UserFacts): Promise<string> {
  serial += 1;
  passwordHash ??= hashPassword(PASSWORD);
  const userId = await insert(db, 'users', {
    email: facts.email ?? `user-${serial}@example.test`,
    name: facts.name ?? `User ${serial}`,
    password_hash: await passwordHash,
    platform_admin: facts.platformAdmin,
  });
  if (facts.organizationId !== null) await addMember(db, facts.organizationId, userId, facts.role, facts.clientIds);
  return userId;
}

/** Makes an existing user a member of one more organization. */
export async function addMember(
  db: TestDatabase,
  organizationId: string,
  userId: string,
  role: Role,
  clientIds?: string[],
): Promise<void> {
  await db.query('insert into memberships (organization_id, user_id, role, client_ids) values ($1, $2, $3, $4)', [
    organizationId,
    userId,
    role,
    clientIds ?? null,
  ]);
}

interface AgentFacts {
  organizationId: string;
  name?: string;
  kind?: AgentKind;
  status?: AgentStatus;
  userId?: string;
  externalId?: string;
}

export function createAgent(db: TestDatabase, facts: AgentFacts): Promise<string> {
  serial += 1;
  return insert(db, 'agents', {
    organization_id: facts.organizationId,
    name: facts.name ?? `Agent ${serial}`,
    kind: facts.kind ?? 'human',
    status: facts.status,
    user_id: facts.userId,
    external_id: facts.externalId,
  });
}

interface PhoneNumberFacts {
  organizationId: string;
  e164?: string;
  countryCode?: string;
  provider?: PhoneNumberProvider;
  lifecycle?: PhoneNumberLifecycle;
  label?: string;
}

export function createPhoneNumber(db: TestDatabase, facts: PhoneNumberFacts): Promise<string> {
  serial += 1;
  return insert(db, 'phone_numbers', {
    organization_id: facts.organizationId,
    e164: facts.e164 ?? `+1415${5_550_000 + serial}`,
    country_code: facts.countryCode ?? 'US',
    provider: facts.provider ?? 'telnyx',
    lifecycle: facts.lifecycle,
    label: facts.label,
  });
}

interface AssignmentFacts {
  organizationId: string;
  agentId: string;
  phoneNumberId: string;
  dailyLimit?: number;
  /** Null inherits the organization's list. */
  allowedCountries?: string[] | null;
  callsMadeToday?: number;
  /** A date (`2026-03-01`); today in the organization's time zone when left out. */
  lastResetDate?: string;
}

export async function createAssignment(db: TestDatabase, facts: AssignmentFacts): Promise<string> {
  const [today] = (await db.query(
    `select (ringfence_clock() at time zone
       effective_time_zone(time_zone, previous_time_zone, time_zone_effective_at, ringfence_clock()))::date::text as date
     from organizations where id = $1`,
    [facts.organizationId],
  )) as { date: string }[];
  return insert(db, 'agent_phone_numbers', {
    organization_id: facts.organizationId,
    agent_id: facts.agentId,
    phone_number_id: facts.phoneNumberId,
    daily_limit: facts.dailyLimit ?? 100,
    allowed_countries: facts.allowedCountries,
    calls_made_today: facts.callsMadeToday,
    last_reset_date: facts.lastResetDate ?? today!.date,
  });
}

interface ApiKeyFacts {
  organizationId: string;
  scopes: ApiKeyScope[];
  name?: string;
  expiresAt?: Date;
}

export async function createApiKey(db: TestDatabase, facts: ApiKeyFacts): Promise<{ id: string; key: string }> {
  const { key, prefix, keyHash } = newApiKey();
  const id = await insert(db, 'api_keys', {
    organization_id: facts.organizationId,
    name: facts.name ?? 'Test key',
    prefix,
    key_hash: keyHash,
    scopes: facts.scopes,
    expires_at: facts.expiresAt,
  });
  return { id, key };
}

/** Signs in over HTTP and answers the access token. */
export async function signIn(apiUrl: string, email: string, password = PASSWORD): Promise<string> {
  const response = await fetch(`${apiUrl}/api/v1/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password }),
  });
  const body = (await response.json()) as { accessToken?: string; detail?: string };
  if (body.accessToken === undefined) throw new Error(`Signing in as ${email} failed: ${body.detail}`);
  return body.accessToken;
}
