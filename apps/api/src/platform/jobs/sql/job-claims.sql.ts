/**
 * Claims the period of a job ($1) that is due, for so many seconds ($2), and answers how the job stands: `run_id` is null
 * when it is not due or another process has it. Two claims at once wait for one row; the second then finds the lease of
 * the first, because the condition is held against the newest version of the row. The clock is the database's: those of
 * the processes may differ. No row comes back before the job was entered.
 */
export const CLAIM_JOB = `
  with claimed as (
    update job_claims
    set run_id = gen_random_uuid(), started_at = clock_timestamp(),
      leased_until = clock_timestamp() + make_interval(secs => $2)
    where name = $1 and due_at <= clock_timestamp() and (leased_until is null or leased_until <= clock_timestamp())
    returning run_id
  )
  select (select run_id from claimed) as "runId", failures,
    greatest(extract(epoch from greatest(due_at, leased_until) - clock_timestamp()), 0)::float8 as "dueInSeconds",
    case when leased_until > clock_timestamp() then extract(epoch from clock_timestamp() - started_at)::float8 end
      as "runningSeconds",
    extract(epoch from succeeded_at)::float8 as "succeededAt"
  from job_claims where name = $1`;

export interface JobClaimRow {
  runId: string | null;
  /** How often it has failed since it last succeeded. */
  failures: number;
  dueInSeconds: number;
  /** How long another process has been running it; null when none is. */
  runningSeconds: number | null;
  /** Seconds since 1970, of the last success in any process. */
  succeededAt: number | null;
}

/** Enters a job ($1), due at once. */
export const ENTER_JOB = `insert into job_claims (name) values ($1) on conflict (name) do nothing`;

/** Holds a claim ($1 job, $2 run) for more seconds ($3). No row comes back when the claim was lost. */
export const PROLONG_CLAIM = `
  update job_claims set leased_until = clock_timestamp() + make_interval(secs => $3)
  where name = $1 and run_id = $2
  returning name`;

/** Ends a run ($1 job, $2 run) that succeeded. The next one is due when the next period ($3 seconds) begins. */
export const FINISH_RUN = `
  update job_claims
  set leased_until = null, run_id = null, succeeded_at = clock_timestamp(), failures = 0, last_error = null,
    due_at = to_timestamp((floor(extract(epoch from clock_timestamp()) / $3::float8) + 1) * $3::float8)
  where name = $1 and run_id = $2`;

/** Ends a run ($1 job, $2 run) that failed, to be tried again after some seconds ($3). $4 says why it failed. */
export const FAIL_RUN = `
  update job_claims
  set leased_until = null, run_id = null, failures = failures + 1, last_error = left($4, 500),
    due_at = clock_timestamp() + make_interval(secs => $3)
  where name = $1 and run_id = $2`;

/** Gives a claim ($1 job, $2 run) back: the process stops, and another one may go on at once. */
export const GIVE_CLAIM_BACK = `
  update job_claims set leased_until = null, run_id = null where name = $1 and run_id = $2`;
