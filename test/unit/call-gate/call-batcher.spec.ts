import type { Env } from '../../../apps/api/src/config/env.js';
import { CallBatcher } from '../../../apps/api/src/modules/call-gate/call-batcher.js';
import type { CallCommand, CallDecision } from '../../../apps/api/src/modules/call-gate/call-decision.js';
import type { GateDatabase, GateMode } from '../../../apps/api/src/modules/call-gate/gate-database.js';

const command = (destination: string): CallCommand => ({ organizationId: 'o', destination }) as CallCommand;

const callOf = (agentId: string, destination: string): CallCommand => ({ ...command(destination), agentId });

/** Stands in for PostgreSQL: records the batches, and answers, fails or waits as told. */
class FakeGateDatabase {
  readonly batches: string[][] = [];
  hold: Promise<void> = Promise.resolve();
  /** What the commits of the batches wait for, the first batch's first. */
  readonly commits: Promise<void>[] = [];
  failOn: (batch: readonly CallCommand[]) => Error | null = () => null;
  /** The destination whose row somebody holds, and the modes that it was asked in. */
  lockedRow: string | null = null;
  readonly modes: GateMode[] = [];
  busy = 0;

  constructor(private readonly connections = 1) {}

  get isFree(): boolean {
    return this.busy < this.connections;
  }

  async authorize(
    calls: readonly CallCommand[],
    mode: GateMode,
    onDecided: () => void,
  ): Promise<(CallDecision | null)[]> {
    this.busy += 1;
    this.batches.push(calls.map((call) => call.destination));
    this.modes.push(mode);
    const commit = this.commits.shift();
    await this.hold;
    this.busy -= 1;
    const error = this.failOn(calls);
    if (error) throw error;
    const isLocked = (call: CallCommand) => call.destination === this.lockedRow;
    if (mode !== 'pass_locked' && calls.some(isLocked)) throw sqlError('55P03');
    onDecided();
    await commit;
    return calls.map((call) =>
      isLocked(call) ? null : ({ outcome: 'decided', destination: call.destination } as CallDecision),
    );
  }

  report(): void {}
}

function batcherOn(database: FakeGateDatabase, env: Partial<Env> = {}): CallBatcher {
  const settings = { GATE_POOL_SIZE: 1, GATE_BATCH_SIZE: 64, GATE_QUEUE_SIZE: 100, ...env } as Env;
  return new CallBatcher(settings, database as unknown as GateDatabase);
}

function decide(batcher: CallBatcher, command: CallCommand): Promise<CallDecision> {
  return new Promise((resolve, reject) => batcher.submit({ command, resolve, reject }));
}

const sqlError = (code: string) => Object.assign(new Error(code), { code });

describe('CallBatcher', () => {
  it('decides calls of the same turn together, and what arrives meanwhile in the next batch', async () => {
    const database = new FakeGateDatabase();
    let release = () => {};
    database.hold = new Promise((resolve) => (release = resolve));
    const batcher = batcherOn(database);
    const first = ['1', '2'].map((n) => decide(batcher, command(n)));
    await new Promise((resolve) => setImmediate(resolve));
    const second = ['3', '4', '5'].map((n) => decide(batcher, command(n)));
    release();
    const answers = await Promise.all([...first, ...second]);
    expect(answers.map((answer) => answer.destination)).toEqual(['1', '2', '3', '4', '5']);
    expect(database.batches).toEqual([
      ['1', '2'],
      ['3', '4', '5'],
    ]);
  });

  it('takes another connection for calls behind a batch that is late', async () => {
    const database = new FakeGateDatabase(2);
    let release = () => {};
    database.hold = new Promise((resolve) => (release = resolve));
    const batcher = batcherOn(database);
    const stuck = decide(batcher, command('stuck'));
    await new Promise((resolve) => setImmediate(resolve));
    database.hold = Promise.resolve();
    await expect(decide(batcher, command('behind'))).resolves.toMatchObject({ destination: 'behind' });
    expect(database.batches).toEqual([['stuck'], ['behind']]);
    release();
    await stuck;
  });

  it('sends the next batch while a decided one is committed, and answers none before its commit', async () => {
    const database = new FakeGateDatabase();
    let commit = () => {};
    database.commits.push(new Promise((resolve) => (commit = resolve)));
    const batcher = batcherOn(database, { GATE_BATCH_SIZE: 1 });
    const answered: string[] = [];
    const calls = ['1', '2'].map((n) => decide(batcher, command(n)).then(() => answered.push(n)));
    await new Promise((resolve) => setImmediate(resolve));
    expect(database.batches).toEqual([['1'], ['2']]);
    await calls[1];
    expect(answered).toEqual(['2']);
    commit();
    await calls[0];
    expect(answered).toEqual(['2', '1']);
  });

  it('has one batch out at a time, however many calls wait', async () => {
    const database = new FakeGateDatabase(2);
    let release = () => {};
    database.hold = new Promise((resolve) => (release = resolve));
    const batcher = batcherOn(database, { GATE_BATCH_SIZE: 2 });
    const calls = ['1', '2', '3', '4', '5'].map((n) => decide(batcher, command(n)));
    await new Promise((resolve) => setImmediate(resolve));
    expect(database.batches).toEqual([['1', '2']]);
    release();
    await Promise.all(calls);
    expect(database.batches).toEqual([['1', '2'], ['3', '4'], ['5']]);
  });

  it('refuses with 503 when too many calls wait, and takes calls again afterwards', async () => {
    const batcher = batcherOn(new FakeGateDatabase(), { GATE_QUEUE_SIZE: 2 });
    const taken = [decide(batcher, command('1')), decide(batcher, command('2'))];
    await expect(decide(batcher, command('3'))).rejects.toMatchObject({ code: 'gate_unavailable', status: 503 });
    await Promise.all(taken);
    await expect(decide(batcher, command('4'))).resolves.toMatchObject({ destination: '4' });
  });

  it('fails only the call that PostgreSQL cannot decide', async () => {
    const database = new FakeGateDatabase();
    database.failOn = (batch) => (batch.some((call) => call.destination === 'bad') ? sqlError('22021') : null);
    const batcher = batcherOn(database);
    const calls = ['1', '2', 'bad', '3', '4'].map((n) => decide(batcher, command(n)));
    const answers = await Promise.allSettled(calls);
    expect(answers.map((answer) => answer.status)).toEqual([
      'fulfilled',
      'fulfilled',
      'rejected',
      'fulfilled',
      'fulfilled',
    ]);
  });

  it('decides a batch without the call whose row somebody holds, which waits on its own', async () => {
    const database = new FakeGateDatabase();
    database.lockedRow = 'held';
    const batcher = batcherOn(database);
    const free = decide(batcher, callOf('1', 'free'));
    const held = decide(batcher, callOf('2', 'held'));
    await expect(free).resolves.toMatchObject({ destination: 'free' });
    await expect(held).rejects.toMatchObject({ code: 'gate_unavailable', status: 503 });
    expect(database.batches).toEqual([['free', 'held'], ['free', 'held'], ['held']]);
    expect(database.modes).toEqual(['shared', 'pass_locked', 'patient']);
  });

  it.each([
    ['the connection breaks', new Error('Connection terminated unexpectedly')],
    ['the server goes down', sqlError('57P01')],
  ])('retries nothing when %s, for nobody knows what was committed', async (_, error) => {
    const database = new FakeGateDatabase();
    database.failOn = () => error;
    const batcher = batcherOn(database);
    const answers = await Promise.allSettled(['1', '2'].map((n) => decide(batcher, command(n))));
    expect(answers.map((answer) => answer.status)).toEqual(['rejected', 'rejected']);
    expect(database.batches).toHaveLength(1);
  });
});
