import type { Env } from '../../apps/api/src/config/env.js';
import { CallBatcher } from '../../apps/api/src/modules/call-gate/engine/call-batcher.js';
import type { GivenBackCalls } from '../../apps/api/src/modules/call-gate/engine/given-back-calls.js';
import type { GateDatabase, GateMode } from '../../apps/api/src/modules/call-gate/engine/gate-database.js';
import type { CallCommand, CallDecision } from '../../apps/api/src/modules/call-gate/policy/call-decision.js';

/** Stands in for PostgreSQL: records the batches, and answers, fails or waits as told. */
export class FakeGateDatabase {
  readonly batches: string[][] = [];
  hold: Promise<void> = Promise.resolve();
  /** What the commits of the batches wait for, the first batch's first. */
  readonly commits: Promise<void>[] = [];
  failOn: (batch: readonly CallCommand[]) => Error | null = () => null;
  /** Destinations whose rows another transaction holds, and how each batch was asked. */
  readonly lockedRows = new Set<string>();
  readonly modes: string[] = [];
  readonly reports: unknown[] = [];
  /** Destinations of the calls that were decided for clients that had hung up. */
  readonly givenBack: string[] = [];
  private busy = 0;

  constructor(private readonly connections = 1) {}

  get isFree(): boolean {
    return this.busy < this.connections;
  }

  async authorize(calls: readonly CallCommand[], mode: GateMode, onDecided: () => void): Promise<Decisions> {
    this.busy += 1;
    try {
      await this.ask(calls, mode);
    } finally {
      this.busy -= 1;
    }
    const commit = this.commits.shift();
    onDecided();
    await commit;
    return this.decisionsOf(calls);
  }

  async authorizeContended(calls: readonly CallCommand[], mode: GateMode): Promise<Decisions> {
    await this.ask(calls, `locked ${mode}`);
    return this.decisionsOf(calls);
  }

  private async ask(calls: readonly CallCommand[], mode: string): Promise<void> {
    this.batches.push(calls.map((call) => call.destination));
    this.modes.push(mode);
    // A lock is given up on after a moment, not in the same turn.
    await Promise.all([this.hold, new Promise((resolve) => setImmediate(resolve))]);
    const error = this.failOn(calls);
    if (error) throw error;
    if (mode.endsWith('wait') && calls.some(this.isLocked)) throw sqlError('55P03');
  }

  private decisionsOf(calls: readonly CallCommand[]): Decisions {
    return calls.map((call) =>
      this.isLocked(call) ? null : ({ outcome: 'decided', destination: call.destination } as CallDecision),
    );
  }

  private readonly isLocked = (call: CallCommand) => this.lockedRows.has(call.destination);

  report(error: unknown): void {
    this.reports.push(error);
  }
}

type Decisions = (CallDecision | null)[];

export function batcherOn(database: FakeGateDatabase, env: Partial<Env> = {}): CallBatcher {
  const settings = { GATE_POOL_SIZE: 1, GATE_BATCH_SIZE: 64, GATE_QUEUE_SIZE: 100, ...env } as Env;
  const givenBack = { add: (command: CallCommand) => database.givenBack.push(command.destination) };
  return new CallBatcher(settings, database as unknown as GateDatabase, givenBack as unknown as GivenBackCalls);
}

export function decide(batcher: CallBatcher, command: CallCommand): Promise<CallDecision> {
  return new Promise((resolve, reject) => batcher.submit(command, resolve, reject));
}

export function commandOf(destination: string, agentId = 'agent', organizationId = 'o'): CallCommand {
  return { organizationId, agentId, destination } as CallCommand;
}

export const sqlError = (code: string) => Object.assign(new Error(code), { code });
