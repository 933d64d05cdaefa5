import { Inject, Injectable } from '@nestjs/common';
import { ENV, type Env } from '../../config/env.js';
import { databaseErrorOf } from '../../platform/database/sqlstate.js';
import type { ProblemError } from '../../platform/http/problem.error.js';
import type { CallCommand, CallDecision } from './call-decision.js';
import { CallQueue, type PendingCall } from './call-queue.js';
import { GateDatabase, type GateMode } from './gate-database.js';
import { gateMetrics } from './gate-metrics.js';
import { gateUnavailable } from './gate-unavailable.js';
import { LockedCalls } from './locked-calls.js';

/** A batch that takes longer waits for a lock or a disk; those behind it take another connection. */
const LATE_MS = 20;

/**
 * Gathers calls of concurrent requests into batches. A batch leaves as soon as the one before is decided, and what arrives
 * meanwhile leaves together. A lone caller waits for nobody.
 */
@Injectable()
export class CallBatcher {
  private readonly queue = new CallQueue();
  private readonly locked = new LockedCalls(
    (batch) => this.run(batch, 'patient'),
    (call) => call.reject(unavailable('locked')),
  );
  private scheduled = false;
  /** Runs while a batch is out that is not late. */
  private punctual: NodeJS.Timeout | undefined;

  constructor(
    @Inject(ENV) private readonly env: Env,
    private readonly database: GateDatabase,
  ) {
    gateMetrics.watchQueue(() => this.waiting);
  }

  /**
   * Answers after the decision is committed. It tells `reject` a ProblemError gate_unavailable when too many calls wait
   * or the database cannot decide: never an allow.
   */
  submit(call: PendingCall): void {
    if (this.waiting >= this.env.GATE_QUEUE_SIZE) call.reject(unavailable('queue_full'));
    else if (this.locked.has(call.command)) this.locked.add(call);
    else {
      this.queue.add(call);
      this.schedule();
    }
  }

  /**
   * Decides calls that arrived together, in as few batches as they fit in, and answers in their order.
   *
   * @throws ProblemError gate_unavailable when there is no room for all of them: then none is decided
   */
  async decideAll(commands: readonly CallCommand[]): Promise<(CallDecision | ProblemError)[]> {
    if (this.waiting + commands.length > this.env.GATE_QUEUE_SIZE) throw unavailable('queue_full');
    const decide = (command: CallCommand) =>
      new Promise<CallDecision | ProblemError>((resolve) => this.submit({ command, resolve, reject: resolve }));
    return Promise.all(commands.map(decide));
  }

  private get waiting(): number {
    return this.queue.size + this.locked.size;
  }

  /** Requests that arrived in the same turn of the event loop leave in the same batch. */
  private schedule(): void {
    if (this.scheduled || this.punctual || !this.database.isFree) return;
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
    if (this.punctual || !this.database.isFree || this.queue.size === 0) return;
    const timer = setTimeout(() => this.passOn(timer), LATE_MS);
    this.punctual = timer;
    void this.run(this.queue.take(this.env.GATE_BATCH_SIZE), 'shared', () => this.passOn(timer));
  }

  /** The batch of this timer is decided, or it failed, or it is late: the next one may leave. */
  private passOn(timer: NodeJS.Timeout): void {
    clearTimeout(timer);
    if (this.punctual === timer) this.punctual = undefined;
    this.dispatch();
  }

  /** Calls `onDecided` when only the commit is left, and again when the batch has come back or failed. */
  private async run(batch: PendingCall[], mode: GateMode, onDecided = () => this.dispatch()): Promise<void> {
    let decisions: (CallDecision | null)[];
    try {
      decisions = await this.database.authorize(
        batch.map((call) => call.command),
        mode,
        onDecided,
      );
    } catch (error) {
      this.recover(batch, mode, error);
      onDecided();
      return;
    }
    // Where the next batch has not left yet it leaves first: the database works on it while these answers are written.
    onDecided();
    gateMetrics.batch(batch.length);
    for (const [index, call] of batch.entries()) {
      const decision = decisions[index]!;
      if (decision === null) this.locked.add(call);
      else call.resolve(decision);
    }
  }

  /**
   * A batch that PostgreSQL refused was rolled back as a whole. When it waited too long for somebody's lock, it is
   * decided without the calls that need the locked row. For anything else its halves are tried again: in the end only
   * the call that cannot be decided fails. When the connection broke, nobody knows what was committed: nothing is
   * retried here, the dialer does it with its idempotency key.
   */
  private recover(batch: PendingCall[], mode: GateMode, error: unknown): void {
    const sqlState = databaseErrorOf(error)?.sqlState ?? null;
    if (sqlState === LOCK_NOT_AVAILABLE && mode === 'shared' && this.database.isFree) {
      void this.run(batch, 'pass_locked');
    } else if (batch.length > 1 && sqlState !== null && !isShutdown(sqlState) && !gaveUp(sqlState, mode)) {
      const middle = batch.length >> 1;
      this.queue.putBack(batch.slice(0, middle), batch.slice(middle));
    } else {
      this.database.report(error);
      const cause = sqlState === LOCK_NOT_AVAILABLE ? 'locked' : 'database';
      for (const call of batch) call.reject(unavailable(cause, error));
    }
  }
}

const LOCK_NOT_AVAILABLE = '55P03';

/** Patient calls all need the one row that could not be had. */
function gaveUp(sqlState: string, mode: GateMode): boolean {
  return mode === 'patient' && sqlState === LOCK_NOT_AVAILABLE;
}

/** Class 57 and 08: the server goes down or the connection broke. Trying the halves would fail as well. */
function isShutdown(sqlState: string): boolean {
  return sqlState.startsWith('08') || (sqlState.startsWith('57') && sqlState !== '57014');
}

const WHY = {
  queue_full: 'too many calls are waiting',
  locked: 'the assignment is being changed',
  database: 'the database could not decide',
} as const;

function unavailable(cause: keyof typeof WHY, error?: unknown): ProblemError {
  gateMetrics.unavailable(cause);
  return gateUnavailable(WHY[cause], error);
}
