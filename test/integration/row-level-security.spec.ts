import { createTestDatabase, type TestDatabase } from '../support/database.js';
import {
  createAgent,
  createApiKey,
  createAssignment,
  createOrganization,
  createPhoneNumber,
  createUser,
} from '../support/fixtures.js';

const PLATFORM = '00000000-0000-7000-8000-000000000001';

/** Tables with an organization that a tenant may not read at all. */
const UNSEEN = ['sessions', 'outbox_events'];

describe('row-level security', () => {
  let db: TestDatabase;
  let own: string;
  let foreign: string;
  let tables: string[];

  beforeAll(async () => {
    db = await createTestDatabase();
    own = await populated('own');
    foreign = await populated('foreign');
    await createPhoneNumber(db, { organizationId: PLATFORM });
    tables = (await db.query(TENANT_TABLES)).map((row) => row['name'] as string);
  });
  afterAll(() => db?.drop());

  /** An organization with a row in every tenant table. */
  async function populated(slug: string): Promise<string> {
    const organizationId = await createOrganization(db, { slug });
    await createUser(db, { organizationId, role: 'admin' });
    await createApiKey(db, { organizationId, scopes: ['calls:authorize'] });
    const agentId = await createAgent(db, { organizationId });
    const phoneNumberId = await createPhoneNumber(db, { organizationId });
    await createAssignment(db, { organizationId, agentId, phoneNumberId });
    await db.query(OTHER_ROWS.replaceAll('$1', `'${organizationId}'`).replaceAll('$2', `'${agentId}'`));
    return organizationId;
  }

  /** Runs as the tenant role with these organizations in context, and leaves nothing behind. */
  async function asTenant<T>(context: string | null, work: (query: TestDatabase['query']) => Promise<T>): Promise<T> {
    const client = await db.connect();
    try {
      await client.query('begin; set local role ringfence_app');
      if (context !== null) await client.query(`set local ringfence.organization_ids = '{${context}}'`);
      return await work(async (sql, parameters) => (await client.query(sql, parameters ? [...parameters] : [])).rows);
    } finally {
      await client.query('rollback');
      await client.end();
    }
  }

  const ownerColumn = (table: string) => (table === 'organizations' ? 'id' : 'organization_id');

  /** The tenant tables in which the tenant role has the privilege, with the columns that it has it for. */
  async function granted(privilege: 'insert' | 'update') {
    const rows = await db.query(
      `select name, array_agg(attname::text) as columns
       from (${TENANT_TABLES}) t join pg_attribute a on a.attrelid = name::text::regclass
       where attnum > 0 and not attisdropped and attgenerated = ''
         and has_column_privilege('ringfence_app', a.attrelid, attnum, $1)
       group by name order by name`,
      [privilege],
    );
    return rows.map(({ name, columns }) => ({
      table: name as string,
      owner: ownerColumn(name as string),
      columns: columns as string[],
    }));
  }

  it('is on and forced for every table with an organization, with a policy for the tenant role', async () => {
    expect(tables).toEqual(expect.arrayContaining(['agent_phone_numbers', 'call_authorizations', 'phone_numbers']));
    const open = await db.query(
      `select relname from pg_class c where relname = any ($1)
         and (not relrowsecurity or not relforcerowsecurity or not exists (
           select from pg_policy p where p.polrelid = c.oid))`,
      [tables],
    );
    expect(open).toEqual([]);
  });

  it('shows a tenant its own rows and no row of another, in every table', async () => {
    for (const table of tables.filter((name) => !UNSEEN.includes(name))) {
      const column = ownerColumn(table);
      const seen = await asTenant(own, (query) => query(`select distinct ${column} as owner from ${table}`));
      const owners = seen.map((row) => row['owner'] as string).filter((owner) => owner !== PLATFORM);
      expect({ table, owners }).toEqual({ table, owners: [own] });
    }
  });

  it('shows nothing but the numbers of the pool without a context', async () => {
    for (const table of tables.filter((name) => !UNSEEN.includes(name))) {
      const besides = table.startsWith('phone_number') ? `where organization_id <> '${PLATFORM}'` : '';
      const seen = await asTenant(null, (query) =>
        query(`select ${ownerColumn(table)} from ${table} ${besides} limit 1`),
      );
      expect({ table, seen }).toEqual({ table, seen: [] });
    }
  });

  it('lets a tenant change no row of another or of the pool, in every table that it may change', async () => {
    const changeable = await granted('update');
    expect(changeable.length).toBeGreaterThan(5);
    for (const { table, owner, columns } of changeable) {
      const same = columns.map((column) => `${column} = ${column}`).join(', ');
      const changed = await asTenant(own, (query) =>
        query(`update ${table} set ${same} where ${owner} = any ($1) returning 1`, [[foreign, PLATFORM]]),
      );
      expect({ table, changed }).toEqual({ table, changed: [] });
    }
  });

  it('lets a tenant delete no row of another or of the pool', async () => {
    for (const { name: table } of await db.query(
      `select name from (${TENANT_TABLES}) t where has_table_privilege('ringfence_app', name, 'delete')`,
    )) {
      const owner = ownerColumn(table as string);
      const deleted = await asTenant(own, (query) =>
        query(`delete from ${table as string} where ${owner} = any ($1) returning 1`, [[foreign, PLATFORM]]),
      );
      expect({ table, deleted }).toEqual({ table, deleted: [] });
    }
  });

  it('lets a tenant write no row into another organization or the pool, in every table that it may write', async () => {
    const writable = await granted('insert');
    expect(writable.length).toBeGreaterThan(5);
    for (const { table, owner, columns } of writable) {
      const [row] = await db.query(`select to_jsonb(t) as copy from ${table} t where ${owner} = $1 limit 1`, [foreign]);
      for (const organizationId of [foreign, PLATFORM]) {
        const copy = JSON.stringify({ ...row!['copy'], [owner]: organizationId });
        const list = columns.join(', ');
        const write = asTenant(own, (query) =>
          query(`insert into ${table} (${list}) select ${list} from jsonb_populate_record(null::${table}, $1)`, [copy]),
        );
        await expect(write).rejects.toMatchObject({ message: expect.stringMatching(`security policy.*"${table}"`) });
      }
    }
  });

  it('lets a tenant give none of its rows away', async () => {
    for (const { table, owner, columns } of await granted('update')) {
      if (!columns.includes(owner)) continue;
      for (const organizationId of [foreign, PLATFORM]) {
        const moved = asTenant(own, (query) =>
          query(`update ${table} set ${owner} = $1 where ${owner} = $2`, [organizationId, own]),
        );
        await expect(moved).rejects.toMatchObject({ message: expect.stringMatching(`security policy.*"${table}"`) });
      }
    }
  });

  it('keeps passwords and sessions out of the tenant role’s sight', async () => {
    const unseen = [...UNSEEN, 'refresh_tokens', 'sign_in_counters', 'job_claims'].map(
      (table) => `select * from ${table}`,
    );
    for (const sql of ['select password_hash from users', 'select * from users', ...unseen]) {
      await expect(asTenant(own, (query) => query(sql))).rejects.toMatchObject({ code: '42501' });
    }
    const people = await asTenant(own, (query) => query('select id from users'));
    expect(people).toHaveLength(1);
  });

  it('lets the tenant role neither erase the ledger nor rewrite the audit log', async () => {
    for (const sql of [
      'delete from call_authorizations',
      ...DECIDED.map((column) => `update call_authorizations set ${column} = ${column}`),
      'delete from usage_daily',
      'delete from audit_events',
      `update audit_events set action = 'x'`,
      'truncate call_authorizations',
    ]) {
      await expect(asTenant(own, (query) => query(sql))).rejects.toMatchObject({ code: '42501' });
    }
  });

  it('runs requests as roles that own nothing and cannot pass by the policies', async () => {
    const roles = await db.query(
      `select rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolcanlogin,
         exists (select from pg_class where relowner = r.oid) as owns
       from pg_roles r where rolname in ('ringfence_app', 'ringfence_system') order by rolname`,
    );
    const harmless = { rolsuper: false, rolbypassrls: false, rolcreaterole: false, rolcreatedb: false };
    expect(roles).toEqual([
      { rolname: 'ringfence_app', ...harmless, rolcanlogin: false, owns: false },
      { rolname: 'ringfence_system', ...harmless, rolcanlogin: false, owns: false },
    ]);
  });
});

/** What the ledger says of a decision. The rest says what became of the call. */
const DECIDED = [
  'organization_id',
  'id',
  'assignment_id',
  'agent_id',
  'phone_number_id',
  'from_number',
  'provider',
  'destination',
  'destination_country',
  'destination_type',
  'decision',
  'reason_code',
  'local_date',
  'used_after',
  'limit_at',
  'authorized_by',
  'decided_at',
  'resets_at',
  'expires_at',
];

const TENANT_TABLES = `
  select c.relname as name from pg_class c
  where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and (c.relname = 'organizations' or exists (
    select from pg_attribute a where a.attrelid = c.oid and a.attname = 'organization_id' and not a.attisdropped))
  order by c.relname`;

/** A row in each table that no fixture fills. $1 is the organization, $2 an agent. */
const OTHER_ROWS = `
  insert into clients (organization_id, name) values ($1, 'Client');
  insert into invitations (organization_id, email, role, token_hash, invited_by, expires_at)
    select $1, 'new@example.test', 'agent', sha256(user_id::text::bytea), user_id, now()
    from memberships where organization_id = $1;
  insert into audit_events (organization_id, actor_kind, actor_label, action, subject_type)
    values ($1, 'system', 'test', 'test.done', 'test');
  insert into audit_chain_heads (organization_id) values ($1);
  with account as (
    insert into provider_accounts (organization_id, provider, label, sealed_credentials)
    values ($1, 'twilio', 'Main', 'sealed') returning id)
  insert into trunks (organization_id, provider_account_id, provider_trunk_id) select $1, id, 'TK1' from account;
  with job as (insert into import_jobs (organization_id, status) values ($1, 'completed') returning id)
  insert into import_rows (organization_id, import_job_id, line, code, message) select $1, id, 1, 'x', 'x' from job;
  insert into import_changes (organization_id, import_job_id, kind, record_id)
    select organization_id, id, 'number', uuidv7() from import_jobs where organization_id = $1;
  insert into import_file_pieces (organization_id, import_job_id, position, bytes)
    select organization_id, id, 0, '' from import_jobs where organization_id = $1;
  insert into call_authorizations (organization_id, id, destination, decision, reason_code, local_date, status,
    authorized_by, decided_at, resets_at)
    values ($1, uuidv7(), '+14165550123', 'denied', 'no_assignment', now(), 'denied', uuidv7(), now(), now());
  insert into settlement_corrections (organization_id, authorization_id, sequence, corrected_at, corrected_by,
    corrected_by_kind, corrected_by_label, changes)
    values ($1, uuidv7(), 1, now(), uuidv7(), 'api_key', 'Dialer', '{"durationSeconds": {"from": 61, "to": 62}}');
  insert into idempotency_keys (organization_id, key, fingerprint, authorization_id, expires_at)
    values ($1, 'key', 'x', uuidv7(), now());
  insert into outbox_events (organization_id, type, consumer) values ($1, 'import.received', 'test');
  insert into usage_daily (organization_id, local_date, agent_id, phone_number_id) values ($1, now(), $2, uuidv7());`;
