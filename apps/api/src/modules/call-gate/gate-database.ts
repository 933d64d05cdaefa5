import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import pg from 'pg';
import { ENV, type Env } from '../../config/env.js';
import { APP_ROLE, sessionOptions } from '../../platform/database/connection-options.js';
import type { CallCommand, CallDecision } from './call-decision.js';
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
  private readonly pool: pg.Pool;

  constructor(@Inject(ENV) private readonly env: Env) {
    this.pool = new pg.Pool({
      connectionString: env.DATABASE_URL,
      options: sessionOptions(APP_ROLE, { statementTimeoutMs: STATEMENT_TIMEOUT_MS, lockTimeoutMs: LOCK_TIMEOUT_MS }),
      application_name: 'ringfence-gate',
      max: env.GATE_POOL_SIZE,
      idleTimeoutMillis: 0,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      query_timeout: REPLY_TIMEOUT_MS,
      keepAlive: true,
    });
    this.pool.on('error', (error) => this.logger.warn(`An idle gate connection was lost: ${error.message}`));
  }

  /** Decides the calls in one statement and one commit, and answers in their order. */
  async authorize(calls: readonly CallCommand[]): Promise<CallDecision[]> {
    const values = gateAuthorizeParameters(calls, this.env.GATE_LEASE_MINUTES, this.env.IDEMPOTENCY_RETENTION_HOURS);
    const client = await this.pool.connect();
    const started = performance.now();
    try {
      const result = await client.query<unknown[]>({ ...GATE_AUTHORIZE, values, rowMode: 'array' });
      client.release();
      return gateAuthorizeDecisions(result.rows, calls.length);
    } catch (error) {
      client.release(error instanceof Error ? error : true);
      throw error;
    } finally {
      gateMetrics.statement((performance.now() - started) / 1000);
    }
  }

  /** Says in the log why a call could not be decided. */
  report(error: unknown): void {
    this.logger.error(`A call could not be decided: ${error instanceof Error ? error.message : String(error)}`);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.pool.end();
  }
}
