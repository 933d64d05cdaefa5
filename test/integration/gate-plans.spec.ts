import pg from 'pg';
import { gateSession } from '../../apps/api/src/modules/call-gate/engine/gate-database.js';
import {
  GATE_AUTHORIZE,
  gateAuthorizeDecisions,
  gateAuthorizeParameters,
} from '../../apps/api/src/modules/call-gate/engine/sql/gate-authorize.sql.js';
import type { CallCommand } from '../../apps/api/src/modules/call-gate/policy/call-decision.js';
import { startupOptions } from '../../apps/api/src/platform/database/connection-options.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { createAgent, createAssignment, createOrganization, createPhoneNumber } from '../support/fixtures.js';

const ROWS = 4_000;
const CALLS = 20;
/** Rows of any table that the decisions of all `CALLS` may read, dead versions of the same row included. */
const ROWS_READ = 1_000;
const EXTERNAL_ID = 'crm-4711';

/** What fills the tables of the organization $1: agents with a number, an assignment, and an old call with its key each. */
const GROWTH = {
  grown: `
    create temporary table grown as
      select uuidv7() as agent, uuidv7() as number, uuidv7() as assignment, uuidv7() as call, i
      from generate_series(1, ${ROWS}) i`,
  idempotency_keys: `
    insert into idempotency_keys (organization_id, key, fingerprint, authorization_id, expires_at)
    select $1, 'old-' || i, '\\x00', call, now() + interval '48 hours' from grown`,
  agents: `
    insert into agents (organization_id, id, name, kind, external_id)
    select $1, agent, 'Grown ' || i, 'ai', 'grown-' || i from grown`,
  phone_numbers: `
    insert into phone_numbers (organization_id, id, e164, provider)
    select $1, number, '+1202556' || lpad(i::text, 4, '0'), 'telnyx' from grown`,
  agent_phone_numbers: `
    insert into agent_phone_numbers (organization_id, id, agent_id, phone_number_id, daily_limit, last_reset_date)
    select $1, assignment, agent, number, 100, current_date from grown`,
  usage_daily: `
    insert into usage_daily (organization_id, local_date, agent_id, phone_number_id, calls_allowed)
    select $1, current_date - 1, agent, number, 1 from grown`,
  call_authorizations: `
    insert into call_authorizations (organization_id, id, assignment_id, agent_id, phone_number_id, from_number,
      provider, destination, destination_country, destination_type, decision, reason_code, local_date, used_after,
      limit_at, status, authorized_by, decided_at, resets_at, expires_at)
    select $1, call, assignment, agent, number, '+12025550100', 'telnyx', '+14165550123', 'CA', 'MOBILE', 'allowed',
      'allowed', current_date, 1, 100, 'authorized', $1, now(), now() + interval '1 day', now() + interval '1 hour'
    from grown`,
};
type Grows = keyof typeof GROWTH;

/**
 * The gate's connections live for days, and their plans with them: a plan that was made while the tables were empty, and
 * that no statistics have corrected, decides as many calls as any other.
 */
describe.each<[string, Grows[]]>([
  ['nothing', []],
  ['the keys', ['idempotency_keys']],
  ['the assignments', ['agents', 'phone_numbers', 'agent_phone_numbers']],
  ['all but the keys', ['agents', 'phone_numbers', 'agent_phone_numbers', 'usage_daily', 'call_authorizations']],
])('plans of the gate that were made when %s had been counted', (_counted, counted) => {
  let db: TestDatabase;
  let gate: pg.Client;
  let organizationId: string;
  let agentId: string;
  let assignmentId: string;
  let agentOfTwo: string;
  const numberOfTwo = '+12025550198';

  beforeAll(async () => {
    db = await createTestDatabase();
    const days = await db.query('select relation::text as name from ledger_days()');
    const tables = ['agents', 'phone_numbers', 'agent_phone_numbers', 'idempotency_keys'];
    for (const table of [...tables, ...days.map(({ name }) => name as string)]) {
      await db.query(`alter table ${table} set (autovacuum_enabled = false)`);
    }
    organizationId = await createOrganization(db, { defaultAllowedCountries: ['CA'] });
    agentId = await createAgent(db, { organizationId, externalId: EXTERNAL_ID });
    const phoneNumberId = await createPhoneNumber(db, { organizationId });
    assignmentId = await createAssignment(db, { organizationId, agentId, phoneNumberId, dailyLimit: 1_000 });
    agentOfTwo = await createAgent(db, { organizationId });
    for (const e164 of [numberOfTwo, '+12025550199']) {
      const ofTwo = await createPhoneNumber(db, { organizationId, e164 });
      await createAssignment(db, { organizationId, agentId: agentOfTwo, phoneNumberId: ofTwo, dailyLimit: 1_000 });
    }
    const owner = await db.connect();
    const grow = (table: Grows) => owner.query(GROWTH[table].replaceAll('$1', `'${organizationId}'::uuid`));
    await grow('grown');
    for (const table of counted) {
      await grow(table);
      await owner.query(`analyze ${table}`);
    }
    gate = new pg.Client({ connectionString: db.appUrl, options: startupOptions(gateSession(1_000)) });
    await gate.connect();
    // Every statement of the function is planned by these.
    const named = { agentExternalId: EXTERNAL_ID };
    for (const caller of [
      { agentId },
      { agentId },
      { assignmentId },
      { agentId: agentOfTwo, from: numberOfTwo },
      named,
    ]) {
      await decide(callsOf(caller, 'first'));
    }
    await decide(callsOf({ agentId: agentOfTwo }), true);
    await decide(callsOf(named), true);
    for (const table of Object.keys(GROWTH) as Grows[]) {
      if (table !== 'grown' && !counted.includes(table)) await grow(table);
    }
    await owner.end();
  });
  afterAll(async () => {
    await gate?.end();
    await db?.drop();
  });

  function callsOf(caller: Partial<CallCommand>, key: string | null = null): CallCommand[] {
    return Array.from({ length: CALLS }, (_, index) => ({
      organizationId,
      agentId: null,
      agentExternalId: null,
      assignmentId: null,
      from: null,
      ...caller,
      destination: '+14165550123',
      destinationCountry: 'CA',
      destinationType: 'MOBILE',
      destinationRefusal: null,
      authorizedBy: organizationId,
      idempotencyKey: key === null ? null : `${key}-${index + 1}`,
      fingerprint: key === null ? null : Buffer.from([0]),
    }));
  }

  async function decide(calls: CallCommand[], passLocked = false) {
    const { rows } = await gate.query<(string | null)[]>({
      ...GATE_AUTHORIZE,
      values: gateAuthorizeParameters(calls, 60, 48, passLocked),
      rowMode: 'array',
    });
    return gateAuthorizeDecisions(rows[0]!, calls).map((decision) => decision?.outcome);
  }

  /** How many rows of each table this session has read, as far as it has not reported them yet. */
  async function rowsRead(): Promise<Map<string, number>> {
    const { rows } = await gate.query<{ table: string; read: number }>(
      `select relname as table, (seq_tup_read + coalesce(idx_tup_fetch, 0))::integer as read from pg_stat_xact_user_tables`,
    );
    return new Map(rows.map(({ table, read }) => [table, read]));
  }

  it.each<[string, string, () => CallCommand[], boolean]>([
    ['new calls', 'decided', () => callsOf({ agentId }), false],
    ['new calls with keys', 'decided', () => callsOf({ agentId }, 'new'), false],
    ['calls of an assignment', 'decided', () => callsOf({ assignmentId }), false],
    ['calls from a number', 'decided', () => callsOf({ agentId: agentOfTwo, from: numberOfTwo }), false],
    ['calls of an agent with two numbers', 'decided', () => callsOf({ agentId: agentOfTwo }, 'two'), false],
    ['calls by an external id', 'decided', () => callsOf({ agentExternalId: EXTERNAL_ID }), false],
    ['calls by an external id that pass locked rows', 'decided', () => callsOf({ agentExternalId: EXTERNAL_ID }), true],
    ['calls that pass locked rows', 'decided', () => callsOf({ agentId }, 'pass'), true],
    ['keys that were used before', 'replayed', () => callsOf({ agentId }, 'old'), false],
  ])('read a few rows for %s', async (_, outcome, calls, passLocked) => {
    await gate.query('begin');
    try {
      const before = await rowsRead();
      expect(await decide(calls(), passLocked)).toEqual(Array<string>(CALLS).fill(outcome));
      const read = [...(await rowsRead())].map(([table, rows]) => [table, rows - (before.get(table) ?? 0)] as const);
      expect(read.filter(([, rows]) => rows > ROWS_READ)).toEqual([]);
      expect(read.some(([, rows]) => rows >= CALLS)).toBe(true);
    } finally {
      await gate.query('rollback');
    }
  });
});
