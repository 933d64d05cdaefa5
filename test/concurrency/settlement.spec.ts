import { hash, randomInt } from 'node:crypto';
import { startApi, type RunningApi } from '../support/api.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import {
  createAgent,
  createApiKey,
  createAssignment,
  createOrganization,
  createPhoneNumber,
  createUser,
  signIn,
} from '../support/fixtures.js';
import { request } from '../support/http.js';
import { MidnightService } from '../../apps/api/src/modules/usage/midnight.service.js';

const NOON = Date.UTC(2026, 2, 2, 12);
const DAY_MS = 86_400_000;
/** Longer than any test turns its clock, so that a void depends on the races alone. */
const env = { VOID_WINDOW_SECONDS: '86400', GATE_LEASE_MINUTES: '10080' };

interface Line {
  agentId: string;
  assignmentId: string;
  phoneNumberId: string;
}

describe('settlements that run at the same time, on two APIs and one database', () => {
  let db: TestDatabase;
  let apis: RunningApi[];
  let organizationId: string;
  let key: string;
  let admin: string;
  let turn = 0;

  beforeAll(async () => {
    db = await createTestDatabase();
    apis = await Promise.all([startApi({ databaseUrl: db.url, env }), startApi({ databaseUrl: db.url, env })]);
    // A row can be turned while others read it. In a schema of its own, for every table of the API is under row-level security.
    await db.query(`create schema test;
      create table test.clock as select now() as at;
      grant usage on schema test to ringfence_app, ringfence_system;
      grant select on test.clock to ringfence_app, ringfence_system`);
    await db.query(`create or replace function ringfence_clock() returns timestamptz language sql volatile parallel safe
      as 'select at from test.clock'`);
  });

  beforeEach(async () => {
    await setClock(NOON);
    organizationId = await createOrganization(db, { defaultAllowedCountries: ['CA'] });
    key = (await createApiKey(db, { organizationId, scopes: ['calls:authorize', 'calls:settle'] })).key;
    const email = `admin-${organizationId}@example.test`;
    await createUser(db, { organizationId, role: 'admin', email });
    admin = await signIn(apis[0]!.url, email);
  });

  afterAll(async () => {
    await Promise.all((apis ?? []).map((api) => api.close()));
    await db?.drop();
  });

  const setClock = (instant: number) => db.query('update test.clock set at = $1', [new Date(instant)]);

  async function line(dailyLimit: number): Promise<Line> {
    const agentId = await createAgent(db, { organizationId });
    const phoneNumberId = await createPhoneNumber(db, { organizationId });
    const assignmentId = await createAssignment(db, { organizationId, agentId, phoneNumberId, dailyLimit });
    return { agentId, phoneNumberId, assignmentId };
  }

  function post(path: string, body: unknown, token = key) {
    turn += 1;
    return request(`${apis[turn % 2]!.url}/api/v1/${path}`, { body, token });
  }
  const authorize = (agentId: string) => post('call-gate/authorize', { agentId, destination: '+14165550123' });
  const voidCall = (id: string) => post(`call-gate/authorizations/${id}/void`, { reason: 'not_dialed' });
  const complete = (id: string) => post(`call-gate/authorizations/${id}/complete`, { disposition: 'answered' });
  const reset = () => post('usage/reset', {}, admin);
  const midnight = () => apis[(turn += 1) % 2]!.app.get(MidnightService).run();
  const times = <T>(count: number, work: (index: number) => Promise<T>) =>
    Promise.all(Array.from({ length: count }, (_, index) => work(index)));

  async function authorized(agentId: string, count: number): Promise<string[]> {
    const answers = await times(count, () => authorize(agentId));
    expect(answers.filter(({ body }) => body.allowed)).toHaveLength(count);
    return answers.map(({ body }) => body.authorizationId as string);
  }

  /** Usage days on which counter and archive do not hold what the ledger says: admitted − voided. */
  function disagreements() {
    return db.query(
      `with counted as (
         select local_date, phone_number_id, sum(calls) as calls, sum(voided) as voided from (
           select last_reset_date as local_date, phone_number_id, calls_made_today as calls, 0 as voided
           from agent_phone_numbers where organization_id = $1
           union all
           select local_date, phone_number_id, calls_allowed, calls_voided from usage_daily where organization_id = $1
         ) c group by 1, 2
       ), ledger as (
         select local_date, phone_number_id, count(*) filter (where status <> 'voided') as calls,
           count(*) filter (where status = 'voided') as voided
         from call_authorizations where organization_id = $1 and decision = 'allowed' group by 1, 2
       )
       select local_date::text, c.calls as counted, l.calls as ledger, c.voided as "countedVoided",
         l.voided as "ledgerVoided"
       from counted c full join ledger l using (local_date, phone_number_id)
       where coalesce(c.calls, 0) <> coalesce(l.calls, 0) or coalesce(c.voided, 0) <> coalesce(l.voided, 0)`,
      [organizationId],
    );
  }

  /** Comes back when that many transactions of this database wait for a lock. */
  async function waiting(transactions: number): Promise<void> {
    for (;;) {
      const [row] = await db.query(
        `select count(*)::integer as count from pg_stat_activity
         where datname = current_database() and wait_event_type = 'Lock'`,
      );
      if (row!['count'] >= transactions) return;
    }
  }

  async function settled(ids: string[]) {
    const rows = await db.query('select status from call_authorizations where id = any ($1)', [ids]);
    return rows.map(({ status }) => status as string);
  }

  it('give back exactly one call for fifty voids of one authorization', async () => {
    const { agentId, assignmentId } = await line(3);
    const [id] = await authorized(agentId, 3);
    const answers = await times(50, () => voidCall(id!));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(await db.query('select calls_made_today from agent_phone_numbers where id = $1', [assignmentId])).toEqual([
      { calls_made_today: 2 },
    ]);
    expect(await db.query('select from audit_events where subject_id = $1', [id])).toHaveLength(1);
    expect(await disagreements()).toEqual([]);

    const next = await times(5, () => authorize(agentId));
    expect(next.filter(({ body }) => body.allowed)).toHaveLength(1);
  });

  it('let exactly one of void and complete win', async () => {
    const { agentId } = await line(100);
    const ids = await authorized(agentId, 10);
    const answers = await times(10, (index) =>
      Promise.all(
        index % 2 === 0
          ? [voidCall(ids[index]!), complete(ids[index]!)]
          : [complete(ids[index]!), voidCall(ids[index]!)],
      ),
    );
    for (const pair of answers) expect(pair.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect((await settled(ids)).every((status) => status === 'voided' || status === 'completed')).toBe(true);
    expect(await disagreements()).toEqual([]);
  });

  it('never void more calls of a day than may be', async () => {
    const { agentId } = await line(100);
    const ids = await authorized(agentId, 30);
    const answers = await times(30, (index) => voidCall(ids[index]!));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(10);
    expect(answers.filter(({ body }) => body.code === 'void_limit_reached')).toHaveLength(20);
    expect(await disagreements()).toEqual([]);
  });

  it.each(['the gate', 'the midnight job', 'a reset by hand', 'an unassignment'])(
    'neither lose nor double a call when %s moves the count meanwhile',
    async (mover) => {
      for (let round = 0; round < 4; round += 1) {
        await setClock(NOON + 2 * round * DAY_MS);
        const { agentId, phoneNumberId, assignmentId } = await line(100);
        const ids = await authorized(agentId, 8);
        if (mover === 'the gate' || mover === 'the midnight job') await setClock(NOON + (2 * round + 0.75) * DAY_MS);
        const move = {
          'the gate': () => authorize(agentId),
          'the midnight job': midnight,
          'a reset by hand': reset,
          'an unassignment': () => post(`phone-numbers/${phoneNumberId}/unassign`, {}, admin),
        }[mover]!;
        // Hold the row until mover and voids wait for it, so that they meet for certain.
        const holder = await db.connect();
        await holder.query('begin');
        await holder.query('select from agent_phone_numbers where id = $1 for no key update', [assignmentId]);
        const moves = [move()];
        await waiting(1);
        const voids = ids.map((id) => voidCall(id));
        await waiting(4);
        moves.push(move());
        await holder.query('commit');
        await holder.end();
        const answers = await Promise.all(voids);
        expect(answers.map(({ status }) => status)).toEqual(ids.map(() => 200));
        await Promise.all(moves);
        expect(await disagreements()).toEqual([]);
      }
    },
  );

  it('leave counters and ledger in agreement after whatever happened', async () => {
    const seed = Number(process.env['SEED'] ?? randomInt(2 ** 31));
    const random = randomNumbers(seed);
    const lines = await times(3, () => line(25));
    const ids: string[] = [];
    let now = NOON;
    const one = async (): Promise<unknown> => {
      const dice = random();
      const id = ids[Math.floor(random() * ids.length)];
      if (dice < 0.5 || id === undefined) {
        const { body } = await authorize(lines[Math.floor(random() * lines.length)]!.agentId);
        if (body.allowed) ids.push(body.authorizationId as string);
        return;
      }
      if (dice < 0.75) return voidCall(id);
      if (dice < 0.9) return complete(id);
      if (dice < 0.94) return reset();
      if (dice < 0.97) return midnight();
      now += random() * 0.3 * DAY_MS;
      return setClock(now);
    };
    const walk = (steps: number) =>
      times(12, async () => {
        for (let step = 0; step < steps; step += 1) await one();
      });
    await walk(15);
    // One day at least begins in the middle, whatever the dice say.
    await setClock((now += DAY_MS));
    await walk(15);
    await authorize(lines[0]!.agentId);
    const statuses = await settled(ids);
    expect({ seed, wrong: await disagreements() }).toEqual({ seed, wrong: [] });
    // The run has seen some of everything, else this proves nothing.
    for (const status of ['authorized', 'completed', 'voided']) expect(statuses).toContain(status);
    const [days] = await db.query(
      'select count(distinct local_date)::integer as days from call_authorizations where organization_id = $1',
      [organizationId],
    );
    expect(days!['days']).toBeGreaterThan(1);
  });
});

/** Numbers from 0 to 1 that are the same for the same seed. */
function randomNumbers(seed: number): () => number {
  let drawn = 0;
  return () => hash('sha256', `${seed}/${(drawn += 1)}`, 'buffer').readUInt32BE() / 2 ** 32;
}
