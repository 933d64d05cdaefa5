import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { createAgent, createAssignment, createOrganization, createPhoneNumber } from '../support/fixtures.js';

/** Calls of one organization, each of an agent, with a key and what the numbering plans say of its destination. */
const AUTHORIZE = `
  select outcome, reason_code as reason, authorization_id as id from gate_authorize(
    array_fill($1::uuid, array[cardinality($2::uuid[])]), $2, null, null,
    array_fill('+14165550123'::text, array[cardinality($2)]), array_fill($5::text, array[cardinality($2)]),
    array_fill('MOBILE'::text, array[cardinality($2)]), array_fill($6::text, array[cardinality($2)]),
    array_fill($1, array[cardinality($2)]), $3::text[], array_fill('\\x00'::bytea, array[cardinality($2)]),
    interval '1 hour', interval '48 hours', $4)
  order by call_index`;

interface Decision {
  outcome: string;
  reason: string | null;
  id: string | null;
}

interface Caller {
  agentId: string;
  assignmentId: string;
  phoneNumberId: string;
}

/** What is answered about a call that was allowed must be true when it is answered, however long its batch had to wait. */
describe('a retry in a batch that has to wait', () => {
  let db: TestDatabase;
  let holder: pg.Client;
  let gate: pg.Client;
  let admin: pg.Client;
  let gatePid: number;
  let organizationId: string;
  let retried: Caller;
  let other: Caller;
  let key: string;
  let first: Decision;

  beforeAll(async () => {
    db = await createTestDatabase();
    [holder, gate, admin] = [await db.connect(), await db.connect(), await db.connect()];
    gatePid = (await gate.query<{ pid: number }>('select pg_backend_pid() as pid')).rows[0]!.pid;
  });
  afterAll(async () => {
    await Promise.all([holder?.end(), gate?.end(), admin?.end()]);
    await db?.drop();
  });

  beforeEach(async () => {
    organizationId = await createOrganization(db, { defaultAllowedCountries: ['CA'] });
    [retried, other] = [await caller(), await caller()];
    key = randomUUID();
    [first] = (await decide(gate, [retried], [key])) as [Decision];
    expect(first).toMatchObject({ outcome: 'decided', reason: 'allowed' });
  });

  async function caller(): Promise<Caller> {
    const agentId = await createAgent(db, { organizationId });
    const phoneNumberId = await createPhoneNumber(db, { organizationId });
    const assignmentId = await createAssignment(db, { organizationId, agentId, phoneNumberId, dailyLimit: 5 });
    return { agentId, phoneNumberId, assignmentId };
  }

  interface Ask {
    passLocked?: boolean;
    country?: string;
    refusal?: string | null;
  }

  async function decide(client: pg.Client, callers: Caller[], keys: (string | null)[], ask: Ask = {}) {
    const { passLocked = false, country = 'CA', refusal = null } = ask;
    const agents = callers.map(({ agentId }) => agentId);
    const values = [organizationId, agents, keys, passLocked, country, refusal];
    return (await client.query<Decision>(AUTHORIZE, values)).rows;
  }

  async function untilWaiting(): Promise<void> {
    const blockers = async () => (await db.query('select pg_blocking_pids($1) as pids', [gatePid]))[0]!['pids'];
    while (((await blockers()) as number[]).length === 0);
  }

  const hold = (sql: string, id: string) =>
    holder.query('begin').then(() => holder.query<Record<string, unknown>>(sql, [id]));
  const HOLD_ASSIGNMENT = 'select from agent_phone_numbers where id = $1 for update';

  it.each<[string, string, keyof Caller | 'organization' | 'call', string]>([
    ['a pause', 'update agent_phone_numbers set paused_at = now() where id = $1', 'assignmentId', 'assignment_paused'],
    ['an end', 'update agent_phone_numbers set ended_at = now() where id = $1', 'assignmentId', 'no_assignment'],
    [
      'other countries',
      `update agent_phone_numbers set allowed_countries = '{FR}' where id = $1`,
      'assignmentId',
      'country_not_allowed',
    ],
    ['an inactive agent', `update agents set status = 'inactive' where id = $1`, 'agentId', 'agent_inactive'],
    [
      'an inactive number',
      `update phone_numbers set lifecycle = 'error' where id = $1`,
      'phoneNumberId',
      'number_inactive',
    ],
    [
      'a suspension',
      'update organizations set suspended_at = now() where id = $1',
      'organization',
      'organization_suspended',
    ],
    ['a void', `update call_authorizations set status = 'voided' where id = $1`, 'call', 'authorization_voided'],
  ])('knows of %s that was committed while another call of its batch waited', async (_, sql, of, reason) => {
    await hold(HOLD_ASSIGNMENT, other.assignmentId);
    const decided = decide(gate, [other, retried], [randomUUID(), key]);
    await untilWaiting();
    const id = of === 'organization' ? organizationId : of === 'call' ? first.id : retried[of];
    await admin.query(sql, [id]);
    await holder.query('commit');
    expect((await decided)[1]).toEqual({ outcome: 'replayed', reason, id: first.id });
  });

  it('knows of a suspension that was committed while it waited for the first call with its key', async () => {
    const newKey = randomUUID();
    await holder.query('begin');
    const [allowed] = await decide(holder, [retried], [newKey]);
    const again = decide(gate, [retried], [newKey]);
    await untilWaiting();
    await admin.query('update organizations set suspended_at = now() where id = $1', [organizationId]);
    await holder.query('commit');
    expect(allowed).toMatchObject({ outcome: 'decided', reason: 'allowed' });
    expect(await again).toEqual([{ outcome: 'replayed', reason: 'organization_suspended', id: allowed!.id }]);
  });

  it('does not wait itself for a change that is under way, and is left undecided where held rows are passed', async () => {
    await hold('update agent_phone_numbers set paused_at = now() where id = $1', retried.assignmentId);
    expect(await decide(gate, [retried], [key])).toEqual([{ ...first, outcome: 'replayed' }]);
    expect((await decide(gate, [retried], [key], { passLocked: true }))[0]!.outcome).toBe('busy');
    await holder.query('commit');
    expect((await decide(gate, [retried], [key]))[0]!.reason).toBe('assignment_paused');
  });

  it.each([
    [{ refusal: 'destination_invalid' }, 'destination_invalid'],
    [{ refusal: 'destination_emergency' }, 'destination_emergency'],
    [{ country: 'FR' }, 'country_not_allowed'],
  ])('goes by what the numbering plans say of its destination now: %j', async (ask, reason) => {
    expect((await decide(gate, [retried], [key], ask))[0]).toEqual({ outcome: 'replayed', reason, id: first.id });
  });
});
