import type pg from 'pg';
import { END_ASSIGNMENTS_OF_NUMBERS } from '../../apps/api/src/modules/agent-assignments/assign/sql/end-assignments-of-numbers.sql.js';
import { LOCK_ASSIGNMENTS_OF_NUMBER } from '../../apps/api/src/modules/agent-assignments/assign/sql/lock-assignments-of-number.sql.js';
import { RESET_COUNTERS, TURN_COUNTERS } from '../../apps/api/src/modules/usage/sql/set-counters-back.sql.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { createAgent, createAssignment, createOrganization, createPhoneNumber } from '../support/fixtures.js';

const AUTHORIZE = `
  select from gate_authorize($1::uuid[], $2::uuid[], $3::uuid[], $4::text[],
    array_fill('+14165550123'::text, array[3]), array_fill('CA'::text, array[3]), array_fill('MOBILE'::text, array[3]),
    null, $1::uuid[], null, null, interval '1 hour', interval '48 hours')`;

/** Two assignments: the one that comes first by agent was made last, so it comes last by id. */
interface Two {
  organizationId: string;
  agents: [string, string];
  numbers: string[];
  firstByAgent: string;
  firstById: string;
}

/**
 * A transaction that locks several assignments does it in the order of the gate (agent, then number), or two of them could each wait
 * for what the other holds. Here the first one is held by another transaction: one that waits for it must not hold the second yet.
 */
describe('The order in which assignments are locked', () => {
  let db: TestDatabase;
  let holder: pg.Client;
  let comer: pg.Client;

  beforeAll(async () => {
    db = await createTestDatabase();
    holder = await db.connect();
    comer = await db.connect();
  });

  afterAll(async () => {
    await holder?.end();
    await comer?.end();
    await db?.drop();
  });

  async function two(ofOneNumber: boolean): Promise<Two> {
    const organizationId = await createOrganization(db, { timeZone: 'UTC' });
    const agents = [await createAgent(db, { organizationId }), await createAgent(db, { organizationId })].sort() as [
      string,
      string,
    ];
    const number = await createPhoneNumber(db, { organizationId });
    const numbers = [number, ofOneNumber ? number : await createPhoneNumber(db, { organizationId })];
    const counter = { organizationId, callsMadeToday: 1, lastResetDate: '2026-01-01' };
    const firstById = await createAssignment(db, { ...counter, agentId: agents[1], phoneNumberId: numbers[0]! });
    if (ofOneNumber) await db.query('update agent_phone_numbers set ended_at = now() where id = $1', [firstById]);
    const firstByAgent = await createAssignment(db, { ...counter, agentId: agents[0], phoneNumberId: numbers[1]! });
    return { organizationId, agents, numbers, firstByAgent, firstById };
  }

  const statements: [string, boolean, string, (of: Two) => unknown[]][] = [
    ['a reset by hand', false, RESET_COUNTERS, (of) => [of.organizationId, '2026-01-02', null]],
    ['midnight', false, TURN_COUNTERS, (of) => [of.organizationId, '2026-01-02', 10]],
    [
      'the end of assignments of many numbers',
      false,
      END_ASSIGNMENTS_OF_NUMBERS,
      (of) => [of.organizationId, of.numbers],
    ],
    [
      'a number that changes hands',
      true,
      LOCK_ASSIGNMENTS_OF_NUMBER,
      (of) => [of.organizationId, of.numbers[0], of.agents[1]],
    ],
    [
      'the setting of one number for each agent',
      false,
      `update organizations set numbers_per_agent = case numbers_per_agent when 'one' then 'many' else 'one' end where id = $1`,
      (of) => [of.organizationId],
    ],
  ];

  it.each(statements)('is that of the gate for %s', async (_, ofOneNumber, sql, parametersOf) => {
    const of = await two(ofOneNumber);
    expect(of.firstById < of.firstByAgent).toBe(true);
    expect(await isFreeBehind(of.firstByAgent, of.firstById, sql, parametersOf(of))).toBe(true);
  });

  it.each([
    ['a number', ['+14155559901', '+14155559900']],
    ['an assignment', ['+14155559902', '+14155559903']],
  ])('is one for calls that name %s, whichever comes first', async (named, numbers) => {
    const organizationId = await createOrganization(db);
    const agentId = await createAgent(db, { organizationId });
    const made: { id: string; e164: string }[] = [];
    for (const e164 of numbers) {
      const phoneNumberId = await createPhoneNumber(db, { organizationId, e164 });
      made.push({ id: await createAssignment(db, { organizationId, agentId, phoneNumberId }), e164 });
    }
    const [first, second] = made as [(typeof made)[0], (typeof made)[0]];
    const calls = [second, first, second];
    const columns =
      named === 'a number'
        ? [calls.map(() => agentId), null, calls.map(({ e164 }) => e164)]
        : [null, calls.map(({ id }) => id), null];
    const parameters = [calls.map(() => organizationId), ...columns];
    expect(await isFreeBehind(first.id, second.id, AUTHORIZE, parameters)).toBe(true);
  });

  /** Whether the second assignment is free while the statement waits for the first. */
  async function isFreeBehind(first: string, second: string, sql: string, parameters: unknown[]): Promise<boolean> {
    await holder.query('begin');
    await holder.query('select from agent_phone_numbers where id = $1 for no key update', [first]);
    const waiting = comer.query(sql, parameters);
    await waitsFor(holder);
    const free = await db.query('select id from agent_phone_numbers where id = $1 for no key update skip locked', [
      second,
    ]);
    await holder.query('commit');
    await waiting;
    return free.length === 1;
  }

  async function waitsFor(client: pg.Client): Promise<void> {
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
    for (;;) {
      const [row] = await db.query(
        'select count(*)::int as count from pg_stat_activity where $1 = any (pg_blocking_pids(pid))',
        [rows[0]!.pid],
      );
      if (row!['count'] > 0) return;
    }
  }
});
