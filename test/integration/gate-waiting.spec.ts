import type pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { createAgent, createAssignment, createOrganization, createPhoneNumber } from '../support/fixtures.js';

const AUTHORIZE = `
  select call_index, outcome, reason_code, used_after, limit_at from gate_authorize(
    array_fill($1::uuid, array[$3::int]), array_fill($2::uuid, array[$3]), null, array_fill($5::text, array[$3]),
    array_fill('+14165550123'::text, array[$3]), array_fill('CA'::text, array[$3]), array_fill('MOBILE'::text, array[$3]),
    null, array_fill($1, array[$3]), null, null, interval '1 hour', interval '48 hours', $4)
  order by call_index`;

interface Decision {
  outcome: string;
  reason_code: string | null;
  used_after: number | null;
  limit_at: number | null;
}

/** Two sessions meet on one row, step by step: what the second decides must be true when it decides. */
describe('a decision that had to wait for its row', () => {
  let db: TestDatabase;
  let first: pg.Client;
  let second: pg.Client;
  let third: pg.Client;
  let secondPid: number;
  let thirdPid: number;

  beforeAll(async () => {
    db = await createTestDatabase();
    [first, second, third] = [await db.connect(), await db.connect(), await db.connect()];
    [secondPid, thirdPid] = [await pidOf(second), await pidOf(third)];
  });
  afterAll(async () => {
    await Promise.all([first?.end(), second?.end(), third?.end()]);
    await db?.drop();
  });

  const pidOf = async (client: pg.Client) =>
    (await client.query<{ pid: number }>('select pg_backend_pid() as pid')).rows[0]!.pid;

  async function assigned(dailyLimit: number) {
    const organizationId = await createOrganization(db, { defaultAllowedCountries: ['CA'] });
    const agentId = await createAgent(db, { organizationId });
    const phoneNumberId = await createPhoneNumber(db, { organizationId });
    const assignmentId = await createAssignment(db, { organizationId, agentId, phoneNumberId, dailyLimit });
    return { organizationId, agentId, phoneNumberId, assignmentId };
  }
  type Assigned = Awaited<ReturnType<typeof assigned>>;

  type Caller = Pick<Assigned, 'organizationId' | 'agentId'> & { from?: string };

  async function decide(client: pg.Client, caller: Caller, calls = 1, passLocked = false) {
    const { organizationId, agentId, from = null } = caller;
    return (await client.query<Decision>(AUTHORIZE, [organizationId, agentId, calls, passLocked, from])).rows;
  }

  /** Another number for the agent. */
  async function assignAnother({ organizationId, agentId }: Caller, e164: string): Promise<Required<Caller>> {
    const phoneNumberId = await createPhoneNumber(db, { organizationId, e164 });
    await createAssignment(db, { organizationId, agentId, phoneNumberId, dailyLimit: 5 });
    return { organizationId, agentId, from: e164 };
  }

  /** Who holds up the second session: their process ids. */
  async function blockers(): Promise<number[]> {
    const [row] = await db.query('select pg_blocking_pids($1) as pids', [secondPid]);
    return row!['pids'] as number[];
  }

  /** What the second session decides about `calls` calls that it asked for while the first had the row. */
  async function decideBehind(
    made: Assigned,
    held: () => Promise<unknown>,
    calls = 1,
    whileItWaits: () => Promise<unknown> = async () => {},
  ): Promise<Decision[]> {
    await first.query('begin');
    await held();
    const decided = decide(second, made, calls);
    while ((await blockers()).length === 0);
    await whileItWaits();
    await first.query('commit');
    return decided;
  }

  it('counts on top of the batch that it waited for', async () => {
    const made = await assigned(5);
    const decided = await decideBehind(made, () => decide(first, made, 3), 4);
    expect(decided.map(({ reason_code, used_after }) => [reason_code, used_after])).toEqual([
      ['allowed', 4],
      ['allowed', 5],
      ['daily_limit_reached', 5],
      ['daily_limit_reached', 5],
    ]);
    const [row] = await db.query('select calls_made_today from agent_phone_numbers where id = $1', [made.assignmentId]);
    expect(row).toEqual({ calls_made_today: 5 });
  });

  it.each<[string, string, string, keyof Assigned]>([
    [
      'a lowered limit',
      'update agent_phone_numbers set daily_limit = 0 where id = $1',
      'daily_limit_reached',
      'assignmentId',
    ],
    ['a pause', 'update agent_phone_numbers set paused_at = now() where id = $1', 'assignment_paused', 'assignmentId'],
    [
      'other countries',
      `update agent_phone_numbers set allowed_countries = '{FR}' where id = $1`,
      'country_not_allowed',
      'assignmentId',
    ],
    [
      'the end of the assignment',
      'update agent_phone_numbers set ended_at = now() where id = $1',
      'no_assignment',
      'assignmentId',
    ],
    ['an agent made inactive', `update agents set status = 'inactive' where id = $1`, 'agent_inactive', 'agentId'],
    [
      'a number made inactive',
      `update phone_numbers set lifecycle = 'error' where id = $1`,
      'number_inactive',
      'phoneNumberId',
    ],
  ])('knows %s that came meanwhile', async (_, change, reason, id) => {
    const made = await assigned(5);
    const decided = await decideBehind(made, () => first.query(change, [made[id]]));
    expect(decided.map(({ reason_code }) => reason_code)).toEqual([reason]);
  });

  it.each([
    ['a suspension', 'update organizations set suspended_at = now() where id = $1', 'organization_suspended'],
    [
      'other countries',
      `update organizations set default_allowed_countries = '{FR}' where id = $1`,
      'country_not_allowed',
    ],
  ])('knows %s of the organization that came while another transaction had the row', async (_, change, reason) => {
    const made = await assigned(5);
    const decided = await decideBehind(made, async () => {
      await first.query('select from agent_phone_numbers where id = $1 for update', [made.assignmentId]);
      // The change is made when the second waits already, for it commits with the release of the row.
      await first.query(change, [made.organizationId]);
    });
    expect(decided.map(({ reason_code }) => reason_code)).toEqual([reason]);
  });

  it('counts on no assignment that was made meanwhile and that another batch counts on', async () => {
    const made = await assigned(5);
    await assignAnother(made, '+14155559001');
    await first.query('begin');
    await first.query('select from agent_phone_numbers where id = $1 for update', [made.assignmentId]);
    let isDecided = false;
    const decided = decide(second, made, 3).finally(() => (isDecided = true));
    while ((await blockers()).length === 0);
    const newest = await assignAnother(made, '+14155559002');
    await third.query('begin');
    await decide(third, newest, 2);
    await first.query('rollback');
    while (!isDecided && !(await blockers()).includes(thirdPid));
    await third.query('commit');
    expect((await decided).map(({ reason_code }) => reason_code)).toEqual(['allowed', 'allowed', 'allowed']);
    const counts = await db.query(
      `select a.calls_made_today as counted,
         (select count(*)::int from call_authorizations l where l.assignment_id = a.id and l.decision = 'allowed') as ledger
       from agent_phone_numbers a where a.agent_id = $1 order by a.id`,
      [made.agentId],
    );
    expect(counts).toEqual(counts.map(({ ledger }) => ({ counted: ledger, ledger })));
    expect(counts.map(({ counted }) => counted)).toEqual([2, 1, 2]);
  });

  it('leaves an assignment that was made meanwhile to the calls that come next', async () => {
    const made = await assigned(1);
    await assignAnother(made, '+14155559003');
    const decided = await decideBehind(
      made,
      async () => {
        await first.query('select from agent_phone_numbers where id = $1 for update', [made.assignmentId]);
      },
      11,
      () => assignAnother(made, '+14155559004'),
    );
    expect(decided.filter(({ reason_code }) => reason_code === 'allowed')).toHaveLength(6);
    const next = await decide(second, made, 6);
    expect(next.filter(({ reason_code }) => reason_code === 'allowed')).toHaveLength(5);
  });

  it('is not waited for when it is told to pass: only the calls that need the row are left undecided', async () => {
    const [held, free] = [await assigned(5), await assigned(5)];
    await first.query('begin');
    await first.query('select from agent_phone_numbers where id = $1 for update', [held.assignmentId]);
    expect((await decide(second, held, 2, true)).map(({ outcome }) => outcome)).toEqual(['busy', 'busy']);
    expect((await decide(second, free, 1, true)).map(({ reason_code }) => reason_code)).toEqual(['allowed']);
    await first.query('rollback');
    const [row] = await db.query(
      `select calls_made_today, (select count(*)::int from call_authorizations where agent_id = $2) as ledger
       from agent_phone_numbers where id = $1`,
      [held.assignmentId, held.agentId],
    );
    expect(row).toEqual({ calls_made_today: 0, ledger: 0 });
  });

  it('is passed without the calls that name another number or assignment of the agent', async () => {
    const made = await assigned(5);
    const other = await assignAnother(made, '+14155559005');
    await first.query('begin');
    await first.query('select from agent_phone_numbers where id = $1 for update', [made.assignmentId]);
    expect((await decide(second, made, 1, true)).map(({ outcome }) => outcome)).toEqual(['busy']);
    expect((await decide(second, other, 1, true)).map(({ reason_code }) => reason_code)).toEqual(['allowed']);
    await first.query('rollback');
  });
});
