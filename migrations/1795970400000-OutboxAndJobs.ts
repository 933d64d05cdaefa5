import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Events for effects outside of a transaction (ADR 24), and who runs which background job (ADR 23). Both are worked on by
 * the system role; what acts for a tenant only leaves events.
 */
export class OutboxAndJobs1795970400000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(OUTBOX);
    await queryRunner.query(JOBS);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('drop table outbox_events');
    await queryRunner.query('drop table job_claims');
  }
}

const OUTBOX = `
  create table outbox_events (
    organization_id uuid not null,
    id uuid not null default uuidv7(),
    type text not null,
    subject_id uuid,
    payload jsonb not null default '{}'::jsonb,
    consumer text not null,
    created_at timestamptz not null default now(),
    attempts integer not null default 0,
    due_at timestamptz not null default now(),
    delivered_at timestamptz,
    dead_at timestamptz,
    last_error text,
    constraint outbox_events_pkey primary key (organization_id, id),
    constraint outbox_events_organization_id_fkey foreign key (organization_id) references organizations(id),
    constraint outbox_events_attempts_check check (attempts >= 0),
    constraint outbox_events_end_once check (num_nonnulls(delivered_at, dead_at) <= 1)
  );
  comment on table outbox_events is
    'Effects that a transaction has caused, one row for each consumer: delivered after the commit, at least once.';
  comment on column outbox_events.subject_id is
    'What the event is about. Events of one subject are delivered to a consumer in their order.';
  comment on column outbox_events.due_at is
    'When it may be tried next. While a process tries it: when another one may.';
  comment on column outbox_events.dead_at is
    'When it was given up. Set to null, with attempts = 0 and due_at = now(), it is tried again.';
  create index outbox_events_due on outbox_events using btree (consumer, due_at) where (delivered_at is null);
  create index outbox_events_subject on outbox_events using btree (organization_id, subject_id, consumer, id)
    where ((delivered_at is null) and (dead_at is null));
  create index outbox_events_delivered on outbox_events using btree (delivered_at) where (delivered_at is not null);
  create index outbox_events_dead on outbox_events using btree (dead_at) where (dead_at is not null);
  alter table outbox_events enable row level security, force row level security;
  create policy every_organization on outbox_events for all to ringfence_system
    using (true)
    with check (true);
  create policy own_organization on outbox_events for all to ringfence_app
    using ((organization_id = any (( select (NULLIF(current_setting('ringfence.organization_ids', true), ''))::uuid[] as "nullif")::uuid[])))
    with check ((organization_id = any (( select (NULLIF(current_setting('ringfence.organization_ids', true), ''))::uuid[] as "nullif")::uuid[])));
  grant insert (consumer, organization_id, payload, subject_id, type) on outbox_events to ringfence_app;
  grant delete, insert (consumer, organization_id, payload, subject_id, type), select,
    update (attempts, dead_at, delivered_at, due_at, last_error) on outbox_events to ringfence_system;
`;

const JOBS = `
  create table job_claims (
    name text not null,
    due_at timestamptz not null default '-infinity'::timestamptz,
    run_id uuid,
    started_at timestamptz,
    leased_until timestamptz,
    succeeded_at timestamptz,
    failures integer not null default 0,
    last_error text,
    constraint job_claims_pkey primary key (name),
    constraint job_claims_failures_check check (failures >= 0),
    constraint job_claims_run_is_whole check ((run_id is null) = (leased_until is null))
  ) with (fillfactor=50);
  comment on table job_claims is
    'Background jobs that one process runs at a time: when each is due, and which run has it.';
  comment on column job_claims.leased_until is
    'How long the claim of the run holds. Its process prolongs it; when that has died, another one takes over.';
  comment on column job_claims.failures is
    'How often it has failed since it last succeeded.';
  alter table job_claims enable row level security, force row level security;
  create policy every_organization on job_claims for all to ringfence_system
    using (true)
    with check (true);
  grant insert (name), select, update (due_at, failures, last_error, leased_until, run_id, started_at, succeeded_at)
    on job_claims to ringfence_system;
`;
