import type pg from 'pg';
import { GateConnection } from '../../apps/api/src/modules/call-gate/engine/gate-connection.js';
import { databaseErrorOf } from '../../apps/api/src/platform/database/sqlstate.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';

/** A deferred trigger makes the commit wait for the holder of the advisory lock 1, and fail for a written 13. */
const COMMIT_THAT_WAITS = `
  create table written (n integer);
  create function on_commit() returns trigger language plpgsql as $$
    begin
      perform pg_advisory_xact_lock(1);
      if new.n = 13 then raise exception 'not today'; end if;
      return null;
    end $$;
  create constraint trigger on_commit after insert on written deferrable initially deferred
    for each row execute function on_commit()`;

describe('GateConnection', () => {
  let db: TestDatabase;
  let holder: pg.Client;
  let connection: GateConnection;
  let events: string[];
  const lost: string[] = [];

  beforeAll(async () => {
    db = await createTestDatabase();
    await db.query(COMMIT_THAT_WAITS);
    holder = await db.connect();
    connection = new GateConnection(
      { connectionString: db.url, application_name: 'gate-connection-spec' },
      async (client) => {
        await client.query(`prepare write as insert into written values ($1::integer) returning n::text, null::text`);
      },
      (error) => lost.push(error.message),
    );
  });
  beforeEach(() => {
    events = [];
  });
  afterEach(() => holder.query('select pg_advisory_unlock_all()'));
  afterAll(async () => {
    await connection?.close();
    await holder?.end();
    await db?.drop();
  });

  const write = async (n: string) => {
    const row = await connection.run('write', [n], () => events.push(`executed ${n}`));
    events.push(`committed ${row.join(' ')}`);
  };

  /** Until a commit waits for the advisory lock, and what was told before it has arrived. */
  const untilCommitWaits = () =>
    eventually(async () => {
      const [row] = await db.query(
        `select count(*) > 0 as waits from pg_locks where locktype = 'advisory' and not granted`,
      );
      return row!['waits'] && events.length > 0;
    });

  it('tells that a statement is executed while its commit waits, and answers only after the commit', async () => {
    await holder.query('select pg_advisory_lock(1)');
    const first = write('1');
    await untilCommitWaits();
    expect(events).toEqual(['executed 1']);
    expect(await db.query('select n from written')).toEqual([]);
    await holder.query('select pg_advisory_unlock(1)');
    await first;
    expect(events).toEqual(['executed 1', 'committed 1 ']);
    expect(await db.query('select n from written')).toEqual([{ n: 1 }]);
  });

  it('takes the next statement while a commit waits, and answers both in their order', async () => {
    await write('2');
    events = [];
    await holder.query('select pg_advisory_lock(1)');
    const first = write('3');
    await untilCommitWaits();
    const second = write('4');
    await untilCommitWaits();
    expect(events).toEqual(['executed 3']);
    await holder.query('select pg_advisory_unlock(1)');
    await Promise.all([first, second]);
    expect(events).toContain('executed 4');
    expect(events.filter((event) => event.startsWith('committed'))).toEqual(['committed 3 ', 'committed 4 ']);
  });

  it('rejects what was executed and could not be committed, and goes on with the next', async () => {
    const [refused, next] = await Promise.allSettled([write('13'), write('5')]);
    expect(refused).toMatchObject({ status: 'rejected', reason: { message: 'not today' } });
    expect(next).toMatchObject({ status: 'fulfilled' });
    expect(events).toEqual(['executed 13', 'executed 5', 'committed 5 ']);
    expect(await db.query('select n from written where n in (5, 13)')).toEqual([{ n: 5 }]);
  });

  it('rejects what cannot be executed, without saying that it was, and goes on with the next', async () => {
    const [refused, next] = await Promise.allSettled([write('no number'), write('6')]);
    expect(refused).toMatchObject({ status: 'rejected', reason: { code: '22P02' } });
    expect(next).toMatchObject({ status: 'fulfilled' });
    expect(events).toEqual(['executed 6', 'committed 6 ']);
  });

  it('rejects all that is under way when the connection breaks in a commit, and makes a new one', async () => {
    await holder.query('select pg_advisory_lock(1)');
    const broken = [write('7')];
    await untilCommitWaits();
    broken.push(write('8'));
    await db.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'gate-connection-spec'`,
    );
    expect((await Promise.allSettled(broken)).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await holder.query('select pg_advisory_unlock(1)');
    expect(events).toEqual(['executed 7']);
    expect(lost).not.toEqual([]);
    await write('9');
    expect(await db.query('select n from written where n > 6')).toEqual([{ n: 9 }]);
  });

  it.each([
    ['connected', 'postgres://nobody:wrong@', async () => {}],
    ['made ready', null, (client: pg.Client) => client.query('select 1 / 0').then(() => {})],
  ])('takes no error for one of a statement when it cannot be %s', async (_, user, makeReady) => {
    const connectionString = user === null ? db.url : db.url.replace(/^.*@/, user);
    const other = new GateConnection({ connectionString }, makeReady, () => {});
    const error = await other.run('write', ['10'], () => {}).catch((it: unknown) => it);
    expect(error).toBeInstanceOf(Error);
    expect(databaseErrorOf(error)).toBeNull();
    expect(databaseErrorOf((error as Error).cause)).not.toBeNull();
    await other.close();
  });
});
