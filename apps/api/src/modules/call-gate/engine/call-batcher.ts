import { Inject, Injectable } from '@nestjs/common';
import { ENV, type Env } from '../../../config/env.js';
import { databaseErrorOf, SQLSTATE } from '../../../platform/database/sqlstate.js';
import type { ProblemError } from '../../../platform/http/problems/problem.error.js';
import type { CallCommand, CallDecision } from '../policy/call-decision.js';
import { CallQueue } from './call-queue.js';
import { type CallEffect, type CallEvent, transition } from './call-state.js';
import { DeadlineSweep } from './deadline-sweep.js';
import { GateDatabase, type GateMode } from './gate-database.js';
import { gateMetrics } from './gate-metrics.js';
import { gateUnavailable } from './gate-unavailable.js';
import { GivenBackCalls } from './given-back-calls.js';
import { ContendedCalls, type LaneAnswer } from './contended-calls.js';
import type { PendingCall } from './pending-call.js';

/** A batch that is out longer than this waits for a lock or a disk; the next one takes another connection. */
const LATE_MS = 20;
/** How much of the room for contended calls one organization may have. */
const CONTENDED_SHARE = 1 / 4;

/**
 * Gathers calls of concurrent requests into batches. A batch leaves as soon as the one before is decided, and what arrives
 * meanwhile leaves together. A lone call leaves at once.
 *
 * Each call goes from state to state along `transition`, and `move` is the only way: it says what is to be done, so that no
 * call is answered twice or asked for after its end.
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
  /** Batches that met a held row and are out again, passing over it: their contended calls have no lane yet. */
  private retrying = 0;
  /** Runs while a batch is out that is not late. */
  private inFlight: NodeJS.Timeout | undefined;

  constructor(
    @Inject(ENV) private readonly env: Env,
    private readonly database: GateDatabase,
    private readonly givenBack: GivenBackCalls,
  ) {
    const { GATE_QUEUE_SIZE: most, GATE_BATCH_SIZE: batch } = env;
    this.queue = new CallQueue(most, (call, cause) => this.refuse([call], cause));
    this.contended = new ContendedCalls(
      { calls: most, callsOfOneOrganization: Math.ceil(most * CONTENDED_SHARE), batch },
      {
        decide: (calls, mode) => this.runContended(calls, mode),
        giveBack: (call) => this.enqueue(call),
        refuse: (call) => this.refuse([call], 'locked'),
      },
    );
    gateMetrics.watchQueue(() => this.waiting);
  }

  /**
   * Answers after the decision is committed. `reject` gets a ProblemError gate_unavailable when too many calls wait, the
   * call waits too long, or the database cannot decide: never an allow.
   *
   * @returns the call, for `clientGone`
   */
  submit(command: CallCommand, resolve: PendingCall['resolve'], reject: PendingCall['reject']): PendingCall {
    const call: PendingCall = { command, resolve, reject, arrivedMs: performance.now(), state: 'arrived' };
    if (this.contended.has(command)) this.park(call);
    else if (this.queue.makeRoom(command.organizationId, 1)) this.enqueue(call);
    else this.refuse([call], 'queue_full');
    return call;
  }

  /**
   * Decides calls of one organization that arrived together, in as few batches as they fit in, and answers in their order.
   *
   * @param whenGone registers what is to be called when the client has hung up; then the answer may never come
   * @throws ProblemError gate_unavailable when there is no room for all of them: then none is decided
   */
  async decideAll(
    commands: readonly CallCommand[],
    whenGone: (hangUp: () => void) => void,
  ): Promise<(CallDecision | ProblemError)[]> {
    const queued = commands.filter((command) => !this.contended.has(command));
    if (queued.length > 0 && !this.queue.makeRoom(queued[0]!.organizationId, queued.length)) {
      throw unavailable('queue_full', commands.length);
    }
    const calls: PendingCall[] = [];
    const answers = commands.map(
      (command) =>
        new Promise<CallDecision | ProblemError>((resolve) => calls.push(this.submit(command, resolve, resolve))),
    );
    whenGone(() => calls.forEach((call) => this.clientGone(call)));
    return Promise.all(answers);
  }

  /** The connection that the call came by is closed. A call that still waits is not decided. */
  clientGone(call: PendingCall): void {
    if (this.move(call, 'client_gone') !== 'remove') return;
    this.queue.remove(call);
    this.contended.remove(call);
  }

  private get waiting(): number {
    return this.queue.size + this.contended.size;
  }

  /** What is to be done about the call after the event: nothing, when the event cannot happen to it. */
  private move(call: PendingCall, event: CallEvent): CallEffect {
    try {
      const { state, effect } = transition(call.state, event);
      if (state === 'abandoned' && call.state !== state) gateMetrics.clientGone(effect === 'give_back');
      call.state = state;
      return effect;
    } catch (error) {
      this.database.report(error);
      return 'none';
    }
  }

  private enqueue(call: PendingCall): void {
    if (this.move(call, 'queue') !== 'enqueue') return;
    this.queue.add(call);
    this.deadlines.start();
    this.schedule();
  }

  /** The call waits in a lane, apart from the calls whose rows are free. */
  private park(call: PendingCall): void {
    if (this.move(call, 'park') !== 'park') return;
    this.contended.add(call);
    this.deadlines.start();
  }

  private send(calls: readonly PendingCall[], event: 'send' | 'retry'): PendingCall[] {
    return calls.filter((call) => this.move(call, event) === 'send');
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
   * database half as much again. But a batch that is late, perhaps because of a lock that an admin's transaction holds,
   * delays the next one by no more than `LATE_MS`.
   */
  private dispatch(): void {
    if (this.inFlight || !this.database.isFree || this.queue.size === 0) return;
    const batch = this.send(this.queue.take(this.env.GATE_BATCH_SIZE), 'send');
    if (batch.length === 0) return;
    const timer = setTimeout(() => this.endTurn(timer), LATE_MS);
    this.inFlight = timer;
    // While rows are held for long, each new agent whose call needs one would hold up a batch.
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
    const sent = this.send(batch, 'retry');
    if (sent.length === 0) return;
    this.retrying += 1;
    await this.run(sent, 'pass_locked').finally(() => (this.retrying -= 1));
  }

  /** One statement for contended calls; see `ContendedCalls`. */
  private async runContended(batch: readonly PendingCall[], mode: GateMode): Promise<LaneAnswer> {
    const sent = this.send(batch, 'send');
    const parkAgain = (calls: PendingCall[]) => calls.filter((call) => this.move(call, 'park') === 'park');
    try {
      const decisions = await this.database.authorizeContended(commandsOf(sent), mode);
      return { undecided: parkAgain(this.answer(sent, decisions)), gaveUp: false };
    } catch (error) {
      if (isLockTimeout(error)) return { undecided: parkAgain(sent), gaveUp: true };
      this.recover(sent, error);
      this.schedule();
      return { undecided: [], gaveUp: false };
    }
  }

  /** Answers what was decided and committed, and comes back with the calls that were not. */
  private answer(batch: PendingCall[], decisions: (CallDecision | null)[]): PendingCall[] {
    const undecided: PendingCall[] = [];
    for (const [index, call] of batch.entries()) {
      const decision = decisions[index]!;
      if (decision === null) undecided.push(call);
      else this.deliver(call, decision);
    }
    if (undecided.length < batch.length) gateMetrics.batch(batch.length - undecided.length);
    return undecided;
  }

  private deliver(call: PendingCall, decision: CallDecision): void {
    const effect = this.move(call, 'decide');
    if (effect === 'give_back') this.givenBack.add(call.command, decision);
    if (effect !== 'answer') return;
    try {
      call.resolve(decision);
    } catch (error) {
      // An answer that cannot be written fails alone: the others of the batch are committed as well and come after it.
      this.database.report(error);
      this.reject(call, unavailable('database', 1, error));
    }
  }

  private refuse(calls: readonly PendingCall[], cause: Cause, error?: unknown): void {
    const refused = calls.filter((call) => this.move(call, 'refuse') === 'reject');
    if (refused.length === 0) return;
    const problem = unavailable(cause, refused.length, error);
    for (const call of refused) this.reject(call, problem);
  }

  private reject(call: PendingCall, problem: ProblemError): void {
    try {
      call.reject(problem);
    } catch (error) {
      this.database.report(error);
    }
  }

  /**
   * A batch that PostgreSQL refused was rolled back as a whole. Where one call may be at fault its halves are tried again:
   * in the end only that call fails. When the connection broke, it is unknown what was committed: nothing is retried here,
   * the dialer does it with its idempotency key.
   */
  private recover(batch: PendingCall[], error: unknown): void {
    if (batch.length > 1 && isFaultOfOneCall(error)) {
      const again = batch.filter((call) => this.move(call, 'queue') === 'enqueue');
      const middle = again.length >> 1;
      this.queue.putBack(again.slice(0, middle), again.slice(middle));
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
