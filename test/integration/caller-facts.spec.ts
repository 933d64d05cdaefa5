import type pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { createAgent, createAssignment, createOrganization, createPhoneNumber } from '../support/fixtures.js';

const FACTS = `
  select agent_active, number_active, number_can_call, from_number, provider from agent_phone_numbers where id = $1`;

const ASSIGN = `
  insert into agent_phone_numbers (organization_id, agent_id, phone_number_id, daily_limit, last_reset_date)
  values ($1, $2, $3, 10, current_date) returning id`;

describe('what an assignment knows of its agent and its number', () => {
  let db: TestDatabase;
  let organizationId: string;
  let one: pg.Client;
  let other: pg.Client;

  beforeAll(async () => {
    db = await createTestDatabase();
    organizationId = await createOrganization(db);
    [one, other] = [await db.connect(), await db.connect()];
  });
  afterAll(async () => {
    await Promise.all([one?.end(), other?.end()]);
    await db?.drop();
  });

  async function pair() {
    const agentId = await createAgent(db, { organizationId });
    const phoneNumberId = await createPhoneNumber(db, { organizationId });
    return { agentId, phoneNumberId };
  }

  async function facts(assignmentId: string): Promise<Record<string, unknown>> {
    return (await db.query(FACTS, [assignmentId]))[0]!;
  }

  /** Waits until a statement of the client waits for a lock. */
  async function isBlocked(pid: number): Promise<void> {
    for (;;) {
      const [row] = await db.query('select cardinality(pg_blocking_pids($1)) > 0 as blocked', [pid]);
      if (row?.['blocked']) return;
    }
  }
  const pidOf = async (client: pg.Client) =>
    (await client.query<{ pid: number }>('select pg_backend_pid() as pid')).rows[0]!.pid;

  it.each([
    ['agents', `status = 'inactive'`, { agent_active: false }],
    ['agents', `deleted_at = now()`, { agent_active: false }],
    ['phone_numbers', `lifecycle = 'error'`, { number_active: false }],
    ['phone_numbers', `capabilities = '{"voice": false, "sms": true}'`, { number_can_call: false }],
    ['phone_numbers', `capabilities = '{}'`, { number_can_call: false }],
    [
      'phone_numbers',
      `e164 = '+12025550999', provider = 'twilio'`,
      { from_number: '+12025550999', provider: 'twilio' },
    ],
  ])('follows %s set %s, and back', async (table, change, expected) => {
    const { agentId, phoneNumberId } = await pair();
    const id = await createAssignment(db, { organizationId, agentId, phoneNumberId });
    const before = await facts(id);
    expect(before).toMatchObject({ agent_active: true, number_active: true, number_can_call: true });
    const record = table === 'agents' ? agentId : phoneNumberId;
    await db.query(`update ${table} set ${change} where id = $1`, [record]);
    expect(await facts(id)).toEqual({ ...before, ...expected });
    const back =
      table === 'agents'
        ? `status = 'active', deleted_at = null`
        : `capabilities = '{"voice": true}', lifecycle = 'active', e164 = '${String(before['from_number'])}', provider = '${String(before['provider'])}'`;
    await db.query(`update ${table} set ${back} where id = $1`, [record]);
    expect(await facts(id)).toEqual(before);
  });

  it('learns what changed while the assignment was ended, when it comes back', async () => {
    const { agentId, phoneNumberId } = await pair();
    const id = await createAssignment(db, { organizationId, agentId, phoneNumberId });
    await db.query('update agent_phone_numbers set ended_at = now() where id = $1', [id]);
    await db.query(`update agents set status = 'inactive' where id = $1`, [agentId]);
    await db.query('update agent_phone_numbers set ended_at = null where id = $1', [id]);
    expect(await facts(id)).toMatchObject({ agent_active: false, number_active: true });
  });

  it('cannot miss a change that comes while the number is being assigned', async () => {
    const { agentId, phoneNumberId } = await pair();
    const pid = await pidOf(other);
    await one.query('begin');
    const { rows } = await one.query<{ id: string }>(ASSIGN, [organizationId, agentId, phoneNumberId]);
    const changed = other.query(`update agents set status = 'inactive' where id = $1`, [agentId]);
    await isBlocked(pid);
    await one.query('commit');
    await changed;
    expect(await facts(rows[0]!.id)).toMatchObject({ agent_active: false });
  });

  it('cannot copy what is just being changed', async () => {
    const { agentId, phoneNumberId } = await pair();
    const pid = await pidOf(one);
    await other.query('begin');
    await other.query(`update phone_numbers set lifecycle = 'inactive' where id = $1`, [phoneNumberId]);
    const assigned = one.query<{ id: string }>(ASSIGN, [organizationId, agentId, phoneNumberId]);
    await isBlocked(pid);
    await other.query('commit');
    expect(await facts((await assigned).rows[0]!.id)).toMatchObject({ number_active: false });
  });

  it('is never missing on a live assignment', async () => {
    const { agentId, phoneNumberId } = await pair();
    const id = await createAssignment(db, { organizationId, agentId, phoneNumberId });
    await expect(
      db.query('update agent_phone_numbers set agent_active = null where id = $1', [id]),
    ).rejects.toMatchObject({
      constraint: 'live_assignments_know_their_caller',
    });
  });

  it('finds an agent by one look into one index, however large the organization is beside the others', async () => {
    await one.query('begin');
    await one.query('set local role ringfence_app');
    await one.query(`set local plan_cache_mode = force_generic_plan; set local enable_seqscan = off`);
    await one.query(`select set_config('ringfence.organization_ids', array[$1]::text, true)`, [organizationId]);
    await one.query(`prepare find (uuid, uuid) as select from agent_phone_numbers a
      where a.live_organization_id = $1 and a.agent_id = $2 order by a.phone_number_id for no key update`);
    const { rows } = await one.query<{ 'QUERY PLAN': string }>(
      `explain (costs off) execute find('${organizationId}', '${organizationId}')`,
    );
    await one.query('rollback');
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(plan).toContain('live_assignments_of_agent');
    expect(plan).toMatch(/Index Cond: \(agent_id = \$2\)/);
  });
});
