import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import type { DataSource } from 'typeorm';
import { migrationDataSource } from '../../apps/api/src/platform/database/data-source.js';
import { migrateDatabase } from '../../apps/api/src/platform/database/migrate-database.js';
import { readSchemaState, schemaComplaint } from '../../apps/api/src/platform/health/schema-state.js';
import { migrations as versioned } from '../../migrations/index.js';
import { applySqlFunctions, knownSqlFunctions } from '../../migrations/functions/apply.js';
import { dumpSchema } from '../../scripts/schema-dump.js';
import { asAdmin, databaseUrl, SERVER_URL } from '../support/database.js';

const EARLIER = readFileSync(path.resolve('test/fixtures/before-the-baseline.sql'), 'utf8');
const SCHEMA = readFileSync(path.resolve('migrations/schema.sql'), 'utf8');

/** Ids at the bounds of days, and one that no clock made; with the partition that each belongs to. */
const LEDGER_IDS = [
  { id: '00000000-0000-4000-8000-000000000000', day: 'ledger.unplaced' },
  { id: '019bff53-2e00-7000-8000-000000000000', day: 'ledger.day_2026_01_27' },
  { id: '019c070c-b7ff-7fff-bfff-ffffffffffff', day: 'ledger.day_2026_01_28' },
  { id: '019c070c-b800-7000-8000-000000000000', day: 'ledger.day_2026_01_29' },
];
const LEDGER_OF_BEFORE = `
  insert into organizations (id, slug, name) values ('019c0000-0000-7000-8000-00000000000a', 'kept', 'Kept');
  insert into call_authorizations (organization_id, id, destination, decision, reason_code, local_date, status,
    authorized_by, decided_at, resets_at, outcome)
  select '019c0000-0000-7000-8000-00000000000a', id::uuid, '+14165550123', 'denied', 'no_assignment', '2026-01-28', 'denied',
    id::uuid, now(), now(), 'busy'
  from unnest(array['${LEDGER_IDS.map(({ id }) => id).join("','")}']) id`;

describe('a database', () => {
  const serverUrl = process.env[SERVER_URL]!;
  let name: string;
  let client: pg.Client;

  beforeEach(async () => {
    name = `ringfence_test_baseline_${randomUUID().slice(0, 8)}`;
    await asAdmin(serverUrl, (admin) => admin.query(`create database "${name}"`));
    client = new pg.Client(databaseUrl(serverUrl, name));
    await client.connect();
  });

  afterEach(async () => {
    await client.end();
    await asAdmin(serverUrl, (admin) => admin.query(`drop database if exists "${name}" with (force)`));
  });

  async function migrate() {
    const source = migrationDataSource(databaseUrl(serverUrl, name));
    await source.initialize();
    return migrateDatabase(source).finally(() => source.destroy());
  }

  const state = () => readSchemaState(async (sql) => (await client.query<{ name: string }>(sql)).rows);

  /** The dump of the test server has logins of the tests among the roles. */
  const withoutRoles = (schema: string) => schema.replace(/^create role .*\n/gm, '');

  it('that is empty gets the schema', async () => {
    const { migrations, functions } = await migrate();
    expect(migrations).toEqual(versioned.map(({ name }) => name));
    expect(functions).toHaveLength(knownSqlFunctions().length);
    expect(withoutRoles(await dumpSchema(client))).toBe(withoutRoles(SCHEMA));
    expect(schemaComplaint(await state())).toBeNull();
  });

  it('of before the baseline is taken over with all that it holds, and ends in the same schema', async () => {
    await client.query(EARLIER);
    await client.query(`insert into organizations (slug, name) values ('kept', 'Kept')`);
    expect(schemaComplaint(await state())).toContain('npm run migration:run');
    await migrate();
    expect(withoutRoles(await dumpSchema(client))).toBe(withoutRoles(SCHEMA));
    const { rows } = await client.query('select slug from organizations order by slug');
    expect(rows).toEqual([{ slug: 'kept' }, { slug: 'platform' }]);
    expect(schemaComplaint(await state())).toBeNull();
  });

  describe('with a ledger', () => {
    const owner = `baseline_owner_${randomUUID().slice(0, 8)}`;
    const { password } = new URL(serverUrl);

    /** Forced row-level security hides the rows of the ledger from an owner who is no superuser. */
    beforeEach(async () => {
      await asAdmin(serverUrl, async (admin) => {
        await admin.query(`create role ${owner} login createrole nosuperuser password '${password}'`);
        await admin.query(`grant ringfence_definer to ${owner} with admin option`);
        await admin.query(`alter database "${name}" owner to ${owner}`);
      });
    });
    afterEach(async () => {
      await client.end();
      await asAdmin(serverUrl, async (admin) => {
        await admin.query(`drop database "${name}" with (force)`);
        await admin.query(`drop role ${owner}`);
      });
    });

    it('of an owner who is no superuser keeps every call, in the partition of its day, there and back', async () => {
      const address = new URL(databaseUrl(serverUrl, name));
      address.username = owner;
      const owned = new pg.Client(address.href);
      await owned.connect();
      await owned.query(EARLIER);
      await owned.end();
      await client.query(LEDGER_OF_BEFORE);
      const before = await ledger('outcome');
      expect(before).toHaveLength(LEDGER_IDS.length);

      const source = migrationDataSource(address.href);
      await source.initialize();
      try {
        await migrateDatabase(source);
        expect(await ledger('disposition')).toEqual(before);
        const days = await client.query(
          'select id, tableoid::regclass::text as day from call_authorizations order by id',
        );
        expect(days.rows).toEqual(LEDGER_IDS);
        expect(withoutRoles(await dumpSchema(client))).toBe(withoutRoles(SCHEMA));

        await undoTo(source, 'PartitionLedger1795970200001');
        expect(await ledger('disposition')).toEqual(before);
        await undoTo(source, 'NameDisposition1795970200000');
        expect(await ledger('outcome')).toEqual(before);
        await migrateDatabase(source);
        expect(await ledger('disposition')).toEqual(before);
        expect(withoutRoles(await dumpSchema(client))).toBe(withoutRoles(SCHEMA));
      } finally {
        await source.destroy();
      }
    });

    /** Takes back the migration and those after it. */
    async function undoTo(source: DataSource, migration: string): Promise<void> {
      const names = async () =>
        (await client.query<{ name: string }>('select name from migrations')).rows.map((row) => row.name);
      while ((await names()).includes(migration)) await source.undoLastMigration();
    }

    const ledger = async (disposition: string) =>
      (
        await client.query<{ call: unknown }>(
          `select to_jsonb(l) - array[$1::text, 'correction_count', 'platform', 'platform_number_id'] || jsonb_build_object('ended', ${disposition}) as call
           from call_authorizations l order by id`,
          [disposition],
        )
      ).rows.map(({ call }) => call);
  });

  it('that lacks some of the earlier migrations is refused, says what to do, and stays as it was', async () => {
    await client.query(EARLIER);
    await client.query(`delete from migrations where name ~ '^(AddPoolQuota|SplitNumberTypes)'`);
    const before = await dumpSchema(client);
    await expect(migrate()).rejects.toThrow(/has 29 of the 31 migrations .*npm run migration:run/);
    expect(await dumpSchema(client)).toBe(before);
    expect((await client.query('select from migrations')).rowCount).toBe(29);
  });

  it('gets a function whose file has changed with the next migration, and only that one', async () => {
    await migrate();
    expect(await migrate()).toEqual({ migrations: [], functions: [] });
    await client.query(`update sql_functions set hash = repeat('0', 64) where name = 'gate/gate_checks'`);
    expect(schemaComplaint(await state())).toContain('other versions of SQL functions (gate/gate_checks)');
    expect(await migrate()).toEqual({ migrations: [], functions: ['gate/gate_checks'] });
    expect(schemaComplaint(await state())).toBeNull();
  });

  it('keeps a function with other arguments until it is retired', async () => {
    await migrate();
    const query = async (sql: string, parameters?: unknown[]) => (await client.query(sql, parameters)).rows;
    const changed = {
      name: 'usage/effective_time_zone',
      sql: `create or replace function effective_time_zone(zone text) returns text language sql immutable as 'select zone'`,
      hash: 'f'.repeat(64),
    };
    const others = knownSqlFunctions().filter((one) => one.name !== changed.name);
    expect(await applySqlFunctions(query, [...others, changed])).toEqual([changed.name]);
    const overloads = `select from pg_proc where proname = 'effective_time_zone'`;
    expect((await client.query(overloads)).rowCount).toBe(2);
    await applySqlFunctions(query, [...others, changed], ['effective_time_zone(text, text, timestamptz, timestamptz)']);
    expect((await client.query(overloads)).rowCount).toBe(1);
  });

  it('is as it was when a function cannot be made', async () => {
    await migrate();
    await client.query('begin');
    const broken = [{ name: 'gate/broken', sql: 'create function broken(', hash: '0'.repeat(64) }];
    await expect(
      applySqlFunctions((sql, parameters) => client.query(sql, parameters).then(({ rows }) => rows), broken),
    ).rejects.toThrow('syntax error');
    await client.query('rollback');
    expect(schemaComplaint(await state())).toBeNull();
  });
});
