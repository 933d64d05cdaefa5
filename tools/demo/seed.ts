import type pg from 'pg';
import { parsePhoneNumber } from '#phone';
import { hashPassword } from '../../apps/api/src/modules/auth/auth.public.js';
import * as facts from './seed-facts.js';
import { seedUsage } from './seed-usage.js';

const PLATFORM_ORGANIZATION = '00000000-0000-7000-8000-000000000001';

/** True when the demo has not been filled in yet. */
export async function isEmpty(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ empty: boolean }>('select not exists (select from users) as empty');
  return rows[0]!.empty;
}

/** Fills an empty, migrated database, as its owner, in one transaction. */
export async function seedDemo(client: pg.Client): Promise<void> {
  await client.query('begin');
  try {
    const organizationIds = await seedOrganizations(client);
    const demo = organizationIds.get('demo')!;
    const userIds = await seedUsers(client, organizationIds);
    await seedNumbers(client, demo, facts.numberBlocks);
    await seedNumbers(client, PLATFORM_ORGANIZATION, facts.poolBlocks);
    await seedRival(client, organizationIds.get('rival')!);
    for (const agent of facts.agents) await seedAgent(client, demo, agent, userIds);
    await seedExceptions(client, demo);
    await seedUsage(client, demo, userIds.get('owner@demo.test')!);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw error;
  }
}

async function seedOrganizations(client: pg.Client): Promise<Map<string, string>> {
  const ids = new Map<string, string>();
  for (const { slug, name, timeZone, currency, countries } of facts.organizations) {
    const { rows } = await client.query<{ id: string }>(
      `insert into organizations
         (slug, name, time_zone, currency, default_allowed_countries, last_rollup_date, created_at)
       values ($1, $2, $3, $4, $5, (ringfence_clock() at time zone $3)::date - 1, now() - interval '60 days')
       returning id`,
      [slug, name, timeZone, currency, countries],
    );
    ids.set(slug, rows[0]!.id);
  }
  return ids;
}

async function seedUsers(client: pg.Client, organizationIds: Map<string, string>): Promise<Map<string, string>> {
  const passwordHash = await hashPassword(facts.PASSWORD);
  const ids = new Map<string, string>();
  for (const { email, name, organization, role, platformAdmin } of facts.users) {
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

/** The first block comes last, so that it stands first in lists, which show the newest first. */
async function seedNumbers(client: pg.Client, organizationId: string, blocks: readonly facts.NumberBlock[]) {
  const numbers = blocks.flatMap(({ first, count, region, label, tag, provider, monthlyCost }, blockIndex) =>
    Array.from({ length: count }, (_, index) => {
      const parsed = parsePhoneNumber(`+${BigInt(first.slice(1)) + BigInt(index)}`);
      if (!parsed.ok) throw new Error(`The demo has a number that is none: ${parsed.message}`);
      return {
        e164: parsed.e164,
        country_code: parsed.countryCode,
        number_type: parsed.numberType,
        region,
        label: count === 1 ? label : `${label} ${index + 1}`,
        tags: [tag],
        provider,
        monthly_cost: monthlyCost,
        age_minutes: blockIndex * 90 + index,
      };
    }),
  );
  await client.query(
    `insert into phone_numbers (organization_id, e164, country_code, number_type, region, label, tags, provider,
       monthly_cost, currency, source, created_at)
     select $1, e164, country_code, number_type, region, label, tags, provider, monthly_cost, 'USD', 'demo',
       now() - interval '30 days' - make_interval(mins => age_minutes)
     from jsonb_to_recordset($2) as n (e164 text, country_code text, number_type text, region text, label text,
       tags text[], provider text, monthly_cost numeric, age_minutes integer)`,
    [organizationId, JSON.stringify(numbers)],
  );
}

/** Enough of a second organization to see that nothing of it shows in the first. */
async function seedRival(client: pg.Client, organizationId: string): Promise<void> {
  await seedNumbers(client, organizationId, facts.rivalBlocks);
  await client.query(`insert into agents (organization_id, name, kind) values ($1, 'Rival sales (AI)', 'ai')`, [
    organizationId,
  ]);
}

/** The agent and its assignments: of each of its regions the next number that is not assigned. */
async function seedAgent(
  client: pg.Client,
  organizationId: string,
  agent: (typeof facts.agents)[number],
  userIds: Map<string, string>,
): Promise<void> {
  const { rows } = await client.query<{ id: string }>(
    `insert into agents (organization_id, name, kind, status, user_id, created_at)
     values ($1, $2, $3, $4, $5, now() - interval '29 days') returning id`,
    [
      organizationId,
      agent.name,
      agent.kind,
      agent.inactive ? 'inactive' : 'active',
      agent.user && userIds.get(agent.user),
    ],
  );
  for (const region of agent.regions) {
    await client.query(
      `insert into agent_phone_numbers
         (organization_id, agent_id, phone_number_id, daily_limit, allowed_countries, last_reset_date, created_at)
       select o.id, $2, n.id, $3, $4, (ringfence_clock() at time zone o.time_zone)::date, now() - interval '28 days'
       from phone_numbers n
       join organizations o on o.id = n.organization_id
       where n.organization_id = $1 and n.region = $5
         and not exists (select from agent_phone_numbers a where a.phone_number_id = n.id)
       order by n.e164
       limit 1`,
      [organizationId, rows[0]!.id, agent.dailyLimit, agent.countries, region],
    );
  }
}

/** One paused assignment, one number that is inactive and one that is connected: what lists have to tell apart. */
async function seedExceptions(client: pg.Client, organizationId: string): Promise<void> {
  await client.query(
    `update agent_phone_numbers set paused_at = now() - interval '2 days' where (organization_id, id) = (
       select a.organization_id, a.id from agent_phone_numbers a join agents g on g.id = a.agent_id
       where a.organization_id = $1 and g.name = $2 order by a.id desc limit 1)`,
    [organizationId, facts.PAUSED_AGENT],
  );
  await client.query(
    `update phone_numbers set inbound_agent_id = (select id from agents where organization_id = $1 and name = $2)
     where id = (select id from phone_numbers where organization_id = $1 and region = $3 order by e164 limit 1)`,
    [organizationId, facts.INBOUND_AGENT, facts.INBOUND_REGION],
  );
  await client.query(
    `update phone_numbers set lifecycle = 'inactive'
     where id = (select id from phone_numbers where organization_id = $1 and region = 'Arizona' order by e164 desc limit 1)`,
    [organizationId],
  );
}
