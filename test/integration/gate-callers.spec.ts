import type pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { createAgent, createAssignment, createOrganization, createPhoneNumber } from '../support/fixtures.js';

const AUTHORIZE = `
  select outcome, reason_code as reason, authorization_id as id from gate_authorize(
    array[$1::uuid], array[$2::uuid], array[$3::uuid], null, '{+14165550123}', '{CA}', '{MOBILE}', null, array[$1],
    array[$4::text], '{\\x00}', interval '1 hour', interval '48 hours', $5, array[$6::text])`;

interface Caller {
  organizationId: string;
  external: string | null;
  agentId?: string;
  assignmentId?: string;
  key?: string;
}

interface Decision {
  outcome: string;
  reason: string | null;
  id: string | null;
}

/** Whose call it is stands in the row of the agent: a decision and a change of it come one after the other. */
describe('an agent that is named by its external id', () => {
  let db: TestDatabase;
  let mover: pg.Client;
  let gate: pg.Client;
  let serial = 0;

  beforeAll(async () => {
    db = await createTestDatabase();
    [mover, gate] = [await db.connect(), await db.connect()];
  });
  afterAll(async () => {
    await Promise.all([mover?.end(), gate?.end()]);
    await db?.drop();
  });

  const decide = async (caller: Caller, passLocked = false): Promise<Decision> => {
    const { organizationId, external, agentId = null, assignmentId = null, key = null } = caller;
    const values = [organizationId, agentId, assignmentId, key, passLocked, external];
    return (await gate.query<Decision>(AUTHORIZE, values)).rows[0]!;
  };
  const agentOf = async ({ id }: Decision) => {
    const [row] = await db.query('select agent_id from call_authorizations where id = $1', [id]);
    return row!['agent_id'] as string | null;
  };
  const move = (from: string, to: string, external: string) =>
    mover.query(`update agents set external_id = null where id = '${from}';
      update agents set external_id = '${external}' where id = '${to}'`);

  /** Two agents with a number each; the first has the external id. */
  async function two() {
    serial += 1;
    const external = `crm-${serial}`;
    const organizationId = await createOrganization(db, { defaultAllowedCountries: ['CA'] });
    const make = async (externalId?: string) => {
      const agentId = await createAgent(db, { organizationId, externalId });
      const phoneNumberId = await createPhoneNumber(db, { organizationId });
      const assignmentId = await createAssignment(db, { organizationId, agentId, phoneNumberId, dailyLimit: 9 });
      return { agentId, assignmentId };
    };
    return { organizationId, external, one: await make(external), other: await make() };
  }

  async function waitFor(waiting: pg.Client, holder: pg.Client): Promise<void> {
    const pidOf = (client: pg.Client) => (client as unknown as { processID: number }).processID;
    for (;;) {
      const [row] = await db.query('select pg_blocking_pids($1) as pids', [pidOf(waiting)]);
      if ((row!['pids'] as number[]).includes(pidOf(holder))) return;
    }
  }

  it('is the one that has the id when the change is over that the call waited for', async () => {
    const { organizationId, external, one, other } = await two();
    await mover.query('begin');
    await move(one.agentId, other.agentId, external);
    const decided = decide({ organizationId, external });
    await waitFor(gate, mover);
    await mover.query('commit');
    expect(await decided).toMatchObject({ reason: 'allowed' });
    expect(await agentOf(await decided)).toBe(other.agentId);
  });

  it('stays the one when the change is taken back', async () => {
    const { organizationId, external, one, other } = await two();
    await mover.query('begin');
    await move(one.agentId, other.agentId, external);
    const decided = decide({ organizationId, external });
    await waitFor(gate, mover);
    await mover.query('rollback');
    expect(await agentOf(await decided)).toBe(one.agentId);
  });

  it('is none when the id is taken from it meanwhile', async () => {
    const { organizationId, external, one } = await two();
    await mover.query('begin');
    await mover.query('update agents set external_id = null where id = $1', [one.agentId]);
    const decided = decide({ organizationId, external });
    await waitFor(gate, mover);
    await mover.query('commit');
    expect(await decided).toMatchObject({ outcome: 'decided', reason: 'no_assignment' });
    expect(await agentOf(await decided)).toBeNull();
  });

  it('keeps its id until the decision is committed', async () => {
    const { organizationId, external, one, other } = await two();
    await gate.query('begin');
    const decided = await decide({ organizationId, external });
    const moved = move(one.agentId, other.agentId, external);
    await waitFor(mover, gate);
    await gate.query('commit');
    await moved;
    expect(await agentOf(decided)).toBe(one.agentId);
    expect(await agentOf(await decide({ organizationId, external }))).toBe(other.agentId);
  });

  it('is not waited for when the gate passes held rows, and the key of the call stays free', async () => {
    const { organizationId, external, one, other } = await two();
    await mover.query('begin');
    await move(one.agentId, other.agentId, external);
    const key = `key-${external}`;
    expect(await decide({ organizationId, external, key }, true)).toMatchObject({ outcome: 'busy' });
    expect(await decide({ organizationId, external: null, agentId: other.agentId }, true)).toMatchObject({
      reason: 'allowed',
    });
    expect(await decide({ organizationId, external: 'no such id' }, true)).toMatchObject({ reason: 'no_assignment' });
    await mover.query('commit');
    const decided = await decide({ organizationId, external, key }, true);
    expect(decided).toMatchObject({ outcome: 'decided', reason: 'allowed' });
    expect(await agentOf(decided)).toBe(other.agentId);
  });

  it('is nobody of another organization, and nobody that is deleted', async () => {
    const [here, elsewhere] = [await two(), await two()];
    const asked = { organizationId: here.organizationId, external: elsewhere.external };
    const hidden = await decide(asked);
    expect(hidden).toMatchObject({ outcome: 'decided', reason: 'no_assignment' });
    expect(await agentOf(hidden)).toBeNull();
    await db.query('update agents set deleted_at = now() where id = $1', [here.one.agentId]);
    expect(await agentOf(await decide({ ...asked, external: here.external }))).toBeNull();
    await db.query('update agents set external_id = $2 where id = $1', [here.other.agentId, here.external]);
    expect(await agentOf(await decide({ ...asked, external: here.external }))).toBe(here.other.agentId);
  });

  it('has to be the agent of the assignment, or of the id, that stands beside it', async () => {
    const { organizationId, external, one, other } = await two();
    const reasonOf = async (caller: Partial<Caller>) => (await decide({ organizationId, external, ...caller })).reason;
    expect(await reasonOf({ assignmentId: one.assignmentId })).toBe('allowed');
    expect(await reasonOf({ assignmentId: other.assignmentId })).toBe('no_assignment');
    expect(await reasonOf({ assignmentId: other.assignmentId, external: 'no such id' })).toBe('no_assignment');
    expect(await reasonOf({ agentId: one.agentId })).toBe('allowed');
    expect(await reasonOf({ agentId: other.agentId })).toBe('no_assignment');
  });

  it('stands in the ledger when it has no number', async () => {
    const { organizationId } = await two();
    const agentId = await createAgent(db, { organizationId, externalId: 'no number' });
    const decided = await decide({ organizationId, external: 'no number' });
    expect(decided).toMatchObject({ reason: 'no_assignment' });
    expect(await agentOf(decided)).toBe(agentId);
  });
});
