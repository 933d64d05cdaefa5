import { ContendedCalls } from '../../../apps/api/src/modules/call-gate/engine/contended-calls.js';
import { MAX_WAIT_MS, type PendingCall } from '../../../apps/api/src/modules/call-gate/engine/pending-call.js';

/** The database of the lanes, step by step: each statement waits until the test lets it go on. */
class FakeLane {
  /** Agents whose rows another transaction holds. */
  readonly held = new Set<string>();
  /** Agents whose calls make a whole statement give up on a lock, in any mode. */
  readonly blocking = new Set<string>();
  /** What was asked for, as `mode: calls`. */
  readonly statements: string[] = [];
  readonly decided: string[] = [];
  readonly givenBack: string[] = [];
  readonly refused: string[] = [];
  nowMs = 0;
  private goOn: (() => void) | undefined;

  readonly lanes: ContendedCalls;

  constructor(limits: { calls?: number; callsOfOneOrganization?: number; batch?: number } = {}) {
    this.lanes = new ContendedCalls(
      { calls: 100, callsOfOneOrganization: 50, batch: 20, ...limits },
      {
        decide: async (batch, mode) => {
          this.statements.push(`${mode}: ${batch.map(nameOf).join(' ')}`);
          await new Promise<void>((resolve) => (this.goOn = resolve));
          const gaveUp = { undecided: [...batch], gaveUp: true };
          if (batch.some((call) => this.blocking.has(call.command.agentId!))) return gaveUp;
          const isHeld = (call: PendingCall) => this.held.has(call.command.agentId!);
          if (mode === 'wait' && batch.some(isHeld)) return gaveUp;
          this.decided.push(...batch.filter((call) => !isHeld(call)).map(nameOf));
          return { undecided: batch.filter(isHeld), gaveUp: false };
        },
        giveBack: (call) => this.givenBack.push(nameOf(call)),
        refuse: (call) => this.refused.push(nameOf(call)),
      },
      () => this.nowMs,
    );
  }

  add(...names: string[]): void {
    for (const name of names) this.lanes.add(this.callOf(name));
  }

  /** Lets the statement that is out go on, until the next one is out or none is needed. */
  async step(): Promise<void> {
    this.goOn?.();
    this.goOn = undefined;
    await new Promise((resolve) => setImmediate(resolve));
  }

  /** `org/agent#1` is a call of that agent of that organization. */
  callOf(name: string): PendingCall {
    const [, organizationId, agentId] = /^(.*)\/(.*)#/.exec(name)!;
    const command = { organizationId, agentId, destination: name } as PendingCall['command'];
    return { command, resolve: () => {}, reject: () => {}, arrivedMs: this.nowMs, state: 'parked' };
  }
}

const nameOf = (call: PendingCall) => call.command.destination;

describe('ContendedCalls', () => {
  it('asks for all lanes together before one waits for its row, and one whose row was freed leaves in the next turn', async () => {
    const lane = new FakeLane();
    const agents = Array.from({ length: 10 }, (_, n) => `held${n}`);
    for (const agent of agents) lane.held.add(agent);
    lane.add(...agents.map((agent) => `o/${agent}#1`));
    lane.held.add('brief');
    lane.add('other/brief#1');
    await lane.step();
    expect(lane.statements).toEqual([`pass_locked: ${agents.map((agent) => `o/${agent}#1`).join(' ')} other/brief#1`]);
    await lane.step();
    expect(lane.statements[1]).toBe('wait: o/held0#1');
    lane.held.delete('brief');
    await lane.step();
    await lane.step();
    expect(lane.decided).toEqual(['other/brief#1']);
    expect(lane.statements).toHaveLength(4);
    expect(lane.statements[3]).toBe('wait: o/held1#1');
  });

  it('lets the lanes wait for their rows in rotation', async () => {
    const lane = new FakeLane();
    for (const agent of ['a', 'b', 'c']) lane.held.add(agent);
    lane.add('o/a#1', 'o/b#1', 'o/c#1');
    for (let statement = 0; statement < 8; statement += 1) await lane.step();
    const waits = lane.statements.filter((statement) => statement.startsWith('wait'));
    expect(waits).toEqual(['wait: o/a#1', 'wait: o/b#1', 'wait: o/c#1', 'wait: o/a#1']);
  });

  it('keeps the order of a lane: what stays undecided is in front of what arrived meanwhile', async () => {
    const lane = new FakeLane();
    lane.held.add('a');
    lane.add('o/a#1', 'o/a#2');
    await lane.step();
    expect(lane.lanes.has(lane.callOf('o/a#3').command)).toBe(true);
    lane.add('o/a#3');
    await lane.step();
    expect(lane.statements[1]).toBe('wait: o/a#1 o/a#2 o/a#3');
  });

  it('keeps a call that names a number out of the lane of calls that leave the choice, and the other way round', () => {
    const lane = new FakeLane();
    const { command: choosing } = lane.callOf('o/a#1');
    const naming = { ...choosing, from: '+12025550123' };
    lane.lanes.add({ ...lane.callOf('o/a#1'), command: naming });
    expect([lane.lanes.has(naming), lane.lanes.has(choosing)]).toEqual([true, false]);
  });

  it('gives back what arrived while the calls before it were decided, for the row is free, and ends the lane', async () => {
    const lane = new FakeLane();
    lane.add('o/a#1');
    await lane.step();
    lane.add('o/a#2', 'o/a#3');
    await lane.step();
    expect(lane.decided).toEqual(['o/a#1']);
    expect(lane.givenBack).toEqual(['o/a#2', 'o/a#3']);
    expect(lane.lanes.isEmpty).toBe(true);
    expect(lane.lanes.size).toBe(0);
    await lane.step();
    expect(lane.statements).toHaveLength(1);
  });

  it('asks for a few calls of each lane when there are many lanes, in batches of the usual size', async () => {
    const lane = new FakeLane({ batch: 4 });
    for (const agent of ['a', 'b', 'c']) lane.held.add(agent);
    lane.add('o/a#1', 'o/a#2', 'o/b#1', 'o/b#2', 'o/c#1', 'o/d#1', 'o/e#1', 'o/f#1');
    await lane.step();
    await lane.step();
    await lane.step();
    expect(lane.statements).toEqual([
      'pass_locked: o/a#1 o/b#1 o/c#1 o/d#1',
      'pass_locked: o/e#1 o/f#1',
      'wait: o/a#1 o/a#2',
    ]);
    expect(lane.decided).toEqual(['o/d#1', 'o/e#1', 'o/f#1']);
  });

  it('asks for each lane alone when the common statement gives up on a lock, so that one fails alone', async () => {
    const lane = new FakeLane();
    lane.blocking.add('poisoned');
    lane.add('o/a#1', 'o/poisoned#1', 'o/b#1');
    for (let statement = 0; statement < 5; statement += 1) await lane.step();
    expect(lane.statements).toEqual([
      'pass_locked: o/a#1 o/poisoned#1 o/b#1',
      'pass_locked: o/a#1',
      'pass_locked: o/poisoned#1',
      'pass_locked: o/b#1',
      'wait: o/poisoned#1',
    ]);
    expect(lane.decided).toEqual(['o/a#1', 'o/b#1']);
    lane.blocking.clear();
    await lane.step();
    expect(lane.decided).toEqual(['o/a#1', 'o/b#1', 'o/poisoned#1']);
  });

  it('refuses calls that have waited too long without their turn, and keeps those that are out for their answer', async () => {
    const lane = new FakeLane({ batch: 1 });
    for (const agent of ['a', 'b']) lane.held.add(agent);
    lane.add('o/a#1', 'o/b#1');
    await lane.step();
    lane.nowMs = MAX_WAIT_MS;
    lane.lanes.expire();
    expect(lane.refused).toEqual([]);
    lane.nowMs += 1;
    lane.add('o/b#2');
    lane.lanes.expire();
    expect(lane.refused).toEqual(['o/b#1']);
    expect(lane.lanes.size).toBe(2);
    await lane.step();
    // Undecided, a#1 came back to its lane; its time is over, so it does not leave again.
    await lane.step();
    await lane.step();
    expect(lane.refused).toEqual(['o/b#1', 'o/a#1']);
    expect(new Set(lane.statements.slice(1).map((statement) => statement.split(': ')[1]))).toEqual(new Set(['o/b#2']));
  });

  it('is empty again, and takes new calls, after all have been refused', async () => {
    const lane = new FakeLane();
    lane.held.add('a');
    lane.add('o/a#1');
    await lane.step();
    lane.nowMs = MAX_WAIT_MS + 1;
    await lane.step();
    await lane.step();
    expect(lane.refused).toEqual(['o/a#1']);
    expect(lane.lanes.isEmpty).toBe(true);
    lane.held.clear();
    lane.add('o/a#2');
    await lane.step();
    await lane.step();
    expect(lane.decided).toEqual(['o/a#2']);
  });

  it('has room for so many calls of one organization, and so many of all', async () => {
    const lane = new FakeLane({ calls: 3, callsOfOneOrganization: 2 });
    for (const agent of ['a', 'b']) lane.held.add(agent);
    lane.add('o/a#1', 'o/b#1', 'o/a#2');
    expect(lane.refused).toEqual(['o/a#2']);
    lane.add('p/a#1', 'q/a#1');
    expect(lane.refused).toEqual(['o/a#2', 'q/a#1']);
    // Calls that are out have their place, for they may come back.
    await lane.step();
    lane.add('o/a#3');
    expect(lane.refused).toEqual(['o/a#2', 'q/a#1', 'o/a#3']);
    lane.held.clear();
    for (let statement = 0; statement < 3; statement += 1) await lane.step();
    expect(lane.decided).toHaveLength(3);
    lane.add('o/a#4', 'o/b#2', 'o/a#5');
    expect(lane.refused.slice(3)).toEqual(['o/a#5']);
  });
});
