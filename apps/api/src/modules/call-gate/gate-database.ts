import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import type pg from 'pg';
import { ENV, type Env } from '../../config/env.js';
import { APP_ROLE, sessionOptions } from '../../platform/database/connection-options.js';
import { readDatabaseSafety, UnsafeDatabaseError } from '../../platform/health/database-safety.js';
import type { CallCommand, CallDecision } from './call-decision.js';
import { GateConnection } from './gate-connection.js';
import { gateMetrics } from './gate-metrics.js';
import { GATE_AUTHORIZE, gateAuthorizeDecisions, gateAuthorizeParameters } from './sql/gate-authorize.sql.js';

const STATEMENT_TIMEOUT_MS = 3_000;
const LOCK_TIMEOUT_MS = 1_000;
const CONNECT_TIMEOUT_MS = 2_000;
/** A reply that is later than this is lost: the network broke without saying so. */
const REPLY_TIMEOUT_MS = 5_000;

/** The gate's own few connections: nothing else that the API does makes a call wait. */
@Injectable()
export class GateDatabase implements OnApplicationShutdown {
  private readonly logger = new Logger('CallGate');
  private readonly connections: GateConnection[];
  private readonly free: GateConnection[];

  constructor(@Inject(ENV) private readonly env: Env) {
    const config = {
      connectionString: env.DATABASE_URL,
      options: sessionOptions(APP_ROLE, { statementTimeoutMs: STATEMENT_TIMEOUT_MS, lockTimeoutMs: LOCK_TIMEOUT_MS }),
      application_name: 'ringfence-gate',
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      query_timeout: REPLY_TIMEOUT_MS,
      keepAlive: true,
    };
    const onLost = (error: Error) => this.logger.warn(`A gate connection was lost: ${error.message}`);
    this.connections = Array.from(
      { length: env.GATE_POOL_SIZE },
      () => new GateConnection(config, requireSafety, onLost),
    );
    this.free = [...this.connections];
  }

  /** Whether a batch can leave now. */
  get isFree(): boolean {
    return this.free.length > 0;
  }

  /** Whether no batch is out. */
  get isIdle(): boolean {
    return this.free.length === this.connections.length;
  }

  /**
   * Decides the calls in one statement and one commit, and answers in their order. Only while `isFree`; the statement
   * leaves before this returns, and the connection is free again before the answer is given.
   */
  async authorize(calls: readonly CallCommand[]): Promise<CallDecision[]> {
    const connection = this.free.pop();
    if (!connection) throw new Error('No gate connection is free');
    const started = performance.now();
    try {
      const values = gateAuthorizeParameters(calls, this.env.GATE_LEASE_MINUTES, this.env.IDEMPOTENCY_RETENTION_HOURS);
      const rows = await connection.query({ ...GATE_AUTHORIZE, values });
      return gateAuthorizeDecisions(rows, calls.length);
    } finally {
      this.free.push(connection);
      gateMetrics.statement((performance.now() - started) / 1000);
    }
  }

  /** Says in the log why a call could not be decided. */
  report(error: unknown): void {
    this.logger.error(`A call could not be decided: ${error instanceof Error ? error.message : String(error)}`);
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all(this.connections.map((connection) => connection.close()));
  }
}

/** A failover may have led to a standby, or to a server with other settings: nothing is decided there. */
async function requireSafety(client: pg.Client): Promise<void> {
  const query = async (sql: string, parameters: unknown[]) => (await client.query(sql, parameters)).rows as unknown[];
  const { complaint } = await readDatabaseSafety(query, APP_ROLE, 'serving');
  if (complaint !== null) throw new UnsafeDatabaseError(complaint);
}
