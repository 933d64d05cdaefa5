import { Logger } from '@nestjs/common';
import { AuditLog } from '../../apps/api/src/modules/audit/audit-log.js';
import { LedgerDays } from '../../apps/api/src/modules/call-gate/ledger/ledger-days.service.js';
import { CLAIM_LEDGER } from '../../apps/api/src/modules/call-gate/ledger/sql/ledger-days.sql.js';
import { MidnightService } from '../../apps/api/src/modules/usage/midnight.service.js';
import { ledgerRange } from '../../apps/api/src/modules/usage/sql/ledger-range.sql.js';
import { type ApiPools, poolsAsOfApi } from '../support/api-pool.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { createOrganization } from '../support/fixtures.js';
import { fillLedger } from '../support/ledger.js';

const DAY_MS = 86_400_000;
const daysAgo = (days: number) => new Date(Math.floor(Date.now() / DAY_MS) * DAY_MS - days * DAY_MS);
const nameOf = (day: Date) => `ledger.day_${day.toISOString().slice(0, 10).replaceAll('-', '_')}`;
const correctionsOf = (day: string) => day.replace('day_', 'corrections_');
const idOf = (ms: number, rest = '7000-8000-000000000000') => {
  const hex = ms.toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-${rest}`;
};

const COMPLETE = `
  select complete_authorization($1, $2, $1, 'api_key', 'Dialer', 'answered', $3, null::smallint, null, null, null) as result`;

describe('The days of the ledger', () => {
  let db: TestDatabase;
  let pools: ApiPools;
  let organizationId: string;

  beforeAll(async () => {
    Logger.overrideLogger(false);
    db = await createTestDatabase();
    pools = await poolsAsOfApi(db);
  });
  afterAll(async () => {
    await pools?.destroy();
    await db?.drop();
  });

  beforeEach(async () => {
    await db.query('truncate call_authorizations, settlement_corrections, usage_daily');
    organizationId = await createOrganization(db, { timeZone: 'UTC' });
  });
  afterEach(async () => {
    for (const { name } of await db.query(
      'select relation::text as name from ledger_days() where day < current_date',
    )) {
      await db.query(`drop table ${name}, ${correctionsOf(name as string)}`);
    }
    await job().run();
  });

  const job = (retentionDays?: number) =>
    new LedgerDays(pools.database, new AuditLog(), { LEDGER_RETENTION_DAYS: retentionDays });

  const call = (id: string) =>
    db.query(
      `insert into call_authorizations (organization_id, id, destination, decision, reason_code, local_date, status,
         authorized_by, decided_at, resets_at)
       values ($1, $2, '+14165550123', 'denied', 'no_assignment', current_date, 'denied', $1, now(), now())
       returning tableoid::regclass::text as day`,
      [organizationId, id],
    );

  const placesOf = async () =>
    (
      await db.query(
        'select tableoid::regclass::text as day, count(*)::integer as calls from call_authorizations group by 1 order by 1',
      )
    ).map(({ day, calls }) => [day, calls]);

  const dropDay = (day: Date) => db.query(`drop table ${nameOf(day)}, ${correctionsOf(nameOf(day))}`);

  /** Completes a call and corrects it once. */
  const corrected = async (id: string) => {
    expect(await db.query(COMPLETE, [organizationId, id, 1])).toEqual([{ result: 'completed' }]);
    expect(await db.query(COMPLETE, [organizationId, id, 2])).toEqual([{ result: 'corrected' }]);
  };
  const correctionPlaces = async () =>
    (
      await db.query(
        `select tableoid::regclass::text as day, count(*)::integer as corrections from settlement_corrections
         group by 1 order by 1`,
      )
    ).map(({ day, corrections }) => [day, corrections]);

  describe('are made', () => {
    it('with the schema: today and the fourteen after it, which the state tells', async () => {
      expect(await job().state()).toEqual({
        daysAhead: 14,
        oldestDay: daysAgo(0).toISOString().slice(0, 10),
        unplaced: 0,
      });
    });

    it('from the lowest id of a day up to that of the next, by UTC', async () => {
      const [today, tomorrow] = [daysAgo(0), daysAgo(-1)];
      const calls: [string, string][] = [
        [idOf(today.getTime(), '0000-0000-000000000000'), nameOf(today)],
        [idOf(tomorrow.getTime() - 1, '7fff-bfff-ffffffffffff'), nameOf(today)],
        [idOf(tomorrow.getTime(), '0000-0000-000000000000'), nameOf(tomorrow)],
        [idOf(today.getTime() - 1, '7fff-bfff-ffffffffffff'), 'ledger.unplaced'],
      ];
      for (const [id, day] of calls) expect(await call(id)).toEqual([{ day }]);
    });

    it('once, when the jobs of two processes run together', async () => {
      for (const days of [0, -1, -2, -5]) await dropDay(daysAgo(days));
      expect(await job().state()).toMatchObject({ daysAhead: 0 });
      const runs = await Promise.all([job().run(), job().run()]);
      await job().run();
      expect(runs[0]!.made + runs[1]!.made).toBeLessThanOrEqual(4);
      expect(await job().state()).toMatchObject({ daysAhead: 14 });
    });

    it('by the process that claims the ledger alone', async () => {
      await dropDay(daysAgo(-14));
      const other = await db.connect();
      await other.query('begin');
      await other.query(CLAIM_LEDGER);
      expect(await job().run()).toEqual({ made: 0, moved: 0, dropped: 0 });
      await other.query('rollback');
      await other.end();
      expect(await job().run()).toEqual({ made: 1, moved: 0, dropped: 0 });
    });

    it('later, when a long statement reads the ledger: the gate does not queue behind the wait', async () => {
      await dropDay(daysAgo(-14));
      const reader = await db.connect();
      await reader.query('begin');
      await reader.query('select count(*) from call_authorizations');
      expect(await job().run()).toMatchObject({ made: 0 });
      await call(idOf(Date.now()));
      await reader.query('rollback');
      await reader.end();
      expect(await job().run()).toMatchObject({ made: 1 });
    });

    it('with no way to them but the ledger', async () => {
      const [today] = [nameOf(daysAgo(0))];
      await call(idOf(Date.now()));
      for (const role of ['ringfence_app', 'ringfence_system']) {
        for (const table of [today, 'ledger.unplaced']) {
          const client = await db.connect();
          await client.query(`set role ${role}`);
          await expect(client.query(`select from ${table}`)).rejects.toMatchObject({ code: '42501' });
          await client.end();
        }
      }
      const open = await db.query(
        `select c.relname from pg_class c where c.relnamespace = 'ledger'::regnamespace and c.relkind = 'r'
           and (not c.relrowsecurity or not c.relforcerowsecurity or c.relowner <> 'ringfence_definer'::regrole
             or exists (select from aclexplode(c.relacl) a where a.grantee <> c.relowner))`,
      );
      expect(open).toEqual([]);
    });
  });

  describe('that were missing', () => {
    it('get the calls that came meanwhile, each day its own', async () => {
      await dropDay(daysAgo(0));
      await call(idOf(Date.now()));
      await fillLedger(db, { organizationId, calls: 5, from: daysAgo(3) });
      await fillLedger(db, { organizationId, calls: 7, from: daysAgo(2) });
      expect(await placesOf()).toEqual([['ledger.unplaced', 13]]);
      expect(await job().state()).toMatchObject({ daysAhead: 0, unplaced: 13 });
      expect(await job().run()).toEqual({ made: 3, moved: 13, dropped: 0 });
      expect(await placesOf()).toEqual([
        [nameOf(daysAgo(3)), 5],
        [nameOf(daysAgo(2)), 7],
        [nameOf(daysAgo(0)), 1],
      ]);
      expect(await job().state()).toMatchObject({ daysAhead: 14, unplaced: 0 });
    });

    it('get the corrections of their calls as well', async () => {
      for (const days of [3, 2]) {
        const ids = await fillLedger(db, { organizationId, calls: 2, from: daysAgo(days) });
        for (const id of ids) await corrected(id);
      }
      expect(await correctionPlaces()).toEqual([['ledger.unplaced_corrections', 4]]);
      expect(await db.query('select make_ledger_day($1::date, 1) as moved', [daysAgo(3)])).toEqual([{ moved: null }]);
      expect(await job().run()).toEqual({ made: 2, moved: 4, dropped: 0 });
      expect(await correctionPlaces()).toEqual([
        [correctionsOf(nameOf(daysAgo(3))), 2],
        [correctionsOf(nameOf(daysAgo(2))), 2],
      ]);
    });

    it('stay so while they hold more calls than may move at a time', async () => {
      await fillLedger(db, { organizationId, calls: 3, from: daysAgo(3) });
      const day = daysAgo(3).toISOString().slice(0, 10);
      expect(await db.query('select make_ledger_day($1::date, 2) as moved', [day])).toEqual([{ moved: null }]);
      expect(await placesOf()).toEqual([['ledger.unplaced', 3]]);
      expect(await db.query('select make_ledger_day($1::date, 3) as moved', [day])).toEqual([{ moved: 3 }]);
    });

    it('are not made for ids that are of no plausible time', async () => {
      for (const id of ['00000000-0000-4000-8000-000000000000', 'ffffffff-ffff-4fff-bfff-ffffffffffff']) await call(id);
      expect(await job().run()).toEqual({ made: 0, moved: 0, dropped: 0 });
      expect(await job().state()).toMatchObject({ unplaced: 2 });
      await expect(db.query(`select make_ledger_day('2019-12-31', 1)`)).rejects.toThrow('no use for a partition');
      await expect(db.query(`select make_ledger_day(current_date + 62, 1)`)).rejects.toThrow('no use for a partition');
    });

    it('lose no call that is settled while they are made', async () => {
      const [id] = await fillLedger(db, { organizationId, calls: 1, from: daysAgo(3) });
      const mover = await db.connect();
      await mover.query('begin');
      await mover.query('select make_ledger_day($1::date, 10)', [daysAgo(3).toISOString().slice(0, 10)]);
      const settled = db.query(COMPLETE, [organizationId, id, 1]);
      await waitsForLock(db);
      await mover.query('commit');
      await mover.end();
      expect(await settled).toEqual([{ result: 'completed' }]);
    });
  });

  describe('that are older than LEDGER_RETENTION_DAYS', () => {
    const old = async (days: number, facts: Partial<Parameters<typeof fillLedger>[1]> = {}) => {
      await db.query('select make_ledger_day($1::date, 0)', [daysAgo(days).toISOString().slice(0, 10)]);
      return fillLedger(db, { organizationId, calls: 10, from: daysAgo(days), reasonCode: 'no_assignment', ...facts });
    };
    const rolledUpTo = (days: number) =>
      db.query('update organizations set last_rollup_date = $2 where id = $1', [organizationId, daysAgo(days)]);
    const kept = async () =>
      (await db.query('select day::text as day from ledger_days() where day < current_date order by day')).map(
        ({ day }) => day as string,
      );
    const textOf = (days: number) => daysAgo(days).toISOString().slice(0, 10);

    it('are dropped as a whole, with an audit event of the platform', async () => {
      for (const days of [9, 8, 7]) await old(days);
      await rolledUpTo(1);
      expect(await job(7).run()).toMatchObject({ dropped: 2 });
      expect(await kept()).toEqual([textOf(7)]);
      expect(await placesOf()).toEqual([[nameOf(daysAgo(7)), 10]]);
      const events = await db.query(
        `select actor_kind, changes from audit_events where action = 'ledger_day.dropped' order by id`,
      );
      expect(events).toEqual(
        [9, 8].map((days) => ({ actor_kind: 'system', changes: { day: textOf(days), calls: 10, retentionDays: 7 } })),
      );
    });

    it('take the corrections of their calls with them, and no others', async () => {
      for (const days of [8, 7]) await corrected((await old(days, { reasonCode: 'allowed' }))[0]!);
      await rolledUpTo(1);
      await db.query(`update call_authorizations set expires_at = now() - interval '1 second'`);
      expect(await job(7).run()).toMatchObject({ dropped: 1 });
      expect(await correctionPlaces()).toEqual([[correctionsOf(nameOf(daysAgo(7))), 1]]);
      const [{ relation }] = (await db.query('select to_regclass($1) as relation', [
        correctionsOf(nameOf(daysAgo(8))),
      ])) as [{ relation: string | null }];
      expect(relation).toBeNull();
    });

    it('are kept with their corrections when a statement reads only those', async () => {
      await corrected((await old(9, { reasonCode: 'allowed' }))[0]!);
      await rolledUpTo(1);
      const reader = await db.connect();
      await reader.query('begin');
      await reader.query('select count(*) from settlement_corrections');
      expect(await job(7).run()).toMatchObject({ dropped: 0 });
      await reader.query('rollback');
      await reader.end();
      expect(await placesOf()).toEqual([[nameOf(daysAgo(9)), 10]]);
      expect(await correctionPlaces()).toEqual([[correctionsOf(nameOf(daysAgo(9))), 1]]);
      expect(await job(7).run()).toMatchObject({ dropped: 1 });
      expect(await correctionPlaces()).toEqual([]);
    });

    it('are kept where it is not set', async () => {
      await old(300);
      await rolledUpTo(1);
      expect(await job().run()).toMatchObject({ dropped: 0 });
      expect(await kept()).toEqual([textOf(300)]);
    });

    it('are kept while a lease in them runs, and go when it has run out', async () => {
      await old(9, { reasonCode: 'allowed' });
      await rolledUpTo(1);
      await db.query(`update call_authorizations set expires_at = now() + interval '1 hour'
        where id = (select id from call_authorizations limit 1)`);
      expect(await job(7).run()).toMatchObject({ dropped: 0 });
      expect(await kept()).toEqual([textOf(9)]);
      await db.query(
        `update call_authorizations set expires_at = now() - interval '1 second' where expires_at > now()`,
      );
      expect(await job(7).run()).toMatchObject({ dropped: 1 });
    });

    it.each([
      ['were never rolled up', null],
      ['were rolled up once, and are once more', 9],
    ])('are kept while their dates %s', async (_, rolledUp) => {
      await old(9);
      if (rolledUp !== null) await rolledUpTo(rolledUp);
      expect(await job(7).run()).toMatchObject({ dropped: 0 });
      await rolledUpTo(8);
      expect(await job(7).run()).toMatchObject({ dropped: 1 });
    });

    it('leave the usage of their dates as it was rolled up, also when the midnight job runs after', async () => {
      await db.query('update organizations set created_at = $2 where id = $1', [organizationId, daysAgo(9)]);
      await old(9);
      await new MidnightService(pools.database).run();
      const usage = () =>
        db.query(
          'select local_date::text as day, calls_denied, denied_by_reason from usage_daily where organization_id = $1',
          [organizationId],
        );
      const before = await usage();
      expect(before).toEqual([{ day: textOf(9), calls_denied: 10, denied_by_reason: { no_assignment: 10 } }]);
      expect(await job(7).run()).toMatchObject({ dropped: 1 });
      await new MidnightService(pools.database).run();
      expect(await usage()).toEqual(before);
    });

    it('are dropped in another minute when a statement reads the ledger', async () => {
      await old(9);
      await rolledUpTo(1);
      const reader = await db.connect();
      await reader.query('begin');
      await reader.query('select count(*) from call_authorizations');
      expect(await job(7).run()).toMatchObject({ dropped: 0 });
      await reader.query('rollback');
      await reader.end();
      expect(await job(7).run()).toMatchObject({ dropped: 1 });
    });

    it('are never the last four, whatever asks for it', async () => {
      await old(3);
      await rolledUpTo(0);
      expect(await db.query('select result from drop_ledger_day($1::date)', [textOf(3)])).toEqual([
        { result: 'too_young' },
      ]);
      expect(await db.query('select result from drop_ledger_day($1::date)', [textOf(20)])).toEqual([
        { result: 'missing' },
      ]);
    });
  });

  describe('that a statement does not ask for', () => {
    it('are left out by the planner: by id, and by dates', async () => {
      for (let days = 1; days <= 30; days += 1) {
        await db.query('select make_ledger_day($1::date, 0)', [daysAgo(days).toISOString().slice(0, 10)]);
      }
      const planOf = async (condition: string) =>
        (
          await db.query(
            `explain select from call_authorizations l where l.organization_id = '${organizationId}' and ${condition}`,
          )
        )
          .map((line) => line['QUERY PLAN'] as string)
          .join('\n');
      const daysIn = (plan: string) => new Set(plan.match(/day_\d{4}_\d\d_\d\d|unplaced/g)?.map((name) => name)).size;
      expect(daysIn(await planOf(`l.id = '${idOf(Date.now())}'`))).toBe(1);
      const day = `date '${daysAgo(10).toISOString().slice(0, 10)}'`;
      const plan = await planOf(ledgerRange('l', day, day));
      expect(daysIn(plan)).toBe(5);
      expect(plan).not.toContain('unplaced');
    });
  });
});

/** Until some session of the database waits for a lock. */
async function waitsForLock(db: TestDatabase): Promise<void> {
  for (;;) {
    const [row] = await db.query(
      `select count(*)::integer as waiting from pg_stat_activity
       where datname = current_database() and wait_event_type = 'Lock'`,
    );
    if ((row!['waiting'] as number) > 0) return;
  }
}
