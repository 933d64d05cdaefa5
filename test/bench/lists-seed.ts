import type pg from 'pg';
import { newApiKey } from '../../apps/api/src/modules/auth/auth.public.js';

export interface ListsCaller {
  apiKey: string;
  /** A key of an organization with a page of numbers. */
  smallKey: string;
  agentId: string;
  clientId: string;
}

const PLATFORM = '00000000-0000-7000-8000-000000000001';
const AGENTS = 10_000;

/**
 * One organization with all the numbers, a tenth as many in the pool and a neighbor with as many. Countries stand in
 * blocks, the oldest numbers are of one country only: a list of it, newest first, has to pass all others or use an index.
 */
export async function seedLists(client: pg.Client, numbers: number): Promise<ListsCaller> {
  const { rows } = await client.query<{ id: string }>(
    `select id from organizations where slug in ('lists', 'small') order by slug`,
  );
  const [seeded, small] = rows.map(({ id }) => id);
  if (seeded !== undefined && small !== undefined) return callerOf(client, seeded, small);
  const organizationId = await organization(client, 'lists');
  const neighborId = await organization(client, 'neighbor');
  await client.query(
    `insert into agents (organization_id, name, kind)
     select $1, 'Agent ' || lpad(i::text, 6, '0'), 'ai' from generate_series(1, $2::int) i`,
    [organizationId, AGENTS],
  );
  await client.query(
    `insert into clients (organization_id, name) select $1, 'Client ' || i from generate_series(1, 50) i`,
    [organizationId],
  );
  await insertNumbers(client, organizationId, '+1202', numbers);
  await insertNumbers(client, PLATFORM, '+1303', Math.ceil(numbers / 10));
  await insertNumbers(client, neighborId, '+1404', Math.ceil(numbers / 10));
  await client.query(
    `update phone_numbers set reserved_until = now() + interval '1 day'
     where organization_id = $1 and right(e164, 3) = '007'`,
    [PLATFORM],
  );
  await client.query(
    `insert into agent_phone_numbers (organization_id, agent_id, phone_number_id, daily_limit, last_reset_date, paused_at)
     select $1, a.id, n.id, 100, current_date, case when n.place % 100 = 1 then now() end
     from (select id, row_number() over (order by id) as place from phone_numbers where organization_id = $1) n
     join (select id, row_number() over (order by id) as place from agents where organization_id = $1) a
       on a.place = n.place % ${AGENTS} + 1
     where n.place % 5 <> 0`,
    [organizationId],
  );
  const smallId = await organization(client, 'small');
  await insertNumbers(client, smallId, '+1505', 25);
  await client.query('vacuum analyze');
  return callerOf(client, organizationId, smallId);
}

/** Keys are made anew: only their hashes are kept. */
async function callerOf(client: pg.Client, organizationId: string, smallId: string): Promise<ListsCaller> {
  const agent = await client.query<{ id: string }>(
    'select agent_id as id from agent_phone_numbers where organization_id = $1 order by id limit 1',
    [organizationId],
  );
  const someClient = await client.query<{ id: string }>(
    'select id from clients where organization_id = $1 order by name limit 1',
    [organizationId],
  );
  const [apiKey, smallKey] = [await apiKeyOf(client, organizationId), await apiKeyOf(client, smallId)];
  return { apiKey, smallKey, agentId: agent.rows[0]!.id, clientId: someClient.rows[0]!.id };
}

async function organization(client: pg.Client, slug: string): Promise<string> {
  const { rows } = await client.query<{ id: string }>(
    `insert into organizations (slug, name) values ($1, $1) returning id`,
    [slug],
  );
  return rows[0]!.id;
}

async function apiKeyOf(client: pg.Client, organizationId: string): Promise<string> {
  const { key, prefix, keyHash } = newApiKey();
  await client.query(
    `insert into api_keys (organization_id, name, prefix, key_hash, scopes) values ($1, 'lists', $2, $3, $4)`,
    [organizationId, prefix, keyHash, ['numbers:read', 'agents:read', 'assignments:read']],
  );
  return key;
}

async function insertNumbers(
  client: pg.Client,
  organizationId: string,
  prefix: string,
  numbers: number,
): Promise<void> {
  await client.query(
    `insert into phone_numbers (organization_id, e164, country_code, region, provider, label, tags, client_id,
       inbound_agent_id, monthly_cost, currency, lifecycle)
     select $1, $2 || (2000000 + i),
       case when i <= $3::int / 10 then 'GB' when i <= $3::int / 5 then 'DE' when i % 3 = 0 then 'CA' else 'US' end,
       case when i % 4 > 0 then 'Region ' || i % 200 end,
       (array['twilio', 'telnyx', 'vonage', 'bandwidth'])[case when i <= $3::int / 100 then 4 else i % 3 + 1 end],
       case when i % 10 = 0 then 'Desk ' || i end,
       case when i % 1000 = 1 then array['vip', 'campaign'] when i % 2 = 0 then array['campaign'] else '{}' end,
       c.ids[i % 50 + 1],
       case when i % 50 = 0 then a.id end,
       1.15, case when i % 7 = 0 then 'EUR' else 'USD' end,
       case when i % 500 = 3 then 'inactive' else 'active' end
     from generate_series(1, $3::int) i
     cross join (select array_agg(id) as ids from clients where organization_id = $1) c
     left join (select id from agents where organization_id = $1 order by id limit 1) a on true`,
    [organizationId, prefix, numbers],
  );
}
