import type pg from 'pg';
import { hashPassword, newApiKey } from '../../apps/api/src/modules/auth/auth.public.js';
import {
  agents,
  DESTINATION,
  type NumberRange,
  numberRanges,
  organizations,
  PASSWORD,
  poolRanges,
  users,
} from './seed-facts.js';
import { seedUsage } from './seed-usage.js';

const PLATFORM_ORGANIZATION = '00000000-0000-7000-8000-000000000001';
const KEY_SCOPES = ['calls:authorize', 'calls:settle', 'numbers:read'];

/** What scripts and people need to use the demo. */
export interface DemoAccess {
  password: string;
  users: { email: string; role: string }[];
  apiKey: string;
  agentId: string;
  destination: string;
}

/** Fills an empty, migrated database, as its owner, in one transaction. */
export async function seedDemo(client: pg.Client): Promise<DemoAccess> {
  await client.query('begin');
  const ids = await seedOrganizations(client);
  const demo = ids.get('demo')!;
  const userIds = await seedUsers(client, ids);
  await seedNumbers(client, demo, numberRanges);
  await seedNumbers(client, PLATFORM_ORGANIZATION, poolRanges);
  await seedRival(client, ids.get('rival')!);
  const agentIds = await seedAgents(client, demo, userIds);
  await assignNumbers(client, demo, agentIds);
  const apiKey = await seedApiKey(client, demo, userIds.get('owner@demo.test')!);
  await seedUsage(client, demo, apiKey.id, agentIds);
  await client.query('commit');
  return {
    password: PASSWORD,
    users: users.map(({ email, role, platformAdmin }) => ({ email, role: platformAdmin ? 'platform_admin' : role })),
    apiKey: apiKey.key,
    agentId: agentIds.get(agents[0]!.name)!,
    destination: DESTINATION,
  };
}

async function seedOrganizations(client: pg.Client): Promise<Map<string, string>> {
  const ids = new Map<string, string>();
  for (const { slug, name, timeZone, currency, countries } of organizations) {
    const { rows } = await client.query<{ id: string }>(
      `insert into organizations (slug, name, time_zone, currency, default_allowed_countries, last_rollup_date)
       values ($1, $2, $3, $4, $5, (now() at time zone $3)::date - 1) returning id`,
      [slug, name, timeZone, currency, countries],
    );
    ids.set(slug, rows[0]!.id);
  }
  return ids;
}

async function seedUsers(client: pg.Client, organizationIds: Map<string, string>): Promise<Map<string, string>> {
  const passwordHash = await hashPassword(PASSWORD);
  const ids = new Map<string, string>();
  for (const { email, name, organization, role, platformAdmin } of users) {
    const { rows } = await client.query<{ id: string }>(
      `with person as (
         insert into users (email, name, password_hash, platform_admin) values ($1, $2, $3, $4) returning id
       )
       insert into memberships (organization_id, user_id, role) select $5, id, $6 from person returning user_id as id`,
      [email, name, passwordHash, platformAdmin ?? false, organizationIds.get(organization), role],
    );
    ids.set(email, rows[0]!.id);
  }
  return ids;
}

/** Numbers of one organization, in the order in which the agents get them. */
async function seedNumbers(client: pg.Client, organizationId: string, ranges: readonly NumberRange[]): Promise<void> {
  for (const range of ranges) {
    await client.query(
      `insert into phone_numbers (organization_id, e164, country_code, region, number_type, label, provider, monthly_cost,
         currency, source, tags)
       select $1, $2 || lpad(($3::int + i)::text, $4, '0'), $5, $6, 'FIXED_LINE', $6 || ' ' || (i + 1), $7, $8, 'USD',
         'demo', array[lower($5)]
       from generate_series(0, $9::int - 1) i`,
      [
        organizationId,
        range.prefix,
        range.from,
        range.digits,
        range.country,
        range.region,
        range.provider,
        range.monthlyCost,
        range.count,
      ],
    );
  }
}

/** Enough of a second tenant to see that nothing of it shows in the first. */
async function seedRival(client: pg.Client, organizationId: string): Promise<void> {
  await seedNumbers(client, organizationId, [
    {
      prefix: '+44113496',
      from: 10,
      digits: 4,
      count: 3,
      country: 'GB',
      region: 'Leeds',
      provider: 'vonage',
      monthlyCost: '1.25',
    },
  ]);
  await client.query(`insert into agents (organization_id, name, kind) values ($1, 'Rival Sales (AI)', 'ai')`, [
    organizationId,
  ]);
}

async function seedAgents(
  client: pg.Client,
  organizationId: string,
  userIds: Map<string, string>,
): Promise<Map<string, string>> {
  const ids = new Map<string, string>();
  for (const { name, kind, user, inactive } of agents) {
    const { rows } = await client.query<{ id: string }>(
      `insert into agents (organization_id, name, kind, status, user_id) values ($1, $2, $3, $4, $5) returning id`,
      [organizationId, name, kind, inactive ? 'inactive' : 'active', user ? userIds.get(user) : null],
    );
    ids.set(name, rows[0]!.id);
  }
  return ids;
}

/** Gives every agent numbers of a country that it calls where there are any, and leaves the rest unassigned. */
async function assignNumbers(client: pg.Client, organizationId: string, agentIds: Map<string, string>): Promise<void> {
  for (const { name, numbers, dailyLimit, countries } of agents) {
    await client.query(
      `insert into agent_phone_numbers
         (organization_id, agent_id, phone_number_id, daily_limit, allowed_countries, last_reset_date)
       select $1, $2, n.id, $3, $4, (now() at time zone o.time_zone)::date
       from phone_numbers n join organizations o on o.id = n.organization_id
       where n.organization_id = $1 and not exists (select from agent_phone_numbers a where a.phone_number_id = n.id)
       order by n.country_code = any (coalesce($4, o.default_allowed_countries)) desc, n.e164
       limit $5`,
      [organizationId, agentIds.get(name), dailyLimit, countries, numbers],
    );
  }
  await client.query(
    `update agent_phone_numbers set paused_at = now() where id = (
       select id from agent_phone_numbers where agent_id = $1 order by id desc limit 1)`,
    [agentIds.get('UK Surveys (AI)')],
  );
}

async function seedApiKey(
  client: pg.Client,
  organizationId: string,
  createdBy: string,
): Promise<{ id: string; key: string }> {
  const { key, prefix, keyHash } = newApiKey();
  const { rows } = await client.query<{ id: string }>(
    `insert into api_keys (organization_id, name, prefix, key_hash, scopes, created_by)
     values ($1, 'Demo dialer', $2, $3, $4, $5) returning id`,
    [organizationId, prefix, keyHash, KEY_SCOPES, createdBy],
  );
  return { id: rows[0]!.id, key };
}
