/** Counts what became of more rows. $1 organization, $2 job, $3 created, $4 updated, $5 skipped, $6 failed */
export const ADD_IMPORT_PROGRESS = `
  update import_jobs set
    processed = processed + $3::integer + $4::integer + $5::integer + $6::integer,
    created = created + $3::integer,
    updated = updated + $4::integer,
    skipped = skipped + $5::integer,
    failed = failed + $6::integer
  where organization_id = $1 and id = $2`;

/** Keeps why rows were not taken, a thousand at a time. $1 organization, $2 job, $3 errors as JSON */
export const INSERT_IMPORT_ROWS = `
  insert into import_rows (organization_id, import_job_id, line, column_name, code, message, value)
  select $1, $2, r.line, r."column", r.code, r.message, r.value
  from jsonb_to_recordset($3::jsonb) as r(line integer, "column" text, code text, message text, value text)`;

/** One page of them by the primary key. $1 organization, $2 job, $3 the line before, $4 most rows */
export const IMPORT_ROWS_AFTER = `
  select line, column_name as "column", code, message, value
  from import_rows
  where organization_id = $1 and import_job_id = $2 and line > $3
  order by line
  limit $4`;
