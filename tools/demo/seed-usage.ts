import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import type { ReasonCode } from '#contracts';
import { parseDestination } from '#phone';
import { pseudoRandom } from './pseudo-random.js';
import { agents, calledRanges } from './seed-facts.js';

const PAST_DAYS = 14;
const WEEKEND_SHARE = 0.35;
/** Also a demo that is started soon after midnight has something to show of today. */
const LEAST_SHARE_OF_TODAY = 0.35;
const OPENS_AT_HOUR = 8;
const CLOSES_AT_HOUR = 20;
const LEASE_MS = 240 * 60_000;
const HOUR_MS = 3_600_000;

/** An assignment as the usage is made up from. */
interface Line {
  assignment_id: string;
  agent_id: string;
  agent_name: string;
  phone_number_id: string;
  e164: string;
  provider: string;
  daily_limit: number;
  countries: string[];
  paused: boolean;
}

interface Today {
  date: string;
  midnight: Date;
  ends_at: Date;
  now: Date;
}

type Random = () => number;

/**
 * Two weeks of usage up to yesterday, and a day that is under way: counters, and ledger rows that agree with them. All
 * of it follows from the date alone, so that each demo of a day looks the same.
 */
export async function seedUsage(client: pg.Client, organizationId: string, authorizedBy: string): Promise<void> {
  const random = pseudoRandom(2026);
  const lines = (await client.query<Line>(LINES, [organizationId])).rows;
  const today = (await client.query<Today>(TODAY, [organizationId])).rows[0]!;
  const days = lines.flatMap((line) =>
    Array.from({ length: PAST_DAYS }, (_, index) => pastDay(line, dateBefore(today.date, index + 1), random)),
  );
  await client.query(INSERT_PAST_DAYS, [organizationId, JSON.stringify(days)]);
  const decisions = lines.filter(({ paused }) => !paused).flatMap((line) => decisionsOfToday(line, today, random));
  decisions.sort((a, b) => a.decided_ms - b.decided_ms);
  const rows = decisions.map((decision) => ({ id: uuidV7(decision.decided_ms), ...decision }));
  await client.query(INSERT_LEDGER, [organizationId, authorizedBy, today.date, today.ends_at, JSON.stringify(rows)]);
  await client.query(SET_COUNTERS, [organizationId]);
}

const LINES = `
  select a.id as assignment_id, a.agent_id, g.name as agent_name, a.phone_number_id, n.e164, n.provider, a.daily_limit,
    coalesce(a.allowed_countries, o.default_allowed_countries) as countries, a.paused_at is not null as paused
  from agent_phone_numbers a
  join agents g on g.id = a.agent_id
  join phone_numbers n on n.id = a.phone_number_id
  join organizations o on o.id = a.organization_id
  where a.organization_id = $1
  order by n.e164`;

const TODAY = `
  select d.date::text, d.date::timestamp at time zone o.time_zone as midnight,
    (d.date + 1)::timestamp at time zone o.time_zone as ends_at, ringfence_clock() as now
  from organizations o
  cross join lateral (select (ringfence_clock() at time zone o.time_zone)::date as date) d
  where o.id = $1`;

/** How many calls the line wants to place in a whole day, which may be more than it is allowed. */
function demandOf(line: Line, date: string, random: Random): number {
  const { load } = agents.find(({ name }) => name === line.agent_name)!;
  const weekday = new Date(`${date}T12:00:00Z`).getUTCDay();
  const share = weekday === 0 || weekday === 6 ? WEEKEND_SHARE : 1;
  return Math.round(line.daily_limit * load * share * (0.75 + random() * 0.5));
}

function pastDay(line: Line, date: string, random: Random) {
  const demand = demandOf(line, date, random);
  const allowed = Math.min(demand, line.daily_limit);
  const [home, ...others] = callableCountries(line);
  const abroad = others.length === 0 ? 0 : Math.round(allowed * (0.1 + random() * 0.15));
  const completed = Math.round(allowed * 0.93);
  const denied = nonZero({
    country_not_allowed: Math.round(allowed * 0.03 * random()),
    destination_invalid: Math.round(allowed * 0.015 * random()),
    number_type_blocked: Math.round(allowed * 0.004 * random()),
    // Who is refused at the limit tries again a few times, and then gives up for the day.
    daily_limit_reached: demand > line.daily_limit ? 3 + Math.round(random() * 9) : 0,
  });
  return {
    local_date: date,
    agent_id: line.agent_id,
    phone_number_id: line.phone_number_id,
    calls_allowed: allowed,
    calls_denied: Object.values(denied).reduce((sum, count) => sum + count, 0),
    calls_completed: completed,
    duration_seconds: completed * Math.round(60 + random() * 120),
    allowed_by_country: nonZero({ [home!]: allowed - abroad, ...(others[0] && { [others[0]]: abroad }) }),
    denied_by_reason: denied,
  };
}

const INSERT_PAST_DAYS = `
  insert into usage_daily (organization_id, local_date, agent_id, phone_number_id, calls_allowed, calls_denied,
    calls_completed, duration_seconds, allowed_by_country, denied_by_reason)
  select $1, local_date, agent_id, phone_number_id, calls_allowed, calls_denied, calls_completed, duration_seconds,
    allowed_by_country, denied_by_reason
  from jsonb_to_recordset($2) as d (local_date date, agent_id uuid, phone_number_id uuid, calls_allowed integer,
    calls_denied integer, calls_completed integer, duration_seconds bigint, allowed_by_country jsonb,
    denied_by_reason jsonb)
  where calls_allowed + calls_denied > 0`;

/** The day so far on one line, in the order of the calls. */
function decisionsOfToday(line: Line, today: Today, random: Random) {
  const [from, to, share] = hoursSoFar(today);
  const wanted = Math.round(demandOf(line, today.date, random) * share);
  const attempts = Math.min(wanted, line.daily_limit + 6);
  const times = Array.from({ length: attempts }, () => from + random() * (to - from)).sort((a, b) => a - b);
  let used = 0;
  return times.map((time) => {
    const reason = used >= line.daily_limit ? 'daily_limit_reached' : reasonOf(random());
    if (reason === 'allowed') used += 1;
    return { ...callOf(line, reason, random), ...settlementOf(reason, time, today, random), used_after: used };
  });
}

/** From when to when calls were placed today, and which share of the day's calls. */
function hoursSoFar({ midnight, now }: Today): [fromMs: number, toMs: number, share: number] {
  const opensAt = midnight.getTime() + OPENS_AT_HOUR * HOUR_MS;
  const closesAt = midnight.getTime() + CLOSES_AT_HOUR * HOUR_MS;
  const share = (Math.min(now.getTime(), closesAt) - opensAt) / (closesAt - opensAt);
  if (share >= LEAST_SHARE_OF_TODAY) return [opensAt, Math.min(now.getTime(), closesAt), share];
  return [midnight.getTime(), now.getTime(), LEAST_SHARE_OF_TODAY];
}

function reasonOf(chance: number): ReasonCode {
  if (chance < 0.02) return 'country_not_allowed';
  if (chance < 0.03) return 'destination_invalid';
  if (chance < 0.033) return 'number_type_blocked';
  return 'allowed';
}

function callOf(line: Line, reason: ReasonCode, random: Random) {
  const text = destinationFor(line, reason, random);
  const { e164, countryCode, type } = parseDestination(text);
  return {
    assignment_id: line.assignment_id,
    agent_id: line.agent_id,
    phone_number_id: line.phone_number_id,
    from_number: line.e164,
    provider: line.provider,
    destination: e164 ?? text,
    destination_country: countryCode,
    destination_type: type,
    reason_code: reason,
    limit_at: line.daily_limit,
  };
}

function destinationFor(line: Line, reason: ReasonCode, random: Random): string {
  const callable = callableCountries(line);
  if (reason === 'destination_invalid') return '+1415555012';
  if (reason === 'number_type_blocked') return '+449098790000';
  const elsewhere = Object.keys(calledRanges).filter((country) => !line.countries.includes(country));
  const countries = reason === 'country_not_allowed' ? elsewhere : random() < 0.8 ? callable.slice(0, 1) : callable;
  const ranges = calledRanges[pick(countries, random)]!;
  const { first, count } = pick(ranges, random);
  return `+${BigInt(first.slice(1)) + BigInt(Math.floor(random() * count))}`;
}

/** The allowed countries that the demo has numbers to call in. */
function callableCountries(line: Line): string[] {
  return line.countries.filter((country) => country in calledRanges);
}

/** What became of the call: most have been completed, a few never were and expire. */
function settlementOf(reason: ReasonCode, decidedMs: number, today: Today, random: Random) {
  const decided = { decided_ms: Math.floor(decidedMs), decided_at: new Date(decidedMs).toISOString() };
  if (reason !== 'allowed') return { ...decided, decision: 'denied', status: 'denied' };
  const expiresAtMs = decidedMs + LEASE_MS;
  const durationSeconds = Math.round(15 + random() * random() * 400);
  const endedAtMs = decidedMs + (durationSeconds + 12) * 1_000;
  const completed = random() < 0.93 && endedAtMs < today.now.getTime();
  const open = expiresAtMs < today.now.getTime() ? 'expired' : 'authorized';
  return {
    ...decided,
    decision: 'allowed',
    status: completed ? 'completed' : open,
    expires_at: new Date(expiresAtMs).toISOString(),
    ...(completed && { settled_at: new Date(endedAtMs).toISOString(), duration_seconds: durationSeconds }),
  };
}

const LEDGER_COLUMNS = `id, assignment_id, agent_id, phone_number_id, from_number, provider, destination,
  destination_country, destination_type, decision, reason_code, used_after, limit_at, status, decided_at, expires_at,
  settled_at, duration_seconds`;

const INSERT_LEDGER = `
  insert into call_authorizations (organization_id, authorized_by, local_date, resets_at, ${LEDGER_COLUMNS})
  select $1, $2, $3, $4, ${LEDGER_COLUMNS}
  from jsonb_to_recordset($5) as d (id uuid, assignment_id uuid, agent_id uuid, phone_number_id uuid, from_number text,
    provider text, destination text, destination_country text, destination_type text, decision text, reason_code text,
    used_after integer, limit_at integer, status text, decided_at timestamptz, expires_at timestamptz,
    settled_at timestamptz, duration_seconds integer)`;

const SET_COUNTERS = `
  update agent_phone_numbers a set calls_made_today = used.calls
  from (
    select assignment_id, count(*)::integer as calls from call_authorizations
    where organization_id = $1 and decision = 'allowed' group by assignment_id
  ) used
  where a.organization_id = $1 and a.id = used.assignment_id`;

/** RFC 9562, section 5.7: the ledger is in the order of its ids. */
function uuidV7(timeMs: number): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(timeMs, 0, 6);
  bytes[6] = 0x70 | (bytes[6]! & 0x0f);
  bytes[8] = 0x80 | (bytes[8]! & 0x3f);
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

function dateBefore(date: string, days: number): string {
  const noon = new Date(`${date}T12:00:00Z`);
  noon.setUTCDate(noon.getUTCDate() - days);
  return noon.toISOString().slice(0, 10);
}

function nonZero(counts: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
}

function pick<T>(items: readonly T[], random: Random): T {
  return items[Math.floor(random() * items.length)]!;
}
