import { getConstructionPlans } from 'pg-boss';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { protectTenantTable } from './row-level-security.js';

/**
 * Imports that any process of the API can go on with: the file is kept in pieces until it has been read, each chunk of
 * rows moves the job forward in its own transaction, and what it changed is written down so that it can be undone.
 * docs/adr/0010-import-jobs.md says why.
 */
export class AddImportPipeline1795400000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      alter table import_jobs
        add column received_at timestamptz,
        add column started_at timestamptz,
        add column undone_at timestamptz,
        add column cancel_requested_at timestamptz,
        add column file_bytes bigint not null default 0,
        add column encoding text check (encoding in ('utf-8', 'utf-16le', 'utf-16be', 'windows-1252')),
        add column delimiter text check (delimiter in (',', ';', E'\\t')),
        add column columns text[],
        add column has_header boolean not null default false,
        add column country text check (country ~ '^[A-Z]{2}$'),
        add column repaired integer not null default 0,
        add column attempts integer not null default 0,
        add column failure text,
        add column actor jsonb not null default '{}',
        add column request_id text;
      update import_jobs set received_at = created_at, started_at = created_at,
        status = case when finished_at is null then 'failed' else status end,
        finished_at = coalesce(finished_at, now());
      create index import_jobs_unfinished on import_jobs (created_at) where finished_at is null;
      comment on column import_jobs.received_at is 'Null while the file is still arriving: nobody works on it then.';
      comment on column import_jobs.processed is
        'Rows of the file that are done. Each chunk moves it in the transaction that takes the rows, so no row is taken twice.';
      comment on column import_jobs.columns is 'What the columns of the file are, in its order; an empty name is left out.';

      alter table import_rows
        add column severity text not null default 'error' check (severity in ('error', 'notice')),
        add column cells text[];
      comment on column import_rows.cells is 'The row as it stands in the file, so that it can be mended and sent again.';

      create table import_file_pieces (
        organization_id uuid not null,
        import_job_id uuid not null,
        position integer not null,
        bytes bytea not null,
        primary key (organization_id, import_job_id, position),
        foreign key (organization_id, import_job_id) references import_jobs (organization_id, id) on delete cascade
      );
      alter table import_file_pieces alter column bytes set storage external;
      comment on table import_file_pieces is 'Uploaded files until they have been read to their end.';

      create table import_changes (
        organization_id uuid not null,
        import_job_id uuid not null,
        kind text not null check (kind in ('number', 'assignment')),
        record_id uuid not null,
        changed_at timestamptz not null default now(),
        before jsonb,
        primary key (organization_id, import_job_id, kind, record_id)
      );
      comment on table import_changes is
        'What imports changed, for undoing them. No foreign key: jobs are never deleted once they have rows here, and the check would cost as much as the row.';
      comment on column import_changes.before is 'The record before the import; null when the import made it.';
    `);
    await protectTenantTable(queryRunner, 'import_file_pieces', { app: 'select, insert, delete' });
    await protectTenantTable(queryRunner, 'import_changes', { app: 'select, insert' });
    await queryRunner.query(`
      grant delete on import_jobs to ringfence_app;
      create policy every_organization on import_jobs for select to ringfence_system using (true);
      grant select on import_jobs to ringfence_system;
    `);
    await queryRunner.query('create schema pgboss');
    await queryRunner.query(withoutTransaction(getConstructionPlans('pgboss', { createSchema: false })));
    await queryRunner.query(`
      grant usage on schema pgboss to ringfence_system;
      grant select, insert, update, delete on all tables in schema pgboss to ringfence_system;
      grant execute on all functions in schema pgboss to ringfence_system;
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      drop schema pgboss cascade;
      drop table import_changes, import_file_pieces;
      alter table import_rows drop column severity, drop column cells;
      revoke delete on import_jobs from ringfence_app;
      revoke select on import_jobs from ringfence_system;
      drop policy every_organization on import_jobs;
      drop index import_jobs_unfinished;
      alter table import_jobs
        drop column received_at, drop column started_at, drop column undone_at, drop column cancel_requested_at,
        drop column file_bytes, drop column encoding, drop column delimiter, drop column columns,
        drop column has_header, drop column country, drop column repaired, drop column attempts,
        drop column failure, drop column actor, drop column request_id;
    `);
  }
}

/** The migration's own transaction is open already. */
function withoutTransaction(plans: string): string {
  return plans.replace(/^\s*BEGIN;/, '').replace(/COMMIT;\s*$/, '');
}
