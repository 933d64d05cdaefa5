import { type BeforeApplicationShutdown, Inject, Injectable, Logger } from '@nestjs/common';
import { ENV, type Env } from '../../../config/env.js';
import { Database } from '../../../platform/database/database.js';
import { AuditLog } from '../../audit/audit.public.js';
import type { CallCommand, CallDecision } from '../policy/call-decision.js';
import { gateMetrics, type GiveBackResult } from './gate-metrics.js';
import { GIVE_BACK_AUTHORIZATION, type GiveBackAnswer, WAIT_BRIEFLY } from './sql/give-back.sql.js';

const FIRST_PAUSE_MS = 250;
/** The pauses double: the last attempt comes after half a minute, well within the time in which a call can be voided. */
const MAX_ATTEMPTS = 8;
/** Clients that hang up as fast as they ask must not fill the memory. */
const MAX_WAITING = 20_000;

interface GivenBackCall {
  organizationId: string;
  authorizationId: string;
  idempotencyKey: string | null;
  attempts: number;
}

/**
 * Voids calls that were allowed when their client had hung up already, one after the other and behind the back of the
 * batches: no call waits for it. Where a retry with the same key was answered in between, the call stays counted: it is
 * the retry's.
 */
@Injectable()
export class GivenBackCalls implements BeforeApplicationShutdown {
  private readonly logger = new Logger('CallGate');
  private readonly due: GivenBackCall[] = [];
  private readonly paused = new Map<GivenBackCall, NodeJS.Timeout>();
  private running: Promise<void> | undefined;
  private isClosing = false;

  constructor(
    @Inject(ENV) private readonly env: Env,
    private readonly database: Database,
    private readonly audit: AuditLog,
  ) {}

  /** Only what was decided and counted now is given back: a replayed decision belongs to the request that it answered. */
  add({ organizationId, idempotencyKey }: CallCommand, { outcome, reasonCode, authorizationId }: CallDecision): void {
    if (outcome !== 'decided' || reasonCode !== 'allowed') return;
    if (this.due.length + this.paused.size >= MAX_WAITING) return gateMetrics.givenBack('failed');
    this.due.push({ organizationId, authorizationId, idempotencyKey, attempts: 0 });
    this.start();
  }

  /** What waits for its next attempt gets it now, and no other. */
  async beforeApplicationShutdown(): Promise<void> {
    this.isClosing = true;
    for (const [call, timer] of this.paused) {
      clearTimeout(timer);
      this.due.push(call);
    }
    this.paused.clear();
    this.start();
    await this.running;
  }

  private start(): void {
    this.running ??= this.work().finally(() => {
      this.running = undefined;
      if (this.due.length > 0) this.start();
    });
  }

  private async work(): Promise<void> {
    // Those that came together are all taken before the first of them is asked for.
    await Promise.resolve();
    for (let call = this.due.shift(); call; call = this.due.shift()) {
      call.attempts += 1;
      try {
        gateMetrics.givenBack(await this.giveBack(call));
      } catch (error) {
        this.tryLater(call, error);
      }
    }
  }

  private async giveBack({ organizationId, authorizationId, idempotencyKey }: GivenBackCall): Promise<GiveBackResult> {
    const answer = await this.database.inTenant(organizationId, async (tx) => {
      await tx.query(WAIT_BRIEFLY);
      const values = [organizationId, authorizationId, idempotencyKey, this.env.VOID_WINDOW_SECONDS];
      const [row] = await tx.query<{ result: GiveBackAnswer }>(GIVE_BACK_AUTHORIZATION, values);
      if (row?.result === 'voided') {
        await this.audit.recordOfApi(tx, organizationId, 'Call gate', {
          action: 'authorization.voided',
          subjectType: 'authorization',
          subjectId: authorizationId,
          facts: { reason: 'client_gone' },
        });
      }
      return row?.result ?? null;
    });
    return RESULTS[answer ?? 'too_late'];
  }

  private tryLater(call: GivenBackCall, error: unknown): void {
    if (this.isClosing || call.attempts >= MAX_ATTEMPTS) {
      const why = error instanceof Error ? error.message : String(error);
      this.logger.error(`The call ${call.authorizationId}, whose client hung up, stays counted: ${why}`);
      gateMetrics.givenBack('failed');
      return;
    }
    const again = () => {
      this.paused.delete(call);
      this.due.push(call);
      this.start();
    };
    this.paused.set(call, setTimeout(again, FIRST_PAUSE_MS * 2 ** (call.attempts - 1)).unref());
  }
}

const RESULTS: Record<NonNullable<GiveBackAnswer>, GiveBackResult> = {
  voided: 'voided',
  // The reply to an earlier attempt was lost.
  repeated: 'voided',
  retried: 'retried',
  settled_otherwise: 'settled',
  denied: 'settled',
  expired: 'failed',
  too_late: 'failed',
};
