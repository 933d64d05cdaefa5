import { Logger } from '@nestjs/common';
import { metricsRegistry } from '../../apps/api/src/platform/metrics/metrics.js';
import { JobClaims } from '../../apps/api/src/platform/jobs/job-claims.js';
import { JobRuns } from '../../apps/api/src/platform/jobs/job-runs.js';
import type { Job } from '../../apps/api/src/platform/jobs/job.js';
import { Jobs } from '../../apps/api/src/platform/jobs/jobs.js';
import { type ApiPools, poolsAsOfApi } from '../support/api-pool.js';
import { createTestDatabase, type Row, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';

const REPLICAS = 5;
const LIMIT_SECONDS = 60;

describe('Background jobs', () => {
  let db: TestDatabase;
  let pools: ApiPools[];
  let claims: JobClaims[];
  let serial = 0;

  beforeAll(async () => {
    Logger.overrideLogger(false);
    db = await createTestDatabase();
    pools = await Promise.all(Array.from({ length: REPLICAS }, () => poolsAsOfApi(db, 2)));
    claims = pools.map(({ database }) => new JobClaims(database));
  });

  afterAll(async () => {
    await Promise.all((pools ?? []).map((pool) => pool.destroy()));
    await db?.drop();
  });

  function aJob(run: Job['run'], rules: Partial<Job> = {}): Job {
    const name = `test.job_${(serial += 1)}`;
    return { name, everySeconds: 3_600, runsIn: 'cluster', limitSeconds: LIMIT_SECONDS, enabled: true, run, ...rules };
  }

  async function claimOf(name: string): Promise<Row> {
    const [row] = await db.query(
      `select *, due_at <= clock_timestamp() as due, leased_until > clock_timestamp() as leased,
         due_at = date_trunc('hour', due_at) as on_the_hour from job_claims where name = $1`,
      [name],
    );
    return row ?? {};
  }

  const processes = (job: Job) => claims.map((each) => new JobRuns(job, each, new Logger()));
  const ended = (name: string) => eventually(async () => (await claimOf(name))['leased_until'] === null);
  const stopAll = (runs: readonly JobRuns[]) => Promise.all(runs.map((each) => each.stop()));

  async function metric(name: string, job: string): Promise<number> {
    const found = (await metricsRegistry.metrics()).match(new RegExp(`^${name}{job="${job}"} (\\S+)$`, 'm'));
    return Number(found?.[1]);
  }

  it('are claimed once, however many claims come at once', async () => {
    const { name } = aJob(async () => null);
    // As many at once as there are connections: more would wait in the pools, and not for the row.
    const lanes = Array.from({ length: 2 * REPLICAS }, async (_, lane) => {
      const rows = [];
      for (let turn = 0; turn < 10; turn += 1) rows.push(await claims[lane % REPLICAS]!.claim(name));
      return rows;
    });
    const rows = (await Promise.all(lanes)).flat();
    expect(rows.filter(({ runId }) => runId !== null)).toHaveLength(1);
    expect(rows.every(({ runId, dueInSeconds }) => runId !== null || dueInSeconds > 0)).toBe(true);
  });

  it('run in one process in a period, however many there are', async () => {
    let ran = 0;
    const job = aJob(async () => {
      ran += 1;
      return null;
    });
    const replicas = processes(job);
    replicas.forEach((replica) => replica.tick());
    await stopAll(replicas);
    const later = processes(job);
    later.forEach((replica) => replica.tick());
    await stopAll(later);
    expect(ran).toBe(1);
    expect(await claimOf(job.name)).toMatchObject({ due: false, leased_until: null, failures: 0, on_the_hour: true });
  });

  it('run again in the next period', async () => {
    let ran = 0;
    const job = aJob(async () => {
      ran += 1;
      return null;
    });
    for (const each of [1, 2]) {
      const [replica] = processes(job);
      replica!.tick();
      await replica!.stop();
      expect(ran).toBe(each);
      await db.query('update job_claims set due_at = clock_timestamp() where name = $1', [job.name]);
    }
  });

  it('are tried again after a failure, soon and not in the next period, and the failure is counted', async () => {
    const outcomes = [() => Promise.reject(new Error('the disk is full')), () => Promise.resolve(null)];
    const job = aJob(() => outcomes.shift()!());
    const first = new JobRuns(job, claims[0]!, new Logger());
    first.tick();
    await eventually(async () => (await claimOf(job.name))['failures'] === 1);
    const failed = await claimOf(job.name);
    expect(failed).toMatchObject({ last_error: 'the disk is full', leased_until: null, succeeded_at: null });
    const [wait] = await db.query(
      'select extract(epoch from due_at - clock_timestamp())::float8 as s from job_claims where name = $1',
      [job.name],
    );
    expect(wait!['s']).toBeLessThan(10);
    await db.query('update job_claims set due_at = clock_timestamp() where name = $1', [job.name]);
    const second = new JobRuns(job, claims[1]!, new Logger());
    second.tick();
    await stopAll([first, second]);
    expect(await claimOf(job.name)).toMatchObject({ failures: 0, last_error: null, on_the_hour: true });
    expect(outcomes).toHaveLength(0);
  });

  it('are taken over from a process that died, whose late end then changes nothing', async () => {
    const { name } = aJob(async () => null);
    const dead = await claims[0]!.claim(name);
    expect((await claims[1]!.claim(name)).runId).toBeNull();
    await db.query('update job_claims set leased_until = clock_timestamp() where name = $1', [name]);
    const heir = await claims[1]!.claim(name);
    expect(heir.runId).not.toBeNull();
    await claims[0]!.finish(name, dead.runId!, 3_600);
    await claims[0]!.fail(name, dead.runId!, 1, 'late');
    await claims[0]!.giveBack(name, dead.runId!);
    expect(await claims[0]!.prolong(name, dead.runId!)).toBe(false);
    expect(await claimOf(name)).toMatchObject({ run_id: heir.runId, leased: true, failures: 0 });
  });

  describe('that take long', () => {
    let end: () => void;
    let signal: AbortSignal;
    let nowMs: number;
    let job: Job;
    let runs: JobRuns;

    beforeEach(async () => {
      nowMs = 0;
      const work = new Promise<void>((resolve) => (end = resolve));
      const begun = new Promise<void>((resolve) => {
        job = aJob(async (given) => {
          signal = given;
          resolve();
          await work;
          return null;
        });
      });
      runs = new JobRuns(job, claims[0]!, new Logger(), () => nowMs);
      runs.tick();
      await begun;
    });

    it('keep their claim while they run', async () => {
      await db.query(`update job_claims set leased_until = clock_timestamp() + '1 second' where name = $1`, [job.name]);
      nowMs = 11_000;
      runs.tick();
      await eventually(async () => {
        const [row] = await db.query(
          `select leased_until > clock_timestamp() + '20 seconds' as prolonged from job_claims where name = $1`,
          [job.name],
        );
        return row!['prolonged'] === true;
      });
      expect(signal.aborted).toBe(false);
      end();
      await runs.stop();
    });

    it('are seen from every process', async () => {
      nowMs = 7_000;
      expect(await metric('ringfence_job_running_seconds', job.name)).toBe(7);
      await db.query(`update job_claims set started_at = clock_timestamp() - interval '5 minutes' where name = $1`, [
        job.name,
      ]);
      expect((await claims[1]!.claim(job.name)).runningSeconds).toBeGreaterThanOrEqual(300);
      end();
      await runs.stop();
    });

    it('hang when they take too long: told once, asked to end, and another process runs them', async () => {
      nowMs = LIMIT_SECONDS * 1_000 + 1;
      runs.tick();
      runs.tick();
      expect(signal.aborted).toBe(true);
      expect(await metric('ringfence_job_overruns_total', job.name)).toBe(1);
      const before = await claimOf(job.name);
      nowMs += 3_600_000;
      runs.tick();
      // Nothing prolongs the claim any more.
      await claims[2]!.claim(job.name);
      expect((await claimOf(job.name))['leased_until']).toEqual(before['leased_until']);
      await db.query('update job_claims set leased_until = clock_timestamp() where name = $1', [job.name]);
      expect((await claims[1]!.claim(job.name)).runId).not.toBeNull();
      end();
      await runs.stop();
      expect((await claimOf(job.name))['leased']).toBe(true);
    });

    it('are waited for when the process stops, and given back for another one to go on', async () => {
      const stopped = runs.stop();
      expect(signal.aborted).toBe(true);
      const early = await Promise.race([stopped.then(() => 'stopped'), claims[1]!.claim(job.name).then(() => 'waits')]);
      expect(early).toBe('waits');
      end();
      await stopped;
      expect(await claimOf(job.name)).toMatchObject({ due: true, run_id: null });
    });
  });

  it('run in every process where what they work on is claimed row by row', async () => {
    let ran = 0;
    const job = aJob(
      async () => {
        ran += 1;
        return null;
      },
      { runsIn: 'process' },
    );
    const replicas = processes(job);
    replicas.forEach((replica) => replica.tick());
    await stopAll(replicas);
    expect(ran).toBe(REPLICAS);
    expect(await claimOf(job.name)).toEqual({});
  });

  it('run in each period of a second, although the timer is not exact', async () => {
    let ran = 0;
    let nowMs = 0;
    const job = aJob(
      async () => {
        ran += 1;
        return null;
      },
      { runsIn: 'process', everySeconds: 1 },
    );
    const runs = new JobRuns(job, claims[0]!, new Logger(), () => (nowMs += 0.1));
    for (const tickMs of [0, 999, 2_001, 3_000, 3_999]) {
      nowMs = tickMs;
      runs.tick();
      await new Promise(setImmediate);
    }
    await runs.stop();
    expect(ran).toBe(5);
  });

  it('run once more when they are woken during a run', async () => {
    const begun: (() => void)[] = [];
    const job = aJob(() => new Promise((resolve) => begun.push(() => resolve(null))), { runsIn: 'process' });
    const runs = new JobRuns(job, claims[0]!, new Logger());
    runs.wake();
    runs.wake();
    runs.wake();
    begun[0]!();
    await eventually(async () => begun.length === 2);
    begun[1]!();
    await runs.stop();
    expect(begun).toHaveLength(2);
  });

  it('have names of their own, and run only where they are switched on and once the process has started', async () => {
    const jobs = new Jobs(claims[0]!);
    let ran = 0;
    const on = aJob(async () => {
      ran += 1;
      return null;
    });
    jobs.register(on);
    jobs.register(
      aJob(
        async () => {
          ran += 10;
          return null;
        },
        { enabled: false },
      ),
    );
    expect(() => jobs.register(on)).toThrow(`There are two jobs named ${on.name}`);
    jobs.tick();
    jobs.wake(on.name);
    expect(await claimOf(on.name)).toEqual({});
    jobs.onApplicationBootstrap();
    await ended(on.name);
    await jobs.beforeApplicationShutdown();
    jobs.tick();
    expect(jobs.names()).toEqual([on.name]);
    expect(ran).toBe(1);
  });

  it('are claimed again once a database that was gone is back', async () => {
    let gone = true;
    const job = aJob(async () => null);
    const claim = (name: string) => (gone ? Promise.reject(new Error('no database')) : claims[0]!.claim(name));
    let nowMs = 0;
    const unsteady = Object.assign(Object.create(claims[0]!) as JobClaims, { claim });
    const runs = new JobRuns(job, unsteady, new Logger(), () => nowMs);
    runs.tick();
    await new Promise(setImmediate);
    gone = false;
    nowMs = 3_600_000;
    runs.tick();
    await ended(job.name);
    await runs.stop();
    expect((await claimOf(job.name))['succeeded_at']).toBeInstanceOf(Date);
  });
});
