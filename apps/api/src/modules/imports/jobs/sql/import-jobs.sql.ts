/** A job whose file is arriving. */
export const INSERT_IMPORT_JOB = `
  insert into import_jobs
    (organization_id, status, mode, dry_run, file_name, created_by, actor, request_id, country, number_format,
     delimiter, columns, has_header, column_names, provider, operation)
  values ($1, 'pending', $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
  returning id`;

/** $1 organization, $2 job, $3 encoding, $4 bytes, $5 rows as far as the lines tell, $6 notices about the file itself */
export const FILE_RECEIVED = `
  update import_jobs set received_at = now(), encoding = $3, file_bytes = $4, total = $5, notice_count = $6
  where organization_id = $1 and id = $2`;

/** The columns of the answer. Times as JSON writes them. */
const VIEW = `
  select id, status, total, processed, created, updated, deleted, unassigned, skipped, failed, repaired,
    notice_count as "noticeCount", dry_run as "dryRun", operation, mode,
    file_name as "fileName", actor ->> 'label' as "createdBy", created_at as "createdAt", finished_at as "finishedAt",
    undone_at as "undoneAt", failure`;

export const IMPORT_JOB_VIEW = `${VIEW}
  from import_jobs where organization_id = $1 and id = $2 and received_at is not null`;

/** How the file was understood. $1 organization, $2 job */
export const IMPORT_READING = `
  select encoding, delimiter as separator, has_header as "hasHeader", provider,
    coalesce((
      select jsonb_agg(jsonb_build_object('name', column_names[c.at], 'column', nullif(c.name, '')) order by c.at)
      from unnest(columns) with ordinality as c (name, at)
    ), '[]') as columns
  from import_jobs where organization_id = $1 and id = $2`;

/** $1 organization, $2 ids, $3 status, $4 whether dry runs or real ones; null for all. */
const FITTING = `
  from import_jobs where organization_id = $1 and received_at is not null
    and ($2::uuid[] is null or id = any ($2))
    and ($3::text is null or status = $3)
    and ($4::boolean is null or dry_run = $4)`;

export const COUNT_IMPORT_JOBS = `select count(*)::integer as total ${FITTING}`;

/** One page along the primary key: the ids are UUIDv7, and follow the time. $5 most rows, $6 rows to skip */
export const IMPORT_JOBS = (direction: 'asc' | 'desc') =>
  `${VIEW} ${FITTING} order by id ${direction} limit $5 offset $6`;

/** What a worker needs of a job. */
export const WORKABLE_JOB = `
  select id, operation, mode, dry_run as "dryRun", file_name as "fileName", country, number_format as "numberFormat", encoding,
    delimiter, columns, provider,
    has_header as "hasHeader", processed, attempts, actor, request_id as "requestId",
    (select count(*)::integer from import_file_pieces p
     where p.organization_id = j.organization_id and p.import_job_id = j.id) as pieces
  from import_jobs j
  where organization_id = $1 and finished_at is null and received_at is not null
  order by created_at, id
  limit 1`;

/** Keeps other transactions from moving the job, until this one ends. */
export const LOCK_IMPORT_JOB = `
  select processed, status, operation, coalesce(columns, '{}') as columns, dry_run as "dryRun", finished_at is not null as finished, undone_at is not null as undone,
    cancel_requested_at is not null as "cancelRequested"
  from import_jobs where organization_id = $1 and id = $2 and received_at is not null
  for update`;

/**
 * Counts what became of more rows. $1 organization, $2 job, $3 created, $4 updated, $5 skipped, $6 failed, $7 repaired,
 * $8 notices, $9 deleted, $10 unassigned
 */
export const ADD_IMPORT_PROGRESS = `
  update import_jobs set
    status = 'running', started_at = coalesce(started_at, now()), attempts = 0,
    processed = processed + $3::integer + $4::integer + $5::integer + $6::integer + $9::integer + $10::integer,
    total = greatest(total, processed + $3::integer + $4::integer + $5::integer + $6::integer + $9::integer + $10::integer),
    created = created + $3::integer,
    updated = updated + $4::integer,
    skipped = skipped + $5::integer,
    failed = failed + $6::integer,
    repaired = repaired + $7::integer,
    notice_count = notice_count + $8::integer,
    deleted = deleted + $9::integer,
    unassigned = unassigned + $10::integer
  where organization_id = $1 and id = $2`;

/** $1 organization, $2 job, $3 status, $4 why it failed. A file that was read to its end has as many rows as were read. */
export const FINISH_IMPORT = `
  update import_jobs set status = $3, failure = $4, finished_at = now(),
    total = case when $3 = 'completed' then processed else total end
  where organization_id = $1 and id = $2`;

/** Asks the workers to end whatever they have not finished. $1 organization */
export const CANCEL_ALL_IMPORTS = `
  update import_jobs set cancel_requested_at = now()
  where organization_id = $1 and finished_at is null and cancel_requested_at is null
  returning id`;

/** Keeps what there is to say about lines, a chunk at a time. Ids follow the order given. $1 organization, $2 job, $3 as JSON */
export const INSERT_IMPORT_ROWS = `
  insert into import_rows (organization_id, import_job_id, line, column_name, code, message, value, severity, cells)
  select $1, $2, r.line, r."column", r.code, r.message, r.value, r.severity, r.cells
  from jsonb_to_recordset($3::jsonb)
    as r(line integer, "column" text, code text, message text, value text, severity text, cells text[])`;

/** One page of them by the primary key. $1 organization, $2 job, $3 line and $4 id of the one before, $5 most, $6 severity */
export const IMPORT_ROWS_AFTER = `
  select id, line, column_name as "column", code, message, value, cells
  from import_rows
  where organization_id = $1 and import_job_id = $2 and (line, id) > ($3, $4::uuid) and severity = $6
  order by line, id
  limit $5`;

/** Organizations with something to do, the longest waiting first. For the system role. */
export const ORGANIZATIONS_TO_SERVE = `
  select organization_id as "organizationId" from import_jobs
  where finished_at is null and received_at is not null
  group by organization_id order by min(created_at)`;

/** Whether another organization waits while this one is served. For the system role. $1 organization */
export const OTHERS_WAIT = `
  select exists (
    select from import_jobs where finished_at is null and received_at is not null and organization_id <> $1) as waiting`;

/** Files that stopped arriving: the process that received them has died. For the system role. */
export const ABANDONED_JOBS = `
  select organization_id as "organizationId", id from import_jobs
  where finished_at is null and received_at is null and created_at < now() - interval '2 hours'`;
