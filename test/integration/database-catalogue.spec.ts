import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { ALL, DEFINER_FUNCTIONS, GRANTS, POLICIES, type Privileges, UNFENCED } from './database-privileges.js';

const APP = 'ringfence_app';
const SYSTEM = 'ringfence_system';
const DEFINER = 'ringfence_definer';
const ROLES = [APP, SYSTEM, DEFINER];

/** What the catalogues of PostgreSQL say of roles and rights, against what `database-privileges.ts` expects. */
describe('the catalogue of the database', () => {
  let db: TestDatabase;
  let logins: { app: string; system: string };

  beforeAll(async () => {
    db = await createTestDatabase();
    logins = { app: new URL(db.appUrl).username, system: new URL(db.systemUrl).username };
  });
  afterAll(() => db?.drop());

  const names = async (sql: string, parameters: unknown[] = []) =>
    (await db.query(sql, parameters)).map((row) => row['name'] as string);

  describe('tables', () => {
    it('are all expected: a new one is entered in database-privileges.ts', async () => {
      expect(await names(TABLES)).toEqual(Object.keys(GRANTS).sort());
    });

    it('with an organization have row-level security, enabled and forced; so has every other but the expected', async () => {
      const open = await names(`${TABLES_WHERE} and not (c.relrowsecurity and c.relforcerowsecurity) order by 1`);
      expect(open).toEqual(UNFENCED);
      const ofTenants = await names(
        `${TABLES_WHERE} and exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'organization_id')`,
      );
      expect(ofTenants.filter((name) => UNFENCED.includes(name))).toEqual([]);
    });

    it('are reached by the expected policies, each for one role of the API and with a check of what is written', async () => {
      const policies = await db.query(
        `select p.polrelid::regclass::text as table, p.polname::text as name,
           array(select r.rolname::text from pg_roles r where r.oid = any (p.polroles) or 0 = any (p.polroles)) as roles,
           p.polcmd::text as command, p.polpermissive as permissive, p.polqual is not null as reads,
           p.polwithcheck is not null as checks, pg_get_expr(p.polqual, p.polrelid) = 'true' as reads_all,
           pg_get_expr(p.polqual, p.polrelid) = pg_get_expr(p.polwithcheck, p.polrelid) as alike
         from pg_policy p where p.polrelid in (select oid from pg_class where relnamespace = 'public'::regnamespace)`,
      );
      const actual: Record<string, string[]> = {};
      for (const policy of policies) {
        const roles = policy['roles'] as string[];
        expect(ROLES).toEqual(expect.arrayContaining(roles));
        expect({ ...policy, roles: roles.length }).toMatchObject({ roles: 1, permissive: true, reads: true });
        // Who may write under a policy writes only what it could read.
        if (policy['command'] === '*') expect(policy).toMatchObject({ checks: true, alike: true });
        else expect(policy['command']).toBe('r');
        expect([policy['table'], policy['reads_all']]).toEqual([policy['table'], roles[0] !== APP]);
        (actual[policy['name'] as string] ??= []).push(`${policy['table'] as string} to ${roles[0]}`);
      }
      for (const tables of Object.values(actual)) tables.sort();
      expect(actual).toEqual(POLICIES);
    });

    it('may be read and written by the API as expected, column by column', async () => {
      const actual: Record<string, Record<string, Privileges>> = {};
      for (const table of Object.keys(GRANTS)) actual[table] = {};
      for (const { table, role, privilege, columns } of await db.query(PRIVILEGES)) {
        const ofRole = ((actual[table as string] ??= {})[role as string] ??= {});
        ofRole[privilege as keyof Privileges] = columns === null ? ALL : (columns as string[]).join(' ');
      }
      expect(actual).toEqual(JSON.parse(JSON.stringify(GRANTS, (_key, value) => oneLine(value))));
    });

    it('grant nothing to public, nor to a login', async () => {
      const grantees = await names(
        `select distinct case when g.grantee = 0 then 'public' else g.grantee::regrole::text end as name
         from (${ACLS}) g where g.grantee <> g.owner order by 1`,
      );
      expect(grantees).toEqual([...ROLES].sort());
    });
  });

  describe('functions', () => {
    it('that run for another role are the expected, with a fixed search path and for the expected callers', async () => {
      const functions = await db.query(
        `select p.oid::regprocedure::text as name, p.proowner::regrole::text as owner, p.proconfig as settings,
           array(select case when a.grantee = 0 then 'public' else a.grantee::regrole::text end
             from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a where a.grantee <> p.proowner order by 1) as callers
         from pg_proc p where p.prosecdef and p.pronamespace not in ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
         order by 1`,
      );
      const callersOf = Object.fromEntries(functions.map(({ name, callers }) => [name as string, callers as string[]]));
      expect(callersOf).toEqual(DEFINER_FUNCTIONS);
      for (const { owner, settings } of functions) {
        expect({ owner, settings }).toEqual({ owner: DEFINER, settings: ['search_path=pg_catalog, public, pg_temp'] });
      }
    });

    it('of public run with the rights of their caller', async () => {
      const unsafe = await names(
        `select p.oid::regprocedure::text as name from pg_proc p
         where p.prosecdef and has_function_privilege($1, p.oid, 'execute')`,
        [logins.app],
      );
      expect(unsafe).toEqual([]);
    });
  });

  describe('roles', () => {
    it('have no power beside their grants', async () => {
      const powerful = await names(
        `select rolname as name from pg_roles where rolname = any ($1) and
           (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication)`,
        [[...ROLES, ...Object.values(logins)]],
      );
      expect(powerful).toEqual([]);
    });

    it('of the API cannot sign in, and its logins have nothing without their role', async () => {
      const roles = await db.query(
        `select rolname as name, rolcanlogin as logs_in, rolinherit as inherits from pg_roles
         where rolname = any ($1) order by rolname`,
        [[...ROLES, ...Object.values(logins)]],
      );
      const signsIn = { logs_in: true, inherits: false };
      expect(Object.fromEntries(roles.map(({ name, ...rest }) => [name as string, rest]))).toEqual({
        ...Object.fromEntries(ROLES.map((name) => [name, { logs_in: false, inherits: true }])),
        [logins.app]: signsIn,
        [logins.system]: signsIn,
      });
    });

    it('can be become by one login each, and become nothing more', async () => {
      const becomes = (role: string) =>
        names(
          `select r.rolname as name from pg_roles r, pg_roles l
           where l.rolname = $1 and r.oid <> l.oid and pg_has_role(l.oid, r.oid, 'member') order by 1`,
          [role],
        );
      expect(await becomes(logins.app)).toEqual([APP]);
      expect(await becomes(logins.system)).toEqual([SYSTEM]);
      for (const role of ROLES) expect({ role, becomes: await becomes(role) }).toEqual({ role, becomes: [] });
    });

    it('of the API own nothing; the role of the definer functions owns them, and the ledger with its days', async () => {
      const owned = await db.query(
        `select d.refobjid::regrole::text as owner, pg_describe_object(d.classid, d.objid, 0) as name
         from pg_shdepend d join pg_database b on b.datname = current_database()
         where d.deptype = 'o' and d.dbid in (0, b.oid) and d.refobjid::regrole::text = any ($1)
           and not (d.classid = 'pg_class'::regclass and (d.objid in (select relation from ledger_days())
             or exists (select from pg_class c where c.oid = d.objid and c.relispartition
               and c.relnamespace = 'ledger'::regnamespace and c.relname ~ '^corrections_'))) order by 2`,
        [[...ROLES, ...Object.values(logins)]],
      );
      const functions = Object.keys(DEFINER_FUNCTIONS).map((name) => `function ${name}`);
      const ledger = [
        'schema ledger',
        'table call_authorizations',
        'table ledger.unplaced',
        'table ledger.unplaced_corrections',
        'table settlement_corrections',
      ];
      expect(owned).toEqual([...functions, ...ledger].sort().map((name) => ({ owner: DEFINER, name })));
    });

    it('make nothing in the schema, and only uploads make temporary tables', async () => {
      const able = (privilege: string) =>
        names(
          `select r.rolname as name from pg_roles r where r.rolname = any ($1) and case $2
             when 'temporary' then has_database_privilege(r.oid, current_database(), 'temporary')
             when 'create in database' then has_database_privilege(r.oid, current_database(), 'create')
             else has_schema_privilege(r.oid, 'public', 'create') or has_schema_privilege(r.oid, 'pgboss', 'create') end`,
          [[...ROLES, ...Object.values(logins)], privilege],
        );
      expect(await able('create in schema')).toEqual([]);
      expect(await able('create in database')).toEqual([]);
      expect(await able('temporary')).toEqual([APP]);
    });

    it('reach the queue as the system alone', async () => {
      const reaching = await names(
        `select r.rolname as name from pg_roles r
         where r.rolname = any ($1) and has_schema_privilege(r.oid, 'pgboss', 'usage')`,
        [[...ROLES, ...Object.values(logins)]],
      );
      expect(reaching).toEqual([SYSTEM]);
    });

    it('get nothing by default on what is made later', async () => {
      expect(await db.query('select * from pg_default_acl')).toEqual([]);
    });
  });

  it('has nothing beside the expected schemas', async () => {
    const schemas = await names(
      `select nspname as name from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema' order by 1`,
    );
    expect(schemas).toEqual(['ledger', 'pgboss', 'public']);
  });
});

const oneLine = (value: unknown) => (typeof value === 'string' ? value.trim().replaceAll(/\s+/g, ' ') : value);

const TABLES_WHERE = `select c.relname as name from pg_class c
  where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f')`;
const TABLES = `${TABLES_WHERE} order by 1`;

const ACLS = `
  select c.oid, c.relowner as owner, a.grantee, a.privilege_type, null::smallint as column
  from pg_class c, aclexplode(c.relacl) a where c.relnamespace = 'public'::regnamespace
  union all
  select c.oid, c.relowner, a.grantee, a.privilege_type, t.attnum
  from pg_class c join pg_attribute t on t.attrelid = c.oid, aclexplode(t.attacl) a
  where c.relnamespace = 'public'::regnamespace`;

const PRIVILEGES = `
  select g.oid::regclass::text as table, g.grantee::regrole::text as role, lower(g.privilege_type) as privilege,
    case when bool_or(g.column is null) then null else array_agg(t.attname::text order by t.attname) end as columns
  from (${ACLS}) g left join pg_attribute t on t.attrelid = g.oid and t.attnum = g.column
  where g.grantee <> g.owner and (select relkind from pg_class c where c.oid = g.oid) <> 'S'
  group by 1, 2, 3 order by 1, 2, 3`;
