import type { MigrationInterface, QueryRunner } from 'typeorm';
import { protectTenantTable } from './row-level-security.js';

/** Agents, provider accounts, trunks, phone numbers, and the jobs that upload them. */
export class CreateNumbersAndAgents1795200001000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      create table agents (
        id uuid primary key default uuidv7(),
        organization_id uuid not null references organizations,
        client_id uuid,
        name text not null check (length(name) between 1 and 200),
        kind text not null check (kind in ('human', 'ai')),
        status text not null default 'active' check (status in ('active', 'inactive')),
        user_id uuid,
        external_id text check (length(external_id) between 1 and 200),
        deleted_at timestamptz,
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now(),
        unique (organization_id, id),
        foreign key (organization_id, client_id) references clients (organization_id, id),
        foreign key (organization_id, user_id) references memberships (organization_id, user_id)
          on delete set null (user_id),
        constraint only_humans_sign_in check (user_id is null or kind = 'human')
      );
      create unique index agents_name_key on agents (organization_id, lower(name)) where deleted_at is null;
      create unique index agents_user_key on agents (organization_id, user_id) where deleted_at is null;
      create unique index agents_external_id_key on agents (organization_id, external_id) where deleted_at is null;
      create trigger touch before update on agents for each row execute function touch_updated_at();
    `);
    await protectTenantTable(queryRunner, 'agents', { app: 'select, insert, update' });

    await queryRunner.query(`
      create table provider_accounts (
        id uuid primary key default uuidv7(),
        organization_id uuid not null references organizations,
        provider text not null check (provider in ('twilio', 'telnyx', 'vonage', 'bandwidth', 'sandbox', 'other')),
        label text not null check (length(label) between 1 and 200),
        sealed_credentials bytea not null,
        main_trunk_id uuid,
        last_verified_at timestamptz,
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now(),
        unique (organization_id, id)
      );
      create trigger touch before update on provider_accounts for each row execute function touch_updated_at();

      create table trunks (
        id uuid primary key default uuidv7(),
        organization_id uuid not null references organizations,
        provider_account_id uuid not null,
        provider_trunk_id text not null check (length(provider_trunk_id) between 1 and 200),
        label text check (length(label) between 1 and 200),
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now(),
        unique (organization_id, id),
        unique (organization_id, provider_account_id, provider_trunk_id),
        foreign key (organization_id, provider_account_id) references provider_accounts (organization_id, id)
      );
      create trigger touch before update on trunks for each row execute function touch_updated_at();
      alter table provider_accounts add foreign key (organization_id, main_trunk_id)
        references trunks (organization_id, id) deferrable initially deferred;
    `);
    await protectTenantTable(queryRunner, 'provider_accounts', { app: 'select, insert, update, delete' });
    await protectTenantTable(queryRunner, 'trunks', { app: 'select, insert, update, delete' });

    await queryRunner.query(`
      create table phone_numbers (
        id uuid primary key default uuidv7(),
        organization_id uuid not null references organizations,
        client_id uuid,
        e164 text not null check (e164 ~ '^\\+[1-9][0-9]{5,14}$'),
        country_code text check (country_code ~ '^[A-Z]{2}$'),
        region text check (length(region) between 1 and 100),
        number_type text,
        label text check (length(label) between 1 and 200),
        provider text not null check (provider in ('twilio', 'telnyx', 'vonage', 'bandwidth', 'sandbox', 'other')),
        provider_account_id uuid,
        provider_number_id text check (length(provider_number_id) between 1 and 200),
        trunk_id uuid,
        platform text check (platform in ('vapi', 'livekit')),
        platform_id text check (length(platform_id) between 1 and 200),
        inbound_agent_id uuid,
        webhook_url text check (length(webhook_url) <= 2000),
        webhook_status text,
        previous_webhook text check (length(previous_webhook) <= 2000),
        lifecycle text not null default 'active' check (lifecycle in ('active', 'inactive', 'error', 'released')),
        reserved_until timestamptz,
        monthly_cost numeric(12, 4) check (monthly_cost >= 0),
        currency text check (currency ~ '^[A-Z]{3}$'),
        capabilities jsonb not null default '{"voice": true, "sms": false}',
        metadata jsonb not null default '{}',
        tags text[] not null default '{}',
        source text not null default 'manual' check (source in ('manual', 'upload', 'provider', 'demo')),
        last_verified_at timestamptz,
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now(),
        unique (organization_id, id),
        foreign key (organization_id, client_id) references clients (organization_id, id),
        foreign key (organization_id, provider_account_id) references provider_accounts (organization_id, id),
        foreign key (organization_id, trunk_id) references trunks (organization_id, id),
        foreign key (organization_id, inbound_agent_id) references agents (organization_id, id),
        constraint cost_has_currency check (monthly_cost is null or currency is not null)
      );
      create unique index phone_numbers_e164_key on phone_numbers (e164) where lifecycle <> 'released';
      create index phone_numbers_released on phone_numbers (organization_id, e164) where lifecycle = 'released';
      create index phone_numbers_created on phone_numbers (organization_id, created_at desc, id desc);
      create trigger touch before update on phone_numbers for each row execute function touch_updated_at();
      comment on index phone_numbers_e164_key is
        'Across organizations on purpose: one number has one owner. The answer to a clash never says who.';
    `);
    await protectTenantTable(queryRunner, 'phone_numbers', {
      app: 'select, insert, update, delete',
      alsoReadable: `organization_id = '00000000-0000-7000-8000-000000000001'`,
    });

    await queryRunner.query(`
      create table import_jobs (
        organization_id uuid not null references organizations,
        id uuid not null default uuidv7(),
        status text not null check (status in ('pending', 'running', 'completed', 'canceled', 'failed')),
        mode text not null default 'create' check (mode in ('create', 'upsert')),
        dry_run boolean not null default false,
        file_name text check (length(file_name) <= 255),
        created_by uuid,
        total integer not null default 0,
        processed integer not null default 0,
        created integer not null default 0,
        updated integer not null default 0,
        skipped integer not null default 0,
        failed integer not null default 0,
        created_at timestamptz not null default now(),
        finished_at timestamptz,
        primary key (organization_id, id)
      );
      create table import_rows (
        organization_id uuid not null,
        import_job_id uuid not null,
        line integer not null,
        column_name text,
        code text not null,
        message text not null,
        value text,
        primary key (organization_id, import_job_id, line),
        foreign key (organization_id, import_job_id) references import_jobs (organization_id, id) on delete cascade
      );
      comment on table import_rows is 'The rows of an upload that were not taken, with the reason of each.';
    `);
    await protectTenantTable(queryRunner, 'import_jobs', { app: 'select, insert, update' });
    await protectTenantTable(queryRunner, 'import_rows', { app: 'select, insert' });
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      drop table import_rows, import_jobs, phone_numbers, agents;
      drop table trunks, provider_accounts cascade;
    `);
  }
}
