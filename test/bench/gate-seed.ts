import { randomInt } from 'node:crypto';
import type pg from 'pg';
import { newApiKey } from '../../apps/api/src/modules/auth/auth.public.js';

export interface BenchCaller {
  organizationId: string;
  apiKey: string;
  agentIds: string[];
}

/** Limits that the benchmark never reaches. */
const LIMIT = 1_000_000;
const AREA_CODES = [202, 206, 212, 213, 303, 305, 312, 404, 415, 503, 512, 617, 702, 713, 801];
/** So many agents are asked for; more would only make the requests hard to keep. */
const MOST_CALLERS = 100_000;

/**
 * Organizations with agents, and a key for each organization.
 *
 * @param agents agents of every organization
 * @param prefix of the organizations' slugs, to seed more of them beside those that are there
 * @param numbers numbers of every agent
 */
export async function seedOrganizations(
  client: pg.Client,
  organizations: number,
  agents: number,
  prefix = 'bench',
  numbers = 1,
): Promise<BenchCaller[]> {
  const made = await client.query<{ id: string }>(
    `insert into organizations (slug, name, time_zone, default_allowed_countries)
     select $2 || '-' || i, 'Bench ' || i, 'America/New_York', '{US,CA}' from generate_series(1, $1::int) i returning id`,
    [organizations, prefix],
  );
  const ids = made.rows.map((row) => row.id);
  await client.query(
    `insert into agents (organization_id, name, kind)
     select o, 'Agent ' || i, 'ai' from unnest($1::uuid[]) o cross join generate_series(1, $2::int) i`,
    [ids, agents],
  );
  await client.query(
    `insert into phone_numbers (organization_id, e164, country_code, provider)
     select o, '+1' || (2020000000 + taken.numbers + (n - 1) * $2::int + i), 'US', 'telnyx'
     from (select count(*) as numbers from phone_numbers) taken
     cross join unnest($1::uuid[]) with ordinality o(o, n) cross join generate_series(1, $2::int) i`,
    [ids, agents * numbers],
  );
  await client.query(
    `insert into agent_phone_numbers (organization_id, agent_id, phone_number_id, daily_limit, last_reset_date)
    select organization_id, a.id, n.id, ${LIMIT}, (now() at time zone 'America/New_York')::date
     from (select organization_id, id, row_number() over (partition by organization_id order by id) as place
       from agents where organization_id = any ($1)) a
     join (select organization_id, id, 1 + (row_number() over (partition by organization_id order by id) - 1) % $2 as place
       from phone_numbers where organization_id = any ($1)) n using (organization_id, place)`,
    [ids, agents],
  );
  const callers: BenchCaller[] = [];
  for (const organizationId of ids) callers.push(await callerOf(client, organizationId));
  await client.query('vacuum analyze');
  return callers;
}

async function callerOf(client: pg.Client, organizationId: string): Promise<BenchCaller> {
  const { key, prefix, keyHash } = newApiKey();
  await client.query(
    `insert into api_keys (organization_id, name, prefix, key_hash, scopes) values ($1, 'bench', $2, $3, $4)`,
    [organizationId, prefix, keyHash, ['calls:authorize']],
  );
  const agents = await client.query<{ id: string }>(
    `select id from agents where organization_id = $1 order by random() limit ${MOST_CALLERS}`,
    [organizationId],
  );
  return { organizationId, apiKey: key, agentIds: agents.rows.map((row) => row.id) };
}

/** Decisions spread over so many earlier days, each a partition, with ids of their time as real ones have. */
export async function seedLedger(
  client: pg.Client,
  { organizationId, agentIds }: BenchCaller,
  rows: number,
  days: number,
): Promise<void> {
  const step = 1_000_000;
  const secondsApart = (days * 86_400) / rows;
  await client.query(
    `select make_ledger_day(day::date, 0) from generate_series(
       now() - make_interval(days => $1::int + 2), now(), interval '1 day') day`,
    [days],
  );
  for (let from = 0; from < rows; from += step) {
    await client.query(
      `insert into call_authorizations (organization_id, id, assignment_id, agent_id, phone_number_id, from_number, provider,
         destination, destination_country, destination_type, decision, reason_code, local_date, used_after, limit_at, status,
         authorized_by, decided_at, resets_at, expires_at)
       select $1, uuidv7(make_interval(secs => (i - $3::int) * $6::float8 - 100000)), $1, $2, $1, '+12025550123', 'telnyx',
         '+14165550123', 'CA', 'FIXED_LINE_OR_MOBILE', 'allowed', 'allowed', current_date - 2, 1, 100, 'authorized',
         $1, now() - interval '2 days', now() - interval '1 day', now() - interval '1 day'
       from generate_series($4::int, $5::int) i`,
      [organizationId, agentIds[0], rows, from + 1, Math.min(from + step, rows), secondsApart],
    );
  }
  await client.query('vacuum analyze call_authorizations');
}

interface BenchCall {
  agentId: string;
  destination: string;
}

/** A random agent of the caller calls a random number in the United States. */
function callOf({ agentIds }: BenchCaller): BenchCall {
  return { agentId: agentIds[randomInt(agentIds.length)]!, destination: destination() };
}

/** Bodies of authorization requests. */
export function bodiesOf(caller: BenchCaller, count: number): string[] {
  return Array.from({ length: count }, () => JSON.stringify(callOf(caller)));
}

/** Bodies of requests with many calls each. */
export function batchBodiesOf(caller: BenchCaller, count: number, calls: number): string[] {
  return Array.from({ length: count }, () =>
    JSON.stringify({ calls: Array.from({ length: calls }, () => callOf(caller)) }),
  );
}

function destination(): string {
  return `+1${AREA_CODES[randomInt(AREA_CODES.length)]}${randomInt(200, 1000)}${String(randomInt(10_000)).padStart(4, '0')}`;
}
