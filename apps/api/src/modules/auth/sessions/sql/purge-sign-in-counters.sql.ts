/**
 * Removes counters that are over, at most $1. Rows that another transaction holds are left to the next run. Reads the index
 * on expire.
 */
export const PURGE_SIGN_IN_COUNTERS = `
  delete from sign_in_counters
  where key in (
    select key from sign_in_counters where expire < extract(epoch from now()) * 1000
    order by expire limit $1 for update skip locked)
  returning 1`;
