import { Logger } from '@nestjs/common';
import { OutboxDelivery } from '../../apps/api/src/platform/events/outbox-delivery.js';
import type { OutboxEvent, OutboxHandler } from '../../apps/api/src/platform/events/outbox-handler.js';
import { Outbox } from '../../apps/api/src/platform/events/outbox.js';
import { JobClaims } from '../../apps/api/src/platform/jobs/job-claims.js';
import { Jobs } from '../../apps/api/src/platform/jobs/jobs.js';
import { metricsRegistry } from '../../apps/api/src/platform/metrics/metrics.js';
import { type ApiPools, poolsAsOfApi } from '../support/api-pool.js';
import { createTestDatabase, type Row, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { createOrganization } from '../support/fixtures.js';

type Handle = OutboxHandler['handle'];

const FIRST = '00000000-0000-7000-8000-0000000000a1';
const SECOND = '00000000-0000-7000-8000-0000000000a2';
const HOUR = 3_600_000;
/** For a machine that is busy with other tests. */
const PATIENCE_MS = 30_000;

describe('The outbox', () => {
  let db: TestDatabase;
  let pools: ApiPools;
  let organizationId: string;
  let serial = 0;

  beforeAll(async () => {
    Logger.overrideLogger(false);
    db = await createTestDatabase();
    pools = await poolsAsOfApi(db, 4);
    organizationId = await createOrganization(db);
  });

  afterAll(async () => {
    await pools?.destroy();
    await db?.drop();
  });

  const handlerOf = (handle: Handle): OutboxHandler => ({
    consumer: `test.consumer_${(serial += 1)}`,
    type: 'import.received',
    handle,
  });
  const deliveryTo = (handler: OutboxHandler, limitMs?: number) =>
    new OutboxDelivery(pools.database, handler, new Logger(), limitMs);
  const deliver = (handler: OutboxHandler) => deliveryTo(handler).run(new AbortController().signal);

  /** An API process with these handlers, whose jobs run only when they are woken. */
  function processWith(...handlers: OutboxHandler[]) {
    const jobs = new Jobs(new JobClaims(pools.database));
    const outbox = new Outbox(pools.database, jobs);
    for (const handler of handlers) outbox.register(handler);
    return { jobs, outbox };
  }

  async function leave(handler: OutboxHandler, ...subjects: (string | null)[]): Promise<void> {
    const { outbox } = processWith(handler);
    for (const subjectId of subjects) {
      await pools.database.inTenant(organizationId, (tx) =>
        outbox.record(tx, { type: 'import.received', organizationId, subjectId, payload: {} }),
      );
    }
  }

  const eventsOf = ({ consumer }: OutboxHandler): Promise<Row[]> =>
    db.query(
      `select *, extract(epoch from due_at - clock_timestamp()) as wait from outbox_events where consumer = $1 order by id`,
      [consumer],
    );
  const comeDue = ({ consumer }: OutboxHandler) =>
    db.query('update outbox_events set due_at = clock_timestamp() where consumer = $1', [consumer]);

  async function metric(name: string, labels: string): Promise<number> {
    const found = (await metricsRegistry.metrics()).match(new RegExp(`^${name}{${labels}} (\\S+)$`, 'm'));
    return Number(found?.[1]);
  }

  it('delivers what a transaction has left once it is committed, and keeps that it was', async () => {
    const received: OutboxEvent[] = [];
    const handler = handlerOf(async (event) => void received.push(event));
    const { jobs, outbox } = processWith(handler);
    jobs.onApplicationBootstrap();
    let whileOpen: number | undefined;
    await pools.database.inTenant(organizationId, async (tx) => {
      await outbox.record(tx, { type: 'import.received', organizationId, subjectId: FIRST, payload: {} });
      await tx.query('select 1');
      whileOpen = received.length;
    });
    await eventually(async () => (await eventsOf(handler))[0]?.['delivered_at'] instanceof Date);
    await jobs.beforeApplicationShutdown();
    expect(whileOpen).toBe(0);
    const [row] = await eventsOf(handler);
    expect(received).toEqual([
      {
        ...{ id: row!['id'], organizationId, type: 'import.received', subjectId: FIRST, payload: {}, attempt: 1 },
        createdAt: row!['created_at'],
      },
    ]);
  });

  it('leaves nothing of a transaction that fails', async () => {
    const handler = handlerOf(async () => undefined);
    const { outbox } = processWith(handler);
    const failing = pools.database.inTenant(organizationId, async (tx) => {
      await outbox.record(tx, { type: 'import.received', organizationId, subjectId: FIRST, payload: {} });
      throw new Error('changed its mind');
    });
    await expect(failing).rejects.toThrow('changed its mind');
    expect(await eventsOf(handler)).toEqual([]);
  });

  it('leaves nothing for an organization other than that of the transaction', async () => {
    const handler = handlerOf(async () => undefined);
    const { outbox } = processWith(handler);
    const other = await createOrganization(db);
    const writing = pools.database.inTenant(organizationId, (tx) =>
      outbox.record(tx, { type: 'import.received', organizationId: other, subjectId: null, payload: {} }),
    );
    await expect(writing).rejects.toThrow('row-level security');
  });

  it('refuses an event that nothing consumes, and two consumers of one name', async () => {
    const { outbox } = processWith();
    const lost = pools.database.inTenant(organizationId, (tx) =>
      outbox.record(tx, { type: 'import.received', organizationId, subjectId: null, payload: {} }),
    );
    await expect(lost).rejects.toThrow('Nothing consumes events of the type import.received');
    const handler = handlerOf(async () => undefined);
    expect(() => processWith(handler, handler)).toThrow(`There are two consumers named ${handler.consumer}`);
  });

  it('delivers again when the process died between the delivery and its mark', async () => {
    const attempts: number[] = [];
    const handler = handlerOf(async ({ attempt }) => void attempts.push(attempt));
    await leave(handler, FIRST);
    const dying = Object.assign(Object.create(pools.database) as typeof pools.database, {
      asSystem: async (work: Parameters<typeof pools.database.asSystem>[0]) => {
        if (attempts.length > 0) throw new Error('killed');
        return pools.database.asSystem(work);
      },
    });
    await expect(new OutboxDelivery(dying, handler, new Logger()).run(new AbortController().signal)).rejects.toThrow(
      'killed',
    );
    await deliver(handler);
    expect(attempts).toEqual([1]);
    await comeDue(handler);
    await deliver(handler);
    expect(attempts).toEqual([1, 2]);
    expect((await eventsOf(handler))[0]).toMatchObject({ attempts: 2, delivered_at: expect.any(Date) });
  });

  it('delivers each event once while nothing goes wrong, with several processes at it', async () => {
    const received: string[] = [];
    const handler = handlerOf(async ({ id }) => void received.push(id));
    await leave(handler, ...Array.from({ length: 40 }, () => null));
    await Promise.all([deliver(handler), deliver(handler), deliver(handler), deliver(handler)]);
    expect(received).toHaveLength(40);
    expect(new Set(received)).toEqual(new Set((await eventsOf(handler)).map(({ id }) => id as string)));
  });

  it('delivers events of one subject in their order, also when the first fails, and others meanwhile', async () => {
    const told: string[] = [];
    let fails = true;
    const handler = handlerOf(async ({ subjectId, id }) => {
      if (subjectId === FIRST && fails) throw new Error('not yet');
      told.push(id);
    });
    await leave(handler, FIRST, FIRST, SECOND, FIRST);
    const ids = (await eventsOf(handler)).map(({ id }) => id as string);
    await Promise.all([deliver(handler), deliver(handler)]);
    expect(told).toEqual([ids[2]]);
    fails = false;
    await comeDue(handler);
    await Promise.all([deliver(handler), deliver(handler)]);
    await deliver(handler);
    expect(told).toEqual([ids[2], ids[0], ids[1], ids[3]]);
  });

  it('puts an event off longer after each failure, within an hour, and keeps why', async () => {
    const handler = handlerOf(() => Promise.reject(new Error('the receiver answers 503')));
    await leave(handler, FIRST);
    const waits: number[] = [];
    for (let attempt = 1; attempt <= 15; attempt += 1) {
      await comeDue(handler);
      await deliver(handler);
      const [row] = await eventsOf(handler);
      expect(row).toMatchObject({ attempts: attempt, last_error: 'the receiver answers 503', dead_at: null });
      waits.push(Number(row!['wait']));
    }
    waits.forEach((seconds, index) => {
      const longest = Math.min(3_600, 2 ** index);
      expect(seconds).toBeLessThanOrEqual(longest);
      expect(seconds).toBeGreaterThan(longest / 2 - 5);
    });
  });

  it('gives an event up after 16 attempts, says so, and goes on with the next of its subject', async () => {
    const lines: object[] = [];
    const logger = Object.assign(new Logger(), { error: (line: object) => void lines.push(line) });
    const told: string[] = [];
    let ids: string[] = [];
    const handler = handlerOf(async ({ id }) => {
      if (id === ids[0]) throw new Error('unreadable');
      told.push(id);
    });
    await leave(handler, FIRST, FIRST);
    ids = (await eventsOf(handler)).map(({ id }) => id as string);
    await db.query('update outbox_events set attempts = 15 where id = $1', [ids[0]]);
    await new OutboxDelivery(pools.database, handler, logger).run(new AbortController().signal);
    expect((await eventsOf(handler))[0]).toMatchObject({
      attempts: 16,
      last_error: 'unreadable',
      dead_at: expect.any(Date),
    });
    expect(told).toEqual([ids[1]]);
    const { consumer } = handler;
    expect(lines).toEqual([
      {
        msg: `The event ${ids[0]} (import.received) was given up after 16 attempts`,
        ...{ consumer, type: 'import.received', organizationId, eventId: ids[0], reason: 'unreadable' },
      },
    ]);
    expect(await metric('ringfence_outbox_deliveries_total', `consumer="${consumer}",result="dead"`)).toBe(1);
    // What the operator's guide says to do.
    await db.query('update outbox_events set dead_at = null, attempts = 0, due_at = now() where id = $1', [ids[0]]);
    ids = [];
    await deliver(handler);
    expect((await eventsOf(handler))[0]).toMatchObject({ dead_at: null, delivered_at: expect.any(Date) });
  });

  it('gives an event up that ends the process each time', async () => {
    const handler = handlerOf(() => Promise.reject(new Error('must not be tried')));
    await leave(handler, FIRST);
    await db.query('update outbox_events set attempts = 16 where consumer = $1', [handler.consumer]);
    await deliver(handler);
    const reason = 'The process ended each time that it was tried';
    expect((await eventsOf(handler))[0]).toMatchObject({ dead_at: expect.any(Date), last_error: reason });
  });

  it('gives up waiting for a handler that hangs, and tells it', async () => {
    let aborted = false;
    const handler = handlerOf((_event, signal) => {
      signal.addEventListener('abort', () => (aborted = true));
      return new Promise(() => undefined);
    });
    await leave(handler, FIRST);
    await deliveryTo(handler, 5).run(new AbortController().signal);
    expect(aborted).toBe(true);
    expect((await eventsOf(handler))[0]).toMatchObject({ last_error: 'It took longer than 5 ms', delivered_at: null });
  });

  it('holds up no consumer for another that hangs or fails, also of the same event', async () => {
    const told: string[] = [];
    const hangs = handlerOf(() => new Promise(() => undefined));
    const fails = handlerOf(() => Promise.reject(new Error('poison')));
    const works = handlerOf(async ({ id }) => void told.push(id));
    const { jobs, outbox } = processWith(hangs, fails, works);
    jobs.onApplicationBootstrap();
    await pools.database.inTenant(organizationId, (tx) =>
      outbox.record(tx, { type: 'import.received', organizationId, subjectId: FIRST, payload: {} }),
    );
    await eventually(async () => (await eventsOf(works))[0]?.['delivered_at'] instanceof Date);
    await eventually(async () => (await eventsOf(fails))[0]?.['last_error'] === 'poison');
    expect(told).toHaveLength(1);
    expect((await eventsOf(hangs))[0]).toMatchObject({ attempts: 1, delivered_at: null });
    // The one that hangs is left behind: its time would be over after ten seconds.
    void jobs.beforeApplicationShutdown();
  });

  it('does not note a failure that came after the event was claimed again', async () => {
    let fail: (error: Error) => void = () => undefined;
    const handler = handlerOf(({ attempt }) =>
      attempt === 1 ? new Promise((_resolve, reject) => (fail = reject)) : Promise.resolve(),
    );
    await leave(handler, FIRST);
    const slow = deliver(handler);
    await eventually(async () => (await eventsOf(handler))[0]!['attempts'] === 1);
    // Another process has it now.
    await db.query(`update outbox_events set attempts = 2, due_at = now() + interval '1 minute' where consumer = $1`, [
      handler.consumer,
    ]);
    fail(new Error('late'));
    await slow;
    const [row] = await eventsOf(handler);
    expect(row).toMatchObject({ attempts: 2, last_error: null });
    expect(Number(row!['wait'])).toBeGreaterThan(30);
  });

  it('keeps what was delivered for seven days and what was given up for ninety, and shows what waits', async () => {
    const handler = handlerOf(async () => undefined);
    const { jobs } = processWith(handler);
    new Outbox(pools.database, jobs).onModuleInit();
    await leave(handler, ...Array.from({ length: 5 }, () => null));
    const [old, young, dead, longDead] = (await eventsOf(handler)).map(({ id }) => id as string);
    const set = (id: string, column: string, age: string) =>
      db.query(`update outbox_events set ${column} = now() - $2::interval where id = $1`, [id, age]);
    await set(old!, 'delivered_at', '169 hours');
    await set(young!, 'delivered_at', '167 hours');
    await set(dead!, 'dead_at', '89 days');
    await set(longDead!, 'dead_at', '91 days');
    // Far from due, so that no delivery comes between.
    await db.query('update outbox_events set due_at = $2 where consumer = $1', [
      handler.consumer,
      new Date(Date.now() + HOUR),
    ]);
    jobs.onApplicationBootstrap();
    await eventually(async () => (await eventsOf(handler)).length === 3, PATIENCE_MS);
    const labels = `consumer="${handler.consumer}"`;
    const waiting = () => metric('ringfence_outbox_undelivered', `${labels},state="waiting"`);
    await eventually(async () => (await waiting()) === 1, PATIENCE_MS);
    await jobs.beforeApplicationShutdown();
    expect((await eventsOf(handler)).map(({ id }) => id as string)).toEqual(expect.arrayContaining([young, dead]));
    expect(await metric('ringfence_outbox_oldest_seconds', labels)).toBeGreaterThan(0);
  });
});
