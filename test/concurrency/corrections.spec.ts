import { MidnightService } from '../../apps/api/src/modules/usage/midnight.service.js';
import { startApi, type RunningApi } from '../support/api.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import {
  createAgent,
  createApiKey,
  createAssignment,
  createOrganization,
  createPhoneNumber,
} from '../support/fixtures.js';
import { request } from '../support/http.js';

describe('corrections that run at the same time, on two APIs and one database', () => {
  let db: TestDatabase;
  let apis: RunningApi[];
  let organizationId: string;
  let agentId: string;
  let keys: string[];
  let turn = 0;

  beforeAll(async () => {
    db = await createTestDatabase();
    apis = await Promise.all([startApi({ databaseUrl: db.url }), startApi({ databaseUrl: db.url })]);
  });

  beforeEach(async () => {
    await setClock('now()');
    organizationId = await createOrganization(db, { defaultAllowedCountries: ['CA'], timeZone: 'UTC' });
    const scopes = ['calls:authorize', 'calls:settle', 'calls:settle-any'] as const;
    keys = [];
    for (let i = 0; i < 2; i += 1) keys.push((await createApiKey(db, { organizationId, scopes: [...scopes] })).key);
    agentId = await createAgent(db, { organizationId });
    const phoneNumberId = await createPhoneNumber(db, { organizationId });
    await createAssignment(db, { organizationId, agentId, phoneNumberId, dailyLimit: 100 });
  });

  afterAll(async () => {
    await Promise.all((apis ?? []).map((api) => api.close()));
    await db?.drop();
  });

  const setClock = (expression: string) =>
    db.query(
      `create or replace function ringfence_clock() returns timestamptz language sql volatile parallel safe
         as $$ select ${expression} $$`,
    );

  function post(path: string, body: unknown) {
    turn += 1;
    const url = `${apis[turn % 2]!.url}/api/v1/call-gate/${path}`;
    return request(url, { body, apiKey: keys[Math.floor(turn / 2) % 2] });
  }
  const report = (id: string, facts: object) =>
    post(`authorizations/${id}/complete`, { disposition: 'answered', ...facts });

  async function authorized(): Promise<string> {
    const { body } = await post('authorize', { agentId, destination: '+14165550123' });
    expect(body.allowed).toBe(true);
    return body.authorizationId as string;
  }

  const facts = async (id: string) =>
    (
      await db.query(
        `select duration_seconds as duration, cost::text as cost, sip_code as code, correction_count as corrections
         from call_authorizations where id = $1`,
        [id],
      )
    )[0]!;
  const corrections = (id: string) =>
    db.query(
      `select sequence, (changes #>> '{durationSeconds,from}')::integer as "from",
         (changes #>> '{durationSeconds,to}')::integer as "to"
       from settlement_corrections where authorization_id = $1 order by sequence`,
      [id],
    );
  const events = async (id: string) =>
    (
      await db.query(
        `select count(*)::integer as count from audit_events where subject_id = $1 and action = 'authorization.corrected'`,
        [id],
      )
    )[0]!['count'] as number;

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

  it('are each kept once, in an order in which each begins where the one before ended', async () => {
    const id = await authorized();
    await report(id, { durationSeconds: 1_000 });
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => report(id, { durationSeconds: index + 1 })),
    );
    expect(answers.map(({ status, body }) => [status, body.corrected])).toEqual(answers.map(() => [200, true]));
    const kept = await corrections(id);
    expect(kept.map(({ sequence }) => sequence)).toEqual(answers.map((_, index) => index + 1));
    expect(new Set(kept.map(({ to }) => to))).toEqual(new Set(answers.map((_, index) => index + 1)));
    expect(kept.map(({ from }) => from)).toEqual([1_000, ...kept.slice(0, -1).map(({ to }) => to)]);
    expect(await facts(id)).toMatchObject({ duration: kept.at(-1)!['to'], corrections: 20 });
    expect(await events(id)).toBe(20);
  });

  it('are one when they say the same, and none is lost beside others', async () => {
    const id = await authorized();
    await report(id, {});
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        report(id, [{ durationSeconds: 62 }, { cost: '0.5' }, { sipCode: 200 }][index % 3]!),
      ),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(answers.filter(({ body }) => body.corrected)).toHaveLength(3);
    expect(await facts(id)).toEqual({ duration: 62, cost: '0.5000', code: 200, corrections: 3 });
    expect(await events(id)).toBe(3);
  });

  it('of a call that is completed at this moment come after it', async () => {
    const id = await authorized();
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) => report(id, { durationSeconds: index + 1 })),
    );
    expect(answers.filter(({ body }) => body.corrected)).toHaveLength(9);
    const kept = await corrections(id);
    expect(new Set([kept[0]!['from'], ...kept.map(({ to }) => to)]).size).toBe(10);
    expect(await facts(id)).toMatchObject({ duration: kept.at(-1)!['to'], corrections: 9 });
  });

  describe('with the last roll-up of their day', () => {
    const seconds = async () =>
      (await db.query('select duration_seconds::integer as seconds from usage_daily where organization_id = $1', [
        organizationId,
      ])) as { seconds: number }[];
    const midnight = () => apis[0]!.app.get(MidnightService).run();

    /** A call of 60 seconds on a day that was rolled up once, and is about to be for the last time. */
    async function beforeTheLastRollUp(): Promise<string> {
      const id = await authorized();
      await report(id, { durationSeconds: 60 });
      const [{ day }] = (await db.query(
        `update organizations set created_at = now(), last_rollup_date = null where id = $1
         returning (now() at time zone 'UTC')::date::text as day`,
        [organizationId],
      )) as [{ day: string }];
      const midnightAfter = (days: number) =>
        setClock(`(date '${day}' + ${days})::timestamp at time zone 'UTC' + interval '10 minutes'`);
      await midnightAfter(1);
      await midnight();
      expect(await seconds()).toEqual([{ seconds: 60 }]);
      await midnightAfter(2);
      return id;
    }

    it('are counted when they come while it reads', async () => {
      const id = await beforeTheLastRollUp();
      // The roll-up has read the ledger when it waits for the row that it writes.
      const holder = await db.connect();
      await holder.query('begin');
      await holder.query('select from usage_daily where organization_id = $1 for update', [organizationId]);
      const rollUp = midnight();
      await waiting(1);
      const correction = report(id, { durationSeconds: 100 });
      await Promise.race([waiting(2), correction]);
      await holder.query('commit');
      await holder.end();
      await rollUp;
      expect(await correction).toMatchObject({ status: 200, body: { corrected: true } });
      expect(await seconds()).toEqual([{ seconds: 100 }]);
    });

    it('are counted when it begins before they are committed', async () => {
      const id = await beforeTheLastRollUp();
      const holder = await db.connect();
      await holder.query('begin');
      await holder.query('lock table audit_events in exclusive mode');
      const correction = report(id, { durationSeconds: 100 });
      await waiting(1);
      const rollUp = midnight();
      await Promise.race([waiting(2), rollUp]);
      await holder.query('commit');
      await holder.end();
      await Promise.all([correction, rollUp]);
      expect(await seconds()).toEqual([{ seconds: 100 }]);
    });
  });
});
