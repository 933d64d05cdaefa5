import { Inject, Injectable } from '@nestjs/common';
import { ENV, type Env } from '../../../config/env.js';
import { databaseErrorOf, SQLSTATE } from '../../../platform/database/sqlstate.js';
import type { ProblemError } from '../../../platform/http/problems/problem.error.js';
import type { CallCommand, CallDecision } from '../policy/call-decision.js';
import { CallQueue } from './call-queue.js';
import { DeadlineSweep } from './deadline-sweep.js';
import { GateDatabase, type GateMode } from './gate-database.js';
import { gateMetrics } from './gate-metrics.js';
import { gateUnavailable } from './gate-unavailable.js';
import { ContendedCalls } from './contended-calls.js';
import type { PendingCall } from './pending-call.js';

/** A batch that takes longer waits for a lock or a disk; those behind it take another connection. */
const LATE_MS = 20;
/** How much of the room for locked calls one organization may have. */
const LOCKED_SHARE = 1 / 4;

/**
 * Gathers calls of concurrent requests into batches. A batch leaves as soon as the one before is decided, and what arrives
 * meanwhile leaves together. A lone caller waits for nobody.
 */
@Injectable()
export class CallBatcher {
  private readonly queue: CallQueue;
  private readonly contended: ContendedCalls;
  private readonly deadlines = new DeadlineSweep(() => {
    this.queue.expire();
    this.contended.expire();
    return this.waiting > 0;
  });
  private scheduled = false;
  /** Batches that met a held row and are out again without its calls, which have no line yet. */
  private retrying = 0;
  /** Runs while a batch is out that is not late. */
  private inFlight: NodeJS.Timeout | undefined;

  constructor(
    @Inject(ENV) private readonly env: Env,
    private readonly database: GateDatabase,
  ) {
    const { GATE_QUEUE_SIZE: most, GATE_BATCH_SIZE: batch } = env;
    this.queue = new CallQueue(most, (call, cause) => this.refuse([call], cause));
    this.contended = new ContendedCalls(
      { calls: most, callsOfOneOrganization: Math.ceil(most * LOCKED_SHARE), batch },
      {
        decide: (calls, mode) => this.runContended(calls, mode),
        giveBack: (call) => this.enqueue(call),
        refuse: (call) => this.refuse([call], 'locked'),
      },
    );
    gateMetrics.watchQueue(() => this.waiting);
  }

  /**
   * Answers after the decision is committed. It tells `reject` a ProblemError gate_unavailable when too many calls wait,
   * the call waits too long, or the database cannot decide: never an allow.
   */
  submit(command: CallCommand, resolve: PendingCall['resolve'], reject: PendingCall['reject']): void {
    const call = { command, resolve, reject, arrivedMs: performance.now() };
    if (this.contended.has(command)) this.park(call);
    else if (this.queue.makeRoom(command.organizationId, 1)) this.enqueue(call);
    else this.refuse([call], 'queue_full');
  }

  /**
   * Decides calls of one organization that arrived together, in as few batches as they fit in, and answers in their order.
   *
   * @throws ProblemError gate_unavailable when there is no room for all of them: then none is decided
   */
  async decideAll(commands: readonly CallCommand[]): Promise<(CallDecision | ProblemError)[]> {
    const queued = commands.filter((command) => !this.contended.has(command));
    if (queued.length > 0 && !this.queue.makeRoom(queued[0]!.organizationId, queued.length)) {
      throw unavailable('queue_full', commands.length);
    }
    const decide = (command: CallCommand) =>
      new Promise<CallDecision | ProblemError>((resolve) => this.submit(command, resolve, resolve));
    return Promise.all(commands.map(decide));
  }

  private get waiting(): number {
    return this.queue.size + this.contended.size;
  }

  private enqueue(call: PendingCall): void {
    this.queue.add(call);
    this.deadlines.start();
    this.schedule();
  }

  /** Its row is held, or something else that it needs: it waits apart from the others. */
  private park(call: PendingCall): void {
    this.contended.add(call);
    this.deadlines.start();
  }

  /** Requests that arrived in the same turn of the event loop leave in the same batch. */
  private schedule(): void {
    if (this.scheduled || this.inFlight || !this.database.isFree) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      this.dispatch();
    });
  }

  /**
   * Sends what waits, one batch at a time: two at once fight over rows, pages and the log, and each call then costs the
   * database half as much again. But nobody waits longer than a moment for a batch that is late, for it may wait for a
   * lock of somebody else's.
   */
  private dispatch(): void {
    if (this.inFlight || !this.database.isFree || this.queue.size === 0) return;
    const batch = this.queue.take(this.env.GATE_BATCH_SIZE);
    if (batch.length === 0) return;
    const timer = setTimeout(() => this.endTurn(timer), LATE_MS);
    this.inFlight = timer;
    // While somebody holds rows for long, each new caller who needs one would hold up a batch.
    const mode = this.contended.isEmpty && this.retrying === 0 ? 'wait' : 'pass_locked';
    void this.run(batch, mode, () => this.endTurn(timer));
  }

  /** The batch of this timer is decided, or it failed, or it is late: the next one may leave. */
  private endTurn(timer: NodeJS.Timeout): void {
    clearTimeout(timer);
    if (this.inFlight === timer) this.inFlight = undefined;
    this.dispatch();
  }

  /** Calls `onDecided` when only the commit is left, and again when the batch has come back or failed. */
  private async run(batch: PendingCall[], mode: GateMode, onDecided = () => this.dispatch()): Promise<void> {
    let decisions: (CallDecision | null)[];
    try {
      decisions = await this.database.authorize(commandsOf(batch), mode, onDecided);
    } catch (error) {
      if (!isLockTimeout(error)) this.recover(batch, error);
      else if (mode === 'wait' && this.database.isFree) void this.retryWithoutContended(batch);
      else for (const call of batch) this.park(call);
      onDecided();
      return;
    }
    // Where the next batch has not left yet it leaves first: the database works on it while these answers are written.
    onDecided();
    for (const call of this.answer(batch, decisions)) this.park(call);
  }

  private async retryWithoutContended(batch: PendingCall[]): Promise<void> {
    this.retrying += 1;
    await this.run(batch, 'pass_locked').finally(() => (this.retrying -= 1));
  }

  /** One statement for calls that wait for locks; see `ContendedCalls`. */
  private async runContended(batch: PendingCall[], mode: GateMode): Promise<PendingCall[] | null> {
    try {
      return this.answer(batch, await this.database.authorizeContended(commandsOf(batch), mode));
    } catch (error) {
      if (isLockTimeout(error)) return null;
      this.recover(batch, error);
      this.schedule();
      return [];
    }
  }

  /** Tells the callers what was decided and committed, and comes back with the calls that were not. */
  private answer(batch: PendingCall[], decisions: (CallDecision | null)[]): PendingCall[] {
    const undecided: PendingCall[] = [];
    for (const [index, call] of batch.entries()) {
      const decision = decisions[index]!;
      if (decision === null) undecided.push(call);
      else this.tell(call, decision);
    }
    if (undecided.length < batch.length) gateMetrics.batch(batch.length - undecided.length);
    return undecided;
  }

  /** An answer that cannot be written fails alone: the others of the batch are committed as well and come after it. */
  private tell(call: PendingCall, decision: CallDecision): void {
    try {
      call.resolve(decision);
    } catch (error) {
      this.database.report(error);
      this.refuse([call], 'database', error);
    }
  }

  private refuse(calls: PendingCall[], cause: Cause, error?: unknown): void {
    const problem = unavailable(cause, calls.length, error);
    for (const call of calls) {
      try {
        call.reject(problem);
      } catch (error) {
        this.database.report(error);
      }
    }
  }

  /**
   * A batch that PostgreSQL refused was rolled back as a whole. Where one call may be at fault its halves are tried again:
   * in the end only that call fails. When the connection broke, nobody knows what was committed: nothing is retried here,
   * the dialer does it with its idempotency key.
   */
  private recover(batch: PendingCall[], error: unknown): void {
    if (batch.length > 1 && isFaultOfOneCall(error)) {
      const middle = batch.length >> 1;
      this.queue.putBack(batch.slice(0, middle), batch.slice(middle));
      this.deadlines.start();
    } else {
      this.database.report(error);
      this.refuse(batch, 'database', error);
    }
  }
}

function commandsOf(batch: readonly PendingCall[]): CallCommand[] {
  return batch.map((call) => call.command);
}

function isLockTimeout(error: unknown): boolean {
  return databaseErrorOf(error)?.sqlState === SQLSTATE.lockNotAvailable;
}

/**
 * SQLSTATEs that the data of one call can cause, or what it meets in the database, by class: 21 cardinality, 22 data,
 * 23 constraints, 40 deadlocks, 54 limits, 55 state of an object, P0 raised by a function, XX internal; and a statement
 * that took too long. Anything else, such as no rights or a standby, would meet the halves as well.
 */
const FAULT_OF_ONE_CALL = /^(21|22|23|40|54|55|P0|XX|57014)/;

function isFaultOfOneCall(error: unknown): boolean {
  return FAULT_OF_ONE_CALL.test(databaseErrorOf(error)?.sqlState ?? '');
}

const WHY = {
  queue_full: 'too many calls are waiting',
  locked: 'the assignment is being changed',
  database: 'the database could not decide',
} as const;
type Cause = keyof typeof WHY;

function unavailable(cause: Cause, calls: number, error?: unknown): ProblemError {
  gateMetrics.unavailable(cause, calls);
  return gateUnavailable(WHY[cause], error);
}
