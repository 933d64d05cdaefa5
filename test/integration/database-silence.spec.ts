import type { Socket } from 'node:net';
import pg from 'pg';
import { type Database, type Transaction } from '../../apps/api/src/platform/database/database.js';
import { silenceRules } from '../../apps/api/src/platform/database/silence.js';
import { isDatabaseUnavailable } from '../../apps/api/src/platform/database/unavailable.js';
import { TcpProxy } from '../chaos/tcp-proxy.js';
import { type ApiPools, poolsAsOfApi } from '../support/api-pool.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

describe('a database that says nothing any more', () => {
  let db: TestDatabase;
  let proxy: TcpProxy;
  let pool: pg.Pool;

  beforeAll(async () => {
    db = await createTestDatabase();
    const url = new URL(db.url);
    proxy = await TcpProxy.listen(Number(url.port));
    url.port = String(proxy.port);
    pool = new pg.Pool({ connectionString: url.href, ...silenceRules(300) });
    pool.on('error', () => undefined);
  });
  afterEach(() => proxy?.heal());
  afterAll(async () => {
    await pool?.end();
    await proxy?.close();
    await db?.drop();
  });

  it.each([
    ['although it got the question', () => proxy.loseReplies()],
    ['and gets no question either', () => proxy.goSilent()],
  ])('is waited for until the limit, %s; then the connection is made anew', async (_what, breakLink) => {
    expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    breakLink();
    const error: unknown = await pool.query('select 2').catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'ETIMEDOUT', message: 'The database said nothing for 300 ms' });
    expect(isDatabaseUnavailable(error)).toBe(true);
    expect(pool.totalCount).toBe(0);

    proxy.heal();
    expect((await pool.query('select 3 as three')).rows).toEqual([{ three: 3 }]);
  });
});

describe('Database', () => {
  let db: TestDatabase;
  let pools: ApiPools;
  let database: Database;

  beforeAll(async () => {
    db = await createTestDatabase();
    pools = await poolsAsOfApi(db, 1);
    database = pools.database;
  });
  afterAll(async () => {
    await pools?.destroy();
    await db?.drop();
  });

  /** How long the server may take for a statement, and how long the connection may be silent. */
  async function limitsOf(tx: Transaction): Promise<[string, number | undefined]> {
    const [row] = await tx.query<{ statement_timeout: string }>('show statement_timeout');
    const client = (await tx.manager.queryRunner!.connect()) as { connection: { stream: Socket } };
    return [row!.statement_timeout, client.connection.stream.timeout];
  }

  it('waits somewhat longer than the server lets a statement run, also where that is long, and then as before', async () => {
    expect(await database.asSystem(limitsOf)).toEqual(['30s', 35_000]);
    const long = await database.asSystem(async (tx) => {
      await tx.allowLongStatements();
      return limitsOf(tx);
    });
    expect(long).toEqual(['10min', 605_000]);
    expect(await database.asSystem(limitsOf)).toEqual(['30s', 35_000]);
  });

  it('ends a transaction that is given up, and its connection is free for the next', async () => {
    const giveUp = new AbortController();
    const given = database.asSystem(async (tx) => {
      const answer = tx.query('select pg_sleep(20)');
      setImmediate(() => giveUp.abort());
      return answer;
    }, giveUp.signal);
    const error: unknown = await given.catch((reason: unknown) => reason);
    expect(isDatabaseUnavailable(error)).toBe(true);
    expect(await database.asSystem((tx) => tx.query('select 1 as one'))).toEqual([{ one: 1 }]);
  });

  it('does not begin a transaction that was given up while it waited for a connection', async () => {
    let begun = false;
    const work = () => {
      begun = true;
      return Promise.resolve();
    };
    await expect(database.asSystem(work, AbortSignal.abort(new Error('given up')))).rejects.toThrow('given up');
    expect(begun).toBe(false);
    expect(await database.asSystem((tx) => tx.query('select 1 as one'))).toEqual([{ one: 1 }]);
  });
});
