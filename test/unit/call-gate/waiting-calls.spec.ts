import { MAX_WAIT_MS } from '../../../apps/api/src/modules/call-gate/engine/pending-call.js';
import { metricsRegistry } from '../../../apps/api/src/platform/metrics/metrics.js';
import { batcherOn, commandOf, decide, FakeGateDatabase, sqlError } from '../../support/fake-gate-database.js';

const { jest } = import.meta;

const UNAVAILABLE = { code: 'gate_unavailable', status: 503 };
const TURN = () => new Promise((resolve) => setImmediate(resolve));

async function refusedCalls(cause: string): Promise<number> {
  const metric = metricsRegistry.getSingleMetric('ringfence_gate_unavailable_total')!;
  return (await metric.get()).values.find(({ labels }) => labels['cause'] === cause)!.value;
}

/** A database that answers nothing until it is told to. */
function hangingDatabase(connections = 1) {
  const database = new FakeGateDatabase(connections);
  let release = () => {};
  database.hold = new Promise((resolve) => (release = resolve));
  return { database, release };
}

/** Calls that wait in CallBatcher: for room, for a row, for the database, and for how long. */
describe('a call that has to wait', () => {
  describe('for room', () => {
    it('is refused when too many wait, and others are taken again afterwards', async () => {
      const batcher = batcherOn(new FakeGateDatabase(), { GATE_QUEUE_SIZE: 2 });
      const taken = [decide(batcher, commandOf('1')), decide(batcher, commandOf('2'))];
      await expect(decide(batcher, commandOf('3'))).rejects.toMatchObject(UNAVAILABLE);
      await Promise.all(taken);
      await expect(decide(batcher, commandOf('4'))).resolves.toMatchObject({ destination: '4' });
    });

    it('takes the place of a call of an organization that has more waiting', async () => {
      const batcher = batcherOn(new FakeGateDatabase(), { GATE_QUEUE_SIZE: 3 });
      const busy = ['1', '2', '3'].map((n) => decide(batcher, commandOf(n, 'agent', 'busy')));
      const quiet = decide(batcher, commandOf('4', 'agent', 'quiet'));
      await expect(busy[2]).rejects.toMatchObject(UNAVAILABLE);
      await expect(quiet).resolves.toMatchObject({ destination: '4' });
      await Promise.all(busy.slice(0, 2));
    });

    it('is refused with all calls of its request when they do not fit, and each of them is counted', async () => {
      const database = new FakeGateDatabase();
      const batcher = batcherOn(database, { GATE_QUEUE_SIZE: 5 });
      const before = await refusedCalls('queue_full');
      const taken = batcher.decideAll(
        ['1', '2', '3'].map((n) => commandOf(n)),
        () => {},
      );
      await expect(
        batcher.decideAll(
          ['4', '5', '6'].map((n) => commandOf(n)),
          () => {},
        ),
      ).rejects.toMatchObject(UNAVAILABLE);
      expect(await refusedCalls('queue_full')).toBe(before + 3);
      expect(await taken).toMatchObject([{ destination: '1' }, { destination: '2' }, { destination: '3' }]);
      expect(database.batches).toEqual([['1', '2', '3']]);
    });

    it('gets in with its request when an organization that has more waiting can make room for all', async () => {
      const batcher = batcherOn(new FakeGateDatabase(), { GATE_QUEUE_SIZE: 6 });
      const busy = batcher.decideAll(
        ['1', '2', '3', '4', '5', '6'].map((n) => commandOf(n, 'agent', 'busy')),
        () => {},
      );
      const quiet = batcher.decideAll(
        ['7', '8'].map((n) => commandOf(n, 'agent', 'quiet')),
        () => {},
      );
      expect(await quiet).toMatchObject([{ destination: '7' }, { destination: '8' }]);
      expect((await busy).slice(4)).toMatchObject([UNAVAILABLE, UNAVAILABLE]);
    });
  });

  describe('for a row that another transaction holds', () => {
    it('does so apart from the others of its batch, which are decided, and is answered when the row is free', async () => {
      const database = new FakeGateDatabase();
      database.lockedRows.add('held');
      const batcher = batcherOn(database);
      const free = decide(batcher, commandOf('free', 'a'));
      const held = decide(batcher, commandOf('held', 'b'));
      await expect(free).resolves.toMatchObject({ destination: 'free' });
      database.lockedRows.clear();
      await expect(held).resolves.toMatchObject({ destination: 'held' });
      expect(database.modes).toEqual(['wait', 'pass_locked', 'locked pass_locked']);
      expect(database.batches).toEqual([['free', 'held'], ['free', 'held'], ['held']]);
    });

    it('holds up no batch of others: as long as one waits, batches pass the rows that are held', async () => {
      const database = new FakeGateDatabase();
      database.lockedRows.add('held').add('held too');
      const batcher = batcherOn(database);
      const calls = [decide(batcher, commandOf('held', 'a'))];
      while (!database.modes.includes('locked pass_locked')) await TURN();
      calls.push(decide(batcher, commandOf('held too', 'b')));
      await expect(decide(batcher, commandOf('free', 'c'))).resolves.toMatchObject({ destination: 'free' });
      const asked = database.batches.map((batch, index) => `${database.modes[index]}: ${batch.join(', ')}`);
      expect(asked).toContain('pass_locked: held too, free');
      expect(asked).not.toContain('wait: held too, free');
      database.lockedRows.clear();
      await Promise.all(calls);
      await decide(batcher, commandOf('later', 'a'));
      expect(database.modes.at(-1)).toBe('wait');
    });

    it('holds up no second batch before the first has found out which row it is', async () => {
      const database = new FakeGateDatabase();
      database.lockedRows.add('held');
      const batcher = batcherOn(database);
      const held = decide(batcher, commandOf('held', 'a'));
      while (!database.modes.includes('pass_locked')) await TURN();
      await decide(batcher, commandOf('next', 'b'));
      expect(database.modes[database.batches.findIndex((batch) => batch.includes('next'))]).toBe('pass_locked');
      database.lockedRows.clear();
      await held;
    });

    it('does not take room in the queue, and has its share of room of its own', async () => {
      const database = new FakeGateDatabase();
      for (const destination of ['1', '2', '3']) database.lockedRows.add(destination);
      const batcher = batcherOn(database, { GATE_QUEUE_SIZE: 8 });
      const before = await refusedCalls('locked');
      const held = [decide(batcher, commandOf('1', 'a'))];
      while (!database.modes.includes('locked pass_locked')) await TURN();
      held.push(decide(batcher, commandOf('2', 'a')));
      await expect(decide(batcher, commandOf('3', 'a'))).rejects.toMatchObject(UNAVAILABLE);
      expect(await refusedCalls('locked')).toBe(before + 1);
      const others = await batcher.decideAll(
        Array.from({ length: 8 }, (_, n) => commandOf(`free ${n}`, 'b')),
        () => {},
      );
      expect(others.map((answer) => 'outcome' in answer)).toEqual(Array.from({ length: 8 }, () => true));
      database.lockedRows.clear();
      await Promise.all(held);
    });

    it('waits apart when more than rows is locked, and the batch is not taken to pieces', async () => {
      const database = new FakeGateDatabase();
      database.failOn = () => sqlError('55P03');
      const batcher = batcherOn(database);
      const calls = ['1', '2', '3'].map((n) => decide(batcher, commandOf(n, n)));
      while (database.modes.length < 3) await TURN();
      expect(database.modes.slice(0, 3)).toEqual(['wait', 'pass_locked', 'locked pass_locked']);
      expect(database.batches.slice(0, 3)).toEqual(Array.from({ length: 3 }, () => ['1', '2', '3']));
      database.failOn = () => null;
      await Promise.all(calls);
    });
  });

  describe('too long', () => {
    beforeEach(() => {
      jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
    });
    afterEach(() => {
      jest.useRealTimers();
    });

    it('is refused although all connections hang, and not decided when they go on', async () => {
      const { database, release } = hangingDatabase(2);
      const batcher = batcherOn(database, { GATE_BATCH_SIZE: 1 });
      const out = [decide(batcher, commandOf('out 1'))];
      await TURN();
      jest.advanceTimersByTime(100);
      out.push(decide(batcher, commandOf('out 2')));
      await TURN();
      expect(database.isFree).toBe(false);
      const before = await refusedCalls('database');
      const waiting = [decide(batcher, commandOf('late 1')), decide(batcher, commandOf('late 2', 'b', 'p'))];
      const refused = Promise.all(waiting.map((call) => expect(call).rejects.toMatchObject(UNAVAILABLE)));
      jest.advanceTimersByTime(MAX_WAIT_MS);
      const inTime = decide(batcher, commandOf('in time'));
      jest.advanceTimersByTime(250);
      await refused;
      expect(await refusedCalls('database')).toBe(before + 2);
      release();
      await Promise.all([...out, inTime]);
      expect(database.batches).toEqual([['out 1'], ['out 2'], ['in time']]);
    });

    it('leaves no timer behind when nothing waits any more', async () => {
      const { database, release } = hangingDatabase();
      const batcher = batcherOn(database);
      const call = decide(batcher, commandOf('1'));
      await TURN();
      release();
      await call;
      jest.advanceTimersByTime(250);
      expect(jest.getTimerCount()).toBe(0);
      // The next call that waits too long is found all the same.
      database.hold = new Promise(() => {});
      void decide(batcher, commandOf('hangs'));
      await TURN();
      const late = decide(batcher, commandOf('late'));
      jest.advanceTimersByTime(MAX_WAIT_MS + 250);
      await expect(late).rejects.toMatchObject(UNAVAILABLE);
    });

    it('is refused in the parts of a batch that failed', async () => {
      const { database, release } = hangingDatabase();
      database.failOn = () => sqlError('57014');
      const batcher = batcherOn(database);
      const calls = ['1', '2'].map((n) => decide(batcher, commandOf(n)));
      const refused = Promise.all(calls.map((call) => expect(call).rejects.toMatchObject(UNAVAILABLE)));
      await TURN();
      jest.advanceTimersByTime(MAX_WAIT_MS + 1);
      release();
      await refused;
      expect(database.batches).toEqual([['1', '2']]);
    });

    it('is refused in its lane for a locked row, with the cause that it was locked', async () => {
      const database = new FakeGateDatabase();
      database.lockedRows.add('held');
      const batcher = batcherOn(database);
      const before = await refusedCalls('locked');
      const held = decide(batcher, commandOf('held'));
      const refused = expect(held).rejects.toMatchObject(UNAVAILABLE);
      while (!database.modes.includes('locked wait')) await TURN();
      jest.advanceTimersByTime(MAX_WAIT_MS + 1);
      await refused;
      expect(await refusedCalls('locked')).toBe(before + 1);
    });
  });

  describe('and whose client hangs up', () => {
    const gone = async (decided: boolean) => {
      const metric = metricsRegistry.getSingleMetric('ringfence_gate_client_gone_total')!;
      return (await metric.get()).values.find(({ labels }) => labels['decided'] === String(decided))!.value;
    };
    const submitted = (batcher: ReturnType<typeof batcherOn>, destination: string, answers: string[]) =>
      batcher.submit(
        commandOf(destination, destination),
        () => answers.push(`decided ${destination}`),
        () => answers.push(`refused ${destination}`),
      );

    it('is not decided when it was queued, and leaves its room to others', async () => {
      const { database, release } = hangingDatabase();
      const batcher = batcherOn(database, { GATE_QUEUE_SIZE: 2 });
      const answers: string[] = [];
      submitted(batcher, 'sent', answers);
      await TURN();
      const [left] = ['left', 'stays'].map((name) => submitted(batcher, name, answers));
      const before = await gone(false);
      batcher.clientGone(left!);
      batcher.clientGone(left!);
      expect((await gone(false)) - before).toBe(1);
      const next = decide(batcher, commandOf('next', 'next'));
      release();
      await next;
      expect(database.batches).toEqual([['sent'], ['stays', 'next']]);
      expect(answers).toEqual(['decided sent', 'decided stays']);
    });

    it('is not decided when it was parked, also once its row is free', async () => {
      const database = new FakeGateDatabase(2);
      database.lockedRows.add('held').add('left');
      const batcher = batcherOn(database);
      const answers: string[] = [];
      const calls = ['held', 'left'].map((name) => submitted(batcher, name, answers));
      while (calls[1]!.state !== 'parked') await TURN();
      batcher.clientGone(calls[1]!);
      expect(calls.map(({ state }) => state)).toEqual([calls[0]!.state, 'abandoned']);
      database.lockedRows.clear();
      database.batches.length = 0;
      while (calls[0]!.state !== 'answered') await TURN();
      expect(answers).toEqual(['decided held']);
      expect(database.batches.slice(1).flat()).not.toContain('left');
    });

    it('is answered to no one and given back when it was with the database and is decided', async () => {
      const { database, release } = hangingDatabase();
      const batcher = batcherOn(database);
      const answers: string[] = [];
      const [left] = ['left', 'stays'].map((name) => submitted(batcher, name, answers));
      await TURN();
      const before = await gone(true);
      batcher.clientGone(left!);
      release();
      while (left!.state !== 'abandoned') await TURN();
      expect((await gone(true)) - before).toBe(1);
      expect(database.givenBack).toEqual(['left']);
      expect(answers).toEqual(['decided stays']);
    });

    it('is not asked for again when it was with the database and its batch was rolled back', async () => {
      const { database, release } = hangingDatabase();
      database.failOn = (batch) => (batch.length > 2 ? sqlError('40P01') : null);
      const batcher = batcherOn(database);
      const answers: string[] = [];
      const [, left] = ['1', 'left', '3'].map((name) => submitted(batcher, name, answers));
      await TURN();
      batcher.clientGone(left!);
      release();
      while (answers.length < 2) await TURN();
      expect(database.batches.slice(1)).toEqual([['1'], ['3']]);
      expect(answers).toEqual(['decided 1', 'decided 3']);
      expect(left!.state).toBe('abandoned');
    });

    it('is nothing to a call that has its answer', async () => {
      const database = new FakeGateDatabase();
      const batcher = batcherOn(database);
      const answers: string[] = [];
      const call = submitted(batcher, 'done', answers);
      while (answers.length === 0) await TURN();
      batcher.clientGone(call);
      expect({ state: call.state, answers, reports: database.reports }).toEqual({
        state: 'answered',
        answers: ['decided done'],
        reports: [],
      });
    });
  });
});
