import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { PoolClient } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { DataSource, type EntityManager } from 'typeorm';
import { breakOff, expectStatementsOf, LONG_STATEMENT_TIMEOUT_MS, STATEMENT_TIMEOUT_MS } from './silence.js';
import { isRetryable } from './sqlstate.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const MAX_ATTEMPTS = 4;

/** The name of the pool whose sessions see every tenant. */
export const SYSTEM_POOL = 'system';

/** The name of the pool that finds out who calls. Nothing else takes its connections, so nothing else makes a call wait. */
export const LOOK_UP_POOL = 'look-ups';
export const LOOK_UP_POOL_SIZE = 2;

/** One open transaction. It is handed down; no function below opens another. */
export class Transaction {
  private readonly committed: (() => void)[] = [];

  constructor(
    readonly manager: EntityManager,
    private readonly client: PoolClient,
  ) {}

  /** Runs raw SQL and answers the rows (for UPDATE and DELETE those of RETURNING). */
  async query<Row>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    const result: unknown = await this.manager.query(sql, [...parameters]);
    return rowsOf<Row>(result);
  }

  /** Does something once the transaction is committed. It must not throw, and is lost when the process ends before it. */
  onCommit(hint: () => void): void {
    this.committed.push(hint);
  }

  /** Tells that the transaction is committed. */
  wasCommitted(): void {
    for (const hint of this.committed) hint();
  }

  /**
   * Lets the commit of this transaction return before it is on disk. A crash of the server within the next moment takes it
   * back as a whole, and no later commit survives that it did not: for steps of work that is told done by a last commit,
   * which waits, and that goes on from where the database says it is.
   */
  async commitWithoutWaiting(): Promise<void> {
    await this.query('set local synchronous_commit = off');
  }

  /** Lets statements of this transaction run for ten minutes: for work on very many rows that no request waits for. */
  async allowLongStatements(): Promise<void> {
    expectStatementsOf(this.client, LONG_STATEMENT_TIMEOUT_MS);
    await this.query(`set local statement_timeout = ${LONG_STATEMENT_TIMEOUT_MS}`);
  }

  /**
   * Copies text into a table, many times faster than inserting. PostgreSQL refuses that for tables with row-level
   * security: copy into a temporary one, and insert from there.
   *
   * @param copy `copy … from stdin`
   */
  async copyIn(copy: string, text: string): Promise<void> {
    const stream: Writable = this.client.query(copyFrom(copy));
    stream.end(text);
    await finished(stream);
  }
}

/** TypeORM answers [rows, count] for UPDATE and DELETE and plain rows for everything else. */
function rowsOf<Row>(result: unknown): Row[] {
  if (!Array.isArray(result)) return [];
  const [first, second] = result as unknown[];
  if (result.length === 2 && Array.isArray(first) && typeof second === 'number') return first as Row[];
  return result as Row[];
}

/**
 * The one place that opens transactions. Each runs for one tenant, whose rows are the only ones that it can see, or for
 * the system, which sees all; the two have a pool and a login each, and no session of one can turn into one of the other.
 * A transaction that fails by a serialization failure or a deadlock is run again as a whole.
 */
@Injectable()
export class Database {
  constructor(
    @InjectDataSource() private readonly appPool: DataSource,
    @InjectDataSource(SYSTEM_POOL) private readonly systemPool: DataSource,
    @InjectDataSource(LOOK_UP_POOL) private readonly lookUpPool: DataSource = systemPool,
  ) {}

  /** Runs the work in a transaction that sees one tenant's rows. */
  inTenant<T>(organizationId: string, work: (tx: Transaction) => Promise<T>): Promise<T> {
    if (!UUID.test(organizationId)) throw new Error('A tenant transaction needs the UUID of its organization');
    const setTenant = `set local ringfence.organization_ids = '{${organizationId}}'`;
    return this.run(this.appPool, async (tx) => {
      await tx.query(setTenant);
      return work(tx);
    });
  }

  /**
   * Runs the work in a transaction that sees every tenant's rows, with the narrow grants of the system role.
   *
   * @param giveUp ends the transaction and its connection: they may wait for a server that is gone
   */
  asSystem<T>(work: (tx: Transaction) => Promise<T>, giveUp?: AbortSignal): Promise<T> {
    return this.run(this.systemPool, work, giveUp);
  }

  /** The same for looking up who calls, which takes a millisecond and which every call waits for. */
  lookUp<T>(work: (tx: Transaction) => Promise<T>, giveUp: AbortSignal): Promise<T> {
    return this.run(this.lookUpPool, work, giveUp);
  }

  private async run<T>(pool: DataSource, work: (tx: Transaction) => Promise<T>, giveUp?: AbortSignal): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.attempt(pool, work, giveUp);
      } catch (error) {
        if (attempt >= MAX_ATTEMPTS || !isRetryable(error)) throw error;
      }
    }
  }

  private async attempt<T>(pool: DataSource, work: (tx: Transaction) => Promise<T>, giveUp?: AbortSignal): Promise<T> {
    const runner = pool.createQueryRunner();
    const client = (await runner.connect()) as PoolClient;
    const end = () => breakOff(client, 'Nobody waits for the database any more');
    try {
      giveUp?.throwIfAborted();
      giveUp?.addEventListener('abort', end);
      let tx: Transaction | undefined;
      const result = await runner.manager.transaction((manager) => work((tx = new Transaction(manager, client))));
      tx?.wasCommitted();
      return result;
    } finally {
      giveUp?.removeEventListener('abort', end);
      expectStatementsOf(client, STATEMENT_TIMEOUT_MS);
      await runner.release();
    }
  }
}
