import type { MigrationInterface, QueryRunner } from 'typeorm';
import { protectTenantTable } from './row-level-security.js';

/**
 * Assignments with their counters, the ledger of decisions, idempotency keys and the archive of usage.
 *
 * `organization_id` leads every key and nothing here uses a sequence, so that these four tables can be distributed.
 */
export class CreateAssignmentsAndLedger1795200002000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      create table agent_phone_numbers (
        organization_id uuid not null references organizations,
        id uuid not null default uuidv7(),
        agent_id uuid not null,
        phone_number_id uuid not null,
        daily_limit integer not null check (daily_limit between 0 and 1000000),
        allowed_countries text[],
        allowed_number_types text[] not null default '{}',
        calls_made_today integer not null default 0 check (calls_made_today >= 0),
        last_reset_date date not null,
        paused_at timestamptz,
        ended_at timestamptz,
        live_organization_id uuid generated always as (case when ended_at is null then organization_id end) stored,
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now(),
        primary key (organization_id, id),
        unique (organization_id, agent_id, phone_number_id),
        foreign key (organization_id, agent_id) references agents (organization_id, id),
        constraint live_assignment_of_own_number
          foreign key (live_organization_id, phone_number_id) references phone_numbers (organization_id, id)
      ) with (fillfactor = 60);
      create unique index one_live_assignment_per_number
        on agent_phone_numbers (organization_id, phone_number_id) where ended_at is null;
      create trigger touch before update of daily_limit, allowed_countries, allowed_number_types, paused_at, ended_at
        on agent_phone_numbers for each row execute function touch_updated_at();
      comment on column agent_phone_numbers.allowed_countries is
        'NULL inherits organizations.default_allowed_countries; an empty list allows none.';
      comment on column agent_phone_numbers.live_organization_id is
        'Lets the foreign key hold while the assignment is live only, so that a released number may change its owner.';
      comment on column agent_phone_numbers.last_reset_date is
        'The usage day that calls_made_today belongs to. It only moves forward.';
    `);
    await protectTenantTable(queryRunner, 'agent_phone_numbers', {
      app: 'select, insert, update',
      system: 'select, update',
    });

    await queryRunner.query(`
      create table call_authorizations (
        organization_id uuid not null,
        id uuid not null,
        assignment_id uuid,
        agent_id uuid,
        phone_number_id uuid,
        from_number text,
        provider text,
        destination text not null,
        destination_country text,
        destination_type text,
        decision text not null check (decision in ('allowed', 'denied')),
        reason_code text not null,
        local_date date not null,
        used_after integer,
        limit_at integer,
        status text not null check (status in ('denied', 'authorized', 'completed', 'voided', 'expired')),
        authorized_by uuid not null,
        decided_at timestamptz not null,
        resets_at timestamptz not null,
        expires_at timestamptz,
        settled_at timestamptz,
        outcome text,
        duration_seconds integer check (duration_seconds >= 0),
        cost numeric(12, 4),
        currency text,
        primary key (organization_id, id),
        constraint allowed_calls_have_a_number check (
          decision = 'denied' or (assignment_id is not null and from_number is not null and expires_at is not null))
      );
      comment on table call_authorizations is
        'The append-only ledger of decisions. Ids are UUIDv7 of the database clock: the primary key is also the time line.';

      create table idempotency_keys (
        organization_id uuid not null,
        key text not null check (length(key) between 1 and 255),
        fingerprint bytea not null,
        authorization_id uuid not null,
        expires_at timestamptz not null,
        primary key (organization_id, key)
      );
      create index idempotency_keys_expiry on idempotency_keys using brin (expires_at);

      create table usage_daily (
        organization_id uuid not null,
        local_date date not null,
        agent_id uuid not null,
        phone_number_id uuid not null,
        calls_allowed integer not null default 0,
        calls_denied integer not null default 0,
        calls_completed integer not null default 0,
        duration_seconds bigint not null default 0,
        allowed_by_country jsonb not null default '{}',
        denied_by_reason jsonb not null default '{}',
        primary key (organization_id, local_date, agent_id, phone_number_id)
      );
      comment on column usage_daily.calls_allowed is
        'What the counter held whenever it was set back: each archive adds, so a manual reset loses nothing.';
      comment on column usage_daily.phone_number_id is
        'The nil UUID stands for refusals that concern no number (no_assignment, destination_invalid).';
    `);
    await protectTenantTable(queryRunner, 'call_authorizations', { app: 'select, insert, update', system: 'select' });
    await protectTenantTable(queryRunner, 'idempotency_keys', { app: 'select, insert', system: 'select, delete' });
    await protectTenantTable(queryRunner, 'usage_daily', {
      app: 'select, insert, update',
      system: 'select, insert, update',
    });
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('drop table usage_daily, idempotency_keys, call_authorizations, agent_phone_numbers');
  }
}
