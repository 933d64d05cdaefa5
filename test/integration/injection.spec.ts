import pg from 'pg';
import { gateSession } from '../../apps/api/src/modules/call-gate/engine/gate-database.js';
import { startupOptions } from '../../apps/api/src/platform/database/connection-options.js';
import { type ApiPools, poolsAsOfApi } from '../support/api-pool.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { createAgent, createOrganization, createUser } from '../support/fixtures.js';

const DENIED = { code: '42501' };

/** What whoever brings SQL of their own into a session of the API gets out of it. */
describe('an injection', () => {
  let db: TestDatabase;
  let pools: ApiPools;
  let gate: pg.Client;
  let own: string;
  let foreign: string;

  beforeAll(async () => {
    db = await createTestDatabase();
    [own, foreign] = [await createOrganization(db, { slug: 'own' }), await createOrganization(db, { slug: 'foreign' })];
    for (const organizationId of [own, foreign]) {
      await createAgent(db, { organizationId });
      await createUser(db, { organizationId, role: 'admin' });
    }
    pools = await poolsAsOfApi(db);
    gate = new pg.Client({ connectionString: db.appUrl, options: startupOptions(gateSession(100)) });
    await gate.connect();
  });
  afterAll(async () => {
    await gate?.end();
    await pools?.destroy();
    await db?.drop();
  });

  type Say = (sql: string) => Promise<Record<string, unknown>[]>;

  const SESSIONS: [name: string, login: () => string, inSession: <T>(work: (say: Say) => Promise<T>) => Promise<T>][] =
    [
      [
        'the pool of requests',
        () => new URL(db.appUrl).username,
        (work) => pools.database.inTenant(own, (tx) => work((sql) => tx.query(sql))),
      ],
      [
        'the gate',
        () => new URL(db.appUrl).username,
        async (work) => {
          await gate.query('begin');
          return work(async (sql) => (await gate.query<Record<string, unknown>>(sql)).rows).finally(() =>
            gate.query('rollback'),
          );
        },
      ],
      [
        'the pool of the system',
        () => new URL(db.systemUrl).username,
        (work) => pools.database.asSystem((tx) => work((sql) => tx.query(sql))),
      ],
    ];

  describe.each(SESSIONS)('into a session of %s', (name, login, inSession) => {
    const other = name === 'the pool of the system' ? 'ringfence_app' : 'ringfence_system';

    it.each([
      ['become the other role', `set role ${other}`],
      ['become the role that counts for everybody', 'set role ringfence_definer'],
      ['become the owner of the tables', 'set role $owner'],
      ['read as a role of PostgreSQL', 'set role pg_read_all_data'],
      ['sign in as another', `set session authorization ${other}`],
      ['let itself become more', `do $$ begin execute format('grant ${other} to %I', session_user); end $$`],
      ['make a role', 'create role intruder'],
      ['make itself a superuser', `do $$ begin execute format('alter role %I superuser', session_user); end $$`],
      ['set itself past the policies', `do $$ begin execute format('alter role %I bypassrls', session_user); end $$`],
      ['lift row-level security', 'alter table agents disable row level security'],
      ['drop a policy', 'drop policy own_organization on agents'],
      ['make a function', 'create function public.f() returns int language sql as $$ select 1 $$'],
      ['change a function that runs for another', 'alter function taken_numbers(text[]) reset all'],
      ['make a table', 'create table public.t ()'],
      ['make a schema', 'create schema s'],
      ['silence triggers', 'set session_replication_role = replica'],
      ['run a program', `copy (select 1) to program 'true'`],
      ['read a file', `select pg_read_file('PG_VERSION')`],
      ['read passwords of logins', 'select * from pg_authid'],
    ])('cannot %s', async (_what, sql) => {
      const [owner] = await db.query('select quote_ident(current_user) as name');
      await expect(inSession((say) => say(sql.replace('$owner', String(owner!['name']))))).rejects.toMatchObject(
        DENIED,
      );
    });

    it('has no right left once it sets its role aside', async () => {
      for (const table of ['organizations', 'agents', 'phone_numbers', 'call_authorizations', 'users']) {
        const read = inSession(async (say) => {
          await say('set local role none');
          expect(await say('select current_user::text as role')).toEqual([{ role: login() }]);
          return say(`select 1 from ${table}`);
        });
        await expect(read).rejects.toMatchObject(DENIED);
      }
    });

    it('is the same as before once it resets role and login', async () => {
      const before = await inSession((say) => say('select current_user::text as role, session_user::text as login'));
      const after = await inSession(async (say) => {
        await say('set local role none');
        await say('reset role');
        await say('set session authorization default');
        await say('reset role');
        return say('select current_user::text as role, session_user::text as login');
      });
      expect(after).toEqual(before);
    });

    it('reads nothing by turning row-level security off', async () => {
      const read = inSession(async (say) => {
        await say('set local row_security = off');
        return say('select 1 from api_keys');
      });
      await expect(read).rejects.toMatchObject(DENIED);
    });
  });

  it('into a session of the system makes no temporary table, which uploads alone need', async () => {
    const make = pools.database.asSystem((tx) => tx.query('create temporary table t ()'));
    await expect(make).rejects.toMatchObject(DENIED);
  });

  it('puts no temporary table in the place of one of the schema', async () => {
    const rows = await pools.database.inTenant(own, async (tx) => {
      await tx.query(`create temporary table agents on commit drop as select 'forged' as name`);
      return tx.query<{
        table: string;
      }>(`select 'agents'::regclass::oid::regclass::text as table, 'public.agents'::regclass
        = 'agents'::regclass as genuine`);
    });
    expect(rows).toEqual([expect.objectContaining({ genuine: true })]);
  });

  /** The limit of this wall, told in docs/adr/0016-login-roles.md: row-level security goes by what the session says. */
  it('into a session of requests can name another organization, and reads what requests of it read', async () => {
    const namesOther = (sql: string) =>
      pools.database.inTenant(own, async (tx) => {
        await tx.query(`set local ringfence.organization_ids = '{${foreign}}'`);
        return tx.query(sql);
      });
    expect(await namesOther('select organization_id from agents')).toEqual([{ organization_id: foreign }]);
    for (const sql of [
      'select password_hash from users',
      'select token_hash from refresh_tokens',
      'select sealed_credentials from provider_accounts',
      'delete from call_authorizations',
      `update call_authorizations set decision = 'allowed'`,
      `update audit_events set action = 'x'`,
      `update memberships set role = 'owner'`,
      'update users set platform_admin = true',
    ]) {
      await expect(namesOther(sql)).rejects.toMatchObject(DENIED);
    }
  });
});
