import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A line of an upload has any number of notices beside its one error, and the job counts them. Ids follow the order in
 * which the lines are told about, so that a page of them goes on where the one before has ended. The job also keeps how
 * its file was understood: any encoding and separator, and what the columns are called there.
 */
export class UploadNotices1795970700000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      alter table import_rows add column id uuid not null default uuidv7();
      alter table import_rows drop constraint import_rows_pkey;
      alter table import_rows add constraint import_rows_pkey primary key (organization_id, import_job_id, line, id);
      comment on table import_rows is
        'What there is to say about the lines of an upload: why a row was not taken, and what was read otherwise or left out.';

      alter table import_jobs
        add column notice_count integer not null default 0,
        add column provider text,
        add column column_names text[],
        drop constraint import_jobs_delimiter_check,
        drop constraint import_jobs_encoding_check,
        add constraint import_jobs_delimiter_check check (length(delimiter) = 1),
        add constraint import_jobs_encoding_check check (length(encoding) between 1 and 40),
        add constraint import_jobs_provider_check check (length(provider) between 1 and 40);
      comment on column import_jobs.provider is 'Provider of the rows that name none.';
      comment on column import_jobs.column_names is 'What the columns are called in the file; null when it has no header.';

      -- Forced row-level security binds the owner of the table as well, unless the owner is a superuser.
      alter table import_rows no force row level security;
      alter table import_jobs no force row level security;
      update import_jobs j set notice_count = n.notices
      from (
        select organization_id, import_job_id, count(*) as notices
        from import_rows where severity = 'notice' group by 1, 2
      ) n
      where n.organization_id = j.organization_id and n.import_job_id = j.id;
      alter table import_jobs force row level security;
      alter table import_rows force row level security;
      grant update (notice_count) on import_jobs to ringfence_app;
    `);
  }

  /** Uploads that are still under way and have what could not be kept before are called off. */
  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      alter table import_rows no force row level security;
      alter table import_jobs no force row level security;
      delete from import_rows r using import_rows earlier
      where earlier.organization_id = r.organization_id and earlier.import_job_id = r.import_job_id
        and earlier.line = r.line and earlier.id < r.id;
      update import_jobs set delimiter = null where delimiter not in (',', ';', E'\\t');
      update import_jobs set encoding = null where encoding not in ('utf-8', 'utf-16le', 'utf-16be', 'windows-1252');
      update import_jobs set cancel_requested_at = coalesce(cancel_requested_at, now())
      where finished_at is null and received_at is not null and (delimiter is null or encoding is null);
      alter table import_jobs force row level security;
      alter table import_rows force row level security;

      alter table import_jobs
        drop column notice_count,
        drop column provider,
        drop column column_names,
        drop constraint import_jobs_delimiter_check,
        drop constraint import_jobs_encoding_check,
        add constraint import_jobs_delimiter_check check (delimiter = any (array[',', ';', E'\\t'])),
        add constraint import_jobs_encoding_check
          check (encoding = any (array['utf-8', 'utf-16le', 'utf-16be', 'windows-1252']));
      alter table import_rows drop constraint import_rows_pkey;
      alter table import_rows add constraint import_rows_pkey primary key (organization_id, import_job_id, line);
      alter table import_rows drop column id;
      comment on table import_rows is 'The rows of an upload that were not taken, with the reason of each.';
    `);
  }
}
