import type { MigrationInterface, QueryRunner } from 'typeorm';
import { becomeMember, createDefinerRole, DEFINER_ROLE, giveFunction } from './definer-role.js';

const DEFINER_FUNCTIONS = [
  'count_phone_numbers()',
  'place_phone_numbers()',
  'taken_numbers(text[])',
  'find_phone_numbers(uuid, text[], text, text, text, integer)',
];
/** Written by the functions above alone. */
const COUNTERS = ['phone_number_counts', 'phone_number_places'];
const READ_BY_FUNCTIONS = 'organization_id, id, e164, lifecycle, label, tags';

interface Narrowed {
  table: string;
  role: 'ringfence_app' | 'ringfence_system';
  /** The columns that the role goes on changing. */
  only?: string;
  /** All columns but these. */
  allBut?: string;
}

/** What became of a call is written once it is over; what was decided, on which day and by which limit, never changes. */
const NARROWED: readonly Narrowed[] = [
  {
    table: 'call_authorizations',
    role: 'ringfence_app',
    only: `status, settled_at, settled_by, void_reason, outcome, duration_seconds, sip_code, external_call_id, cost, currency`,
  },
  {
    table: 'usage_daily',
    role: 'ringfence_app',
    only: 'calls_allowed, calls_voided, calls_completed, duration_seconds, allowed_by_country',
  },
  {
    table: 'usage_daily',
    role: 'ringfence_system',
    only: 'calls_allowed, calls_denied, calls_completed, duration_seconds, allowed_by_country, denied_by_reason',
  },
  {
    table: 'agent_phone_numbers',
    role: 'ringfence_app',
    allBut: 'organization_id, id, agent_id, phone_number_id, created_at, updated_at',
  },
  {
    table: 'agent_phone_numbers',
    role: 'ringfence_system',
    only: 'calls_made_today, last_reset_date, sole',
  },
  {
    table: 'phone_numbers',
    role: 'ringfence_app',
    allBut: 'id, e164, created_at, provider_number_id, last_verified_at',
  },
  { table: 'agents', role: 'ringfence_app', allBut: 'organization_id, id, created_at' },
  { table: 'clients', role: 'ringfence_app', only: 'name, archived_at' },
  { table: 'api_keys', role: 'ringfence_app', only: 'name, revoked_at' },
  {
    table: 'import_jobs',
    role: 'ringfence_app',
    allBut: `organization_id, id, mode, dry_run, file_name, created_by, created_at, actor, request_id, country, delimiter,
      columns, has_header`,
  },
  { table: 'organizations', role: 'ringfence_app', allBut: 'id, kind, slug, created_at, last_rollup_date' },
  { table: 'organizations', role: 'ringfence_system', allBut: 'id, kind, slug, created_at, deleted_at' },
  { table: 'memberships', role: 'ringfence_system', allBut: 'organization_id, user_id, created_at, updated_at' },
  { table: 'users', role: 'ringfence_system', allBut: 'id, email, platform_admin, created_at, updated_at' },
  {
    table: 'refresh_tokens',
    role: 'ringfence_system',
    only: 'replaced_at, successor_salt',
  },
  { table: 'audit_chain_heads', role: 'ringfence_system', only: 'sequence, hash' },
];

/**
 * The two roles of the API own nothing and may change what their code changes, column by column. Functions that count for
 * everybody belong to a role that no session can take. The system role reads which migrations have run, so that the API
 * needs no session of the owner; the owner leaves the roles of the API, which it no longer acts as.
 */
export class NarrowDatabaseRoles1796300000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await createDefinerRole(queryRunner);
    for (const signature of DEFINER_FUNCTIONS) await giveFunction(queryRunner, signature, DEFINER_ROLE);
    for (const table of COUNTERS) await giveTable(queryRunner, table, 'ringfence_system', DEFINER_ROLE);
    await queryRunner.query(`
      create policy counted_for_all on phone_numbers for select to ${DEFINER_ROLE} using (true);
      grant select (${READ_BY_FUNCTIONS}) on phone_numbers to ${DEFINER_ROLE};
      revoke select (label, tags) on phone_numbers from ringfence_system;
      revoke all on provider_accounts, trunks from ringfence_app;
      grant select (organization_id, id) on provider_accounts, trunks to ringfence_app;
      grant select on migrations to ringfence_system;
      revoke create on schema public from public;
    `);
    for (const narrowed of NARROWED) await narrow(queryRunner, narrowed);
    for (const role of ['ringfence_app', 'ringfence_system']) await leaveRole(queryRunner, role);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const role of ['ringfence_app', 'ringfence_system']) await becomeMember(queryRunner, role);
    for (const { table, role } of NARROWED) {
      await queryRunner.query(`revoke update on ${table} from ${role}; grant update on ${table} to ${role}`);
    }
    await queryRunner.query(`
      revoke select on migrations from ringfence_system;
      grant select, insert, update, delete on provider_accounts, trunks to ringfence_app;
      grant select (label, tags) on phone_numbers to ringfence_system;
      revoke select (${READ_BY_FUNCTIONS}) on phone_numbers from ${DEFINER_ROLE};
      drop policy counted_for_all on phone_numbers;
    `);
    for (const table of COUNTERS) await giveTable(queryRunner, table, DEFINER_ROLE, 'ringfence_system');
    for (const signature of DEFINER_FUNCTIONS) await giveFunction(queryRunner, signature, 'ringfence_system');
    await queryRunner.query(`revoke usage on schema public from ${DEFINER_ROLE}`);
  }
}

async function giveTable(queryRunner: QueryRunner, table: string, from: string, to: string): Promise<void> {
  await queryRunner.query(`
    drop policy every_organization on ${table};
    revoke all on ${table} from ${from};
    create policy every_organization on ${table} for all to ${to} using (true) with check (true);
    grant select, insert, update, delete on ${table} to ${to};
  `);
}

async function narrow(queryRunner: QueryRunner, { table, role, only, allBut }: Narrowed): Promise<void> {
  const [found] = (await queryRunner.query(
    `select string_agg(quote_ident(attname), ', ' order by attnum) as columns from pg_attribute
     where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = ''
       and attname <> all (regexp_split_to_array($2, ',\\s*'))`,
    [table, allBut ?? ''],
  )) as [{ columns: string }];
  await queryRunner.query(`revoke update on ${table} from ${role}`);
  await queryRunner.query(`grant update (${only ?? found.columns}) on ${table} to ${role}`);
}

/** The first migration made the owner a member, where it is no superuser. */
async function leaveRole(queryRunner: QueryRunner, role: string): Promise<void> {
  await queryRunner.query(`
    do $$
    begin
      if not (select rolsuper from pg_roles where rolname = current_user) then
        revoke ${role} from current_user;
      end if;
    end
    $$`);
}
