import { randomInt } from 'node:crypto';
import type pg from 'pg';
import { newApiKey } from '../../apps/api/src/modules/auth/auth.public.js';

export interface BenchCaller {
  apiKey: string;
  /** Bodies of authorization requests: a random agent calls a random number in the United States. */
  bodies(count: number): string[];
}

const AGENTS = 1_000;
const AREA_CODES = [202, 206, 212, 213, 303, 305, 312, 404, 415, 503, 512, 617, 702, 713, 801];

/** One organization with a thousand agents of one number each, and limits that the benchmark never reaches. */
export async function seedBench(client: pg.Client): Promise<BenchCaller> {
  const organization = await client.query<{ id: string }>(`
    insert into organizations (slug, name, time_zone, default_allowed_countries)
    values ('bench', 'Bench', 'America/New_York', '{US,CA}') returning id`);
  const organizationId = organization.rows[0]!.id;
  await client.query(
    `insert into agents (organization_id, name, kind) select $1, 'Agent ' || i, 'ai' from generate_series(1, $2::int) i`,
    [organizationId, AGENTS],
  );
  await client.query(
    `insert into phone_numbers (organization_id, e164, country_code, provider)
     select $1, '+1202' || (2000000 + i), 'US', 'telnyx' from generate_series(1, $2::int) i`,
    [organizationId, AGENTS],
  );
  const assigned = await client.query<{ agent_id: string }>(
    `insert into agent_phone_numbers (organization_id, agent_id, phone_number_id, daily_limit, last_reset_date)
     select $1, a.id, n.id, 1000000, (now() at time zone 'America/New_York')::date
     from (select id, row_number() over (order by id) as place from agents) a
     join (select id, row_number() over (order by id) as place from phone_numbers) n using (place)
     returning agent_id`,
    [organizationId],
  );
  const { key, prefix, keyHash } = newApiKey();
  await client.query(
    `insert into api_keys (organization_id, name, prefix, key_hash, scopes) values ($1, 'bench', $2, $3, $4)`,
    [organizationId, prefix, keyHash, ['calls:authorize']],
  );
  await client.query('vacuum analyze');
  const agentIds = assigned.rows.map((row) => row.agent_id);
  return {
    apiKey: key,
    bodies: (count) =>
      Array.from({ length: count }, () =>
        JSON.stringify({ agentId: agentIds[randomInt(agentIds.length)], destination: destination() }),
      ),
  };
}

function destination(): string {
  return `+1${AREA_CODES[randomInt(AREA_CODES.length)]}${randomInt(200, 1000)}${String(randomInt(10_000)).padStart(4, '0')}`;
}
