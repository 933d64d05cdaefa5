import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import type pg from 'pg';
import { ENV, type Env } from '../../../config/env.js';
import { appSession, type SessionRules, startupOptions } from '../../../platform/database/connection-options.js';
import { KEEP_ALIVE } from '../../../platform/database/silence.js';
import { gateComplaint, readDatabaseSafety } from '../../../platform/health/database-safety.js';
import { sessionComplaints, UnsafeSessionError } from '../../../platform/health/session-safety.js';
import type { CallCommand, CallDecision } from '../policy/call-decision.js';
import { GateConnection, REPLY_TIMEOUT_MS } from './gate-connection.js';
import { gateMetrics } from './gate-metrics.js';
import { MAX_WAIT_MS } from './pending-call.js';
import { GATE_AUTHORIZE, gateAuthorizeDecisions, gateAuthorizeParameters } from './sql/gate-authorize.sql.js';

/** Half of the time that a call may wait, so that the halves of a batch that was too slow still have some. */
const STATEMENT_TIMEOUT_MS = MAX_WAIT_MS / 2;
/** How long a batch of many waits for a row that another transaction holds, before it is decided without the calls of that row. */
const SHARED_LOCK_TIMEOUT_MS = 100;
/** How long the calls of one locked row wait for it at a time: as long, other locked calls are not asked for. */
const LOCKED_LOCK_TIMEOUT_MS = 50;
const CONNECT_TIMEOUT_MS = 2_000;

/**
 * One plan for the statement, found once, that goes by indexes, row by row. The database's statistics may be those of an
 * hour ago, when a table was empty; a plan made by them would read it whole.
 */
const PLANNER_SETTINGS = {
  plan_cache_mode: 'force_generic_plan',
  enable_seqscan: 'off',
  enable_hashjoin: 'off',
  enable_mergejoin: 'off',
  enable_material: 'off',
  jit: 'off',
};

export function gateSession(lockTimeoutMs: number): SessionRules {
  return appSession({ statementTimeoutMs: STATEMENT_TIMEOUT_MS, lockTimeoutMs }, PLANNER_SETTINGS);
}

/** What to do about a row that another transaction holds: wait for it, or leave the calls that need it undecided. */
export type GateMode = 'wait' | 'pass_locked';

/** The gate's own few connections: nothing else that the API does makes a call wait. */
@Injectable()
export class GateDatabase implements OnApplicationShutdown {
  private readonly logger = new Logger('CallGate');
  private readonly connections: GateConnection[];
  private readonly free: GateConnection[];
  /** For contended calls. */
  private readonly contended: GateConnection;

  constructor(@Inject(ENV) private readonly env: Env) {
    const onLost = (error: Error) => this.logger.warn(`A gate connection was lost: ${error.message}`);
    const newConnection = (rules: SessionRules) => {
      const config = {
        connectionString: env.DATABASE_URL,
        options: startupOptions(rules),
        application_name: 'ringfence-gate',
        connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
        ...KEEP_ALIVE,
      };
      return new GateConnection(config, (client) => makeReady(client, rules), onLost);
    };
    const shared = gateSession(SHARED_LOCK_TIMEOUT_MS);
    this.connections = Array.from({ length: env.GATE_POOL_SIZE }, () => newConnection(shared));
    this.contended = newConnection(gateSession(LOCKED_LOCK_TIMEOUT_MS));
    this.free = [...this.connections];
  }

  /** Whether a batch can leave now. */
  get isFree(): boolean {
    return this.free.length > 0;
  }

  /**
   * Decides the calls in one statement and one commit, and answers in their order; null for those left undecided.
   * `onDecided` is called when all is decided and only the commit is left, which waits for the disk and not for a core.
   * Only while `isFree`; the statement leaves before this returns, and the connection is free again before the answer is
   * given.
   */
  async authorize(
    calls: readonly CallCommand[],
    mode: GateMode,
    onDecided: () => void,
  ): Promise<(CallDecision | null)[]> {
    const connection = this.free.pop();
    if (!connection) throw new Error('No gate connection is free');
    let isFree = false;
    const release = () => {
      if (!isFree) this.free.push(connection);
      isFree = true;
    };
    try {
      return await this.ask(connection, calls, mode, () => {
        release();
        onDecided();
      });
    } finally {
      release();
    }
  }

  /** `authorize` on the connection for contended calls, for one batch at a time. */
  async authorizeContended(calls: readonly CallCommand[], mode: GateMode): Promise<(CallDecision | null)[]> {
    return this.ask(this.contended, calls, mode, () => {});
  }

  private async ask(
    connection: GateConnection,
    calls: readonly CallCommand[],
    mode: GateMode,
    onDecided: () => void,
  ): Promise<(CallDecision | null)[]> {
    const { GATE_LEASE_MINUTES, IDEMPOTENCY_RETENTION_HOURS } = this.env;
    const started = performance.now();
    try {
      const values = gateAuthorizeParameters(
        calls,
        GATE_LEASE_MINUTES,
        IDEMPOTENCY_RETENTION_HOURS,
        mode === 'pass_locked',
      );
      const row = await connection.run(GATE_AUTHORIZE.name, values, onDecided);
      return gateAuthorizeDecisions(row, calls);
    } finally {
      gateMetrics.statement((performance.now() - started) / 1000);
    }
  }

  /** Says in the log why a call could not be decided. */
  report(error: unknown): void {
    this.logger.error(`A call could not be decided: ${error instanceof Error ? error.message : String(error)}`);
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([...this.connections, this.contended].map((connection) => connection.close()));
  }
}

/**
 * A failover may have led to a standby, or to a server with other settings: nothing is decided there. Elsewhere the
 * statement is prepared, once for the connection.
 */
async function makeReady(client: pg.Client, rules: SessionRules): Promise<void> {
  const query = async (text: string, values: unknown[] = []) => {
    const limited = { text, values, query_timeout: REPLY_TIMEOUT_MS };
    return (await client.query(limited)).rows as unknown[];
  };
  const { complaints } = await readDatabaseSafety(query);
  const complaint = gateComplaint([...complaints, ...(await sessionComplaints(client, query, rules))]);
  if (complaint !== null) throw new UnsafeSessionError(complaint);
  await query(`prepare ${GATE_AUTHORIZE.name} as ${GATE_AUTHORIZE.text}`);
}
