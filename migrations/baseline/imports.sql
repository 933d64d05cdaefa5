create table import_jobs (
  organization_id uuid not null,
  id uuid not null default uuidv7(),
  status text not null,
  mode text not null default 'create',
  dry_run boolean not null default false,
  file_name text,
  created_by uuid,
  total integer not null default 0,
  processed integer not null default 0,
  created integer not null default 0,
  updated integer not null default 0,
  skipped integer not null default 0,
  failed integer not null default 0,
  created_at timestamptz not null default now(),
  finished_at timestamptz,
  received_at timestamptz,
  started_at timestamptz,
  undone_at timestamptz,
  cancel_requested_at timestamptz,
  file_bytes bigint not null default 0,
  encoding text,
  delimiter text,
  columns text[],
  has_header boolean not null default false,
  country text,
  repaired integer not null default 0,
  attempts integer not null default 0,
  failure text,
  actor jsonb not null default '{}'::jsonb,
  request_id text,
  constraint import_jobs_pkey primary key (organization_id, id),
  constraint import_jobs_organization_id_fkey foreign key (organization_id) references organizations(id),
  constraint import_jobs_country_check check (country ~ '^[A-Z]{2}$'),
  constraint import_jobs_delimiter_check check (delimiter = any (array[',', ';', '	'])),
  constraint import_jobs_encoding_check check (encoding = any (array['utf-8', 'utf-16le', 'utf-16be', 'windows-1252'])),
  constraint import_jobs_file_name_check check (length(file_name) <= 255),
  constraint import_jobs_mode_check check (mode = any (array['create', 'upsert'])),
  constraint import_jobs_status_check check (status = any (array['pending', 'running', 'completed', 'canceled', 'failed']))
);
comment on column import_jobs.processed is
  'Rows of the file that are done. Each chunk moves it in the transaction that takes the rows, so no row is taken twice.';
comment on column import_jobs.received_at is
  'Null while the file is still arriving: nobody works on it then.';
comment on column import_jobs.columns is
  'What the columns of the file are, in its order; an empty name is left out.';
create index import_jobs_unfinished on import_jobs using btree (created_at) where (finished_at is null);
alter table import_jobs enable row level security, force row level security;
create policy every_organization on import_jobs for select to ringfence_system
  using (true);
create policy own_organization on import_jobs for all to ringfence_app
  using ((organization_id = any (( select (NULLIF(current_setting('ringfence.organization_ids', true), ''))::uuid[] as "nullif")::uuid[])))
  with check ((organization_id = any (( select (NULLIF(current_setting('ringfence.organization_ids', true), ''))::uuid[] as "nullif")::uuid[])));
grant delete, insert, select, update (attempts, cancel_requested_at, created, encoding, failed, failure, file_bytes, finished_at, processed, received_at, repaired, skipped, started_at, status, total, undone_at, updated) on import_jobs to ringfence_app;
grant select on import_jobs to ringfence_system;

create table import_rows (
  organization_id uuid not null,
  import_job_id uuid not null,
  line integer not null,
  column_name text,
  code text not null,
  message text not null,
  value text,
  severity text not null default 'error',
  cells text[],
  constraint import_rows_pkey primary key (organization_id, import_job_id, line),
  constraint import_rows_organization_id_import_job_id_fkey foreign key (organization_id, import_job_id) references import_jobs(organization_id, id) on delete cascade,
  constraint import_rows_severity_check check (severity = any (array['error', 'notice']))
);
comment on table import_rows is
  'The rows of an upload that were not taken, with the reason of each.';
comment on column import_rows.cells is
  'The row as it stands in the file, so that it can be mended and sent again.';
alter table import_rows enable row level security, force row level security;
create policy own_organization on import_rows for all to ringfence_app
  using ((organization_id = any (( select (NULLIF(current_setting('ringfence.organization_ids', true), ''))::uuid[] as "nullif")::uuid[])))
  with check ((organization_id = any (( select (NULLIF(current_setting('ringfence.organization_ids', true), ''))::uuid[] as "nullif")::uuid[])));
grant insert, select on import_rows to ringfence_app;

create table import_changes (
  organization_id uuid not null,
  import_job_id uuid not null,
  kind text not null,
  record_id uuid not null,
  changed_at timestamptz not null default now(),
  before jsonb,
  constraint import_changes_pkey primary key (organization_id, import_job_id, kind, record_id),
  constraint import_changes_kind_check check (kind = any (array['number', 'assignment', 'agent']))
);
comment on table import_changes is
  'What imports changed, for undoing them. No foreign key: jobs are never deleted once they have rows here, and the check would cost as much as the row.';
comment on column import_changes.kind is
  'What record it is. ''agent'' stands in dry runs alone: the agent would have a number by then.';
comment on column import_changes.before is
  'The record before the import; null when the import made it.';
alter table import_changes enable row level security, force row level security;
create policy own_organization on import_changes for all to ringfence_app
  using ((organization_id = any (( select (NULLIF(current_setting('ringfence.organization_ids', true), ''))::uuid[] as "nullif")::uuid[])))
  with check ((organization_id = any (( select (NULLIF(current_setting('ringfence.organization_ids', true), ''))::uuid[] as "nullif")::uuid[])));
grant insert, select on import_changes to ringfence_app;

create table import_file_pieces (
  organization_id uuid not null,
  import_job_id uuid not null,
  position integer not null,
  bytes bytea not null,
  constraint import_file_pieces_pkey primary key (organization_id, import_job_id, "position"),
  constraint import_file_pieces_organization_id_import_job_id_fkey foreign key (organization_id, import_job_id) references import_jobs(organization_id, id) on delete cascade
);
comment on table import_file_pieces is
  'Uploaded files until they have been read to their end.';
alter table import_file_pieces alter column bytes set storage external;
alter table import_file_pieces enable row level security, force row level security;
create policy own_organization on import_file_pieces for all to ringfence_app
  using ((organization_id = any (( select (NULLIF(current_setting('ringfence.organization_ids', true), ''))::uuid[] as "nullif")::uuid[])))
  with check ((organization_id = any (( select (NULLIF(current_setting('ringfence.organization_ids', true), ''))::uuid[] as "nullif")::uuid[])));
grant delete, insert, select on import_file_pieces to ringfence_app;
