/**
 * Removes some counters that are over. It runs with each attempt and removes more than an attempt makes, so that no job is
 * needed. Rows that another transaction holds are left to it. Reads the index on expire.
 */
export const PURGE_SIGN_IN_COUNTERS = `
  delete from sign_in_counters
  where key in (
    select key from sign_in_counters where expire < extract(epoch from now()) * 1000
    order by expire limit 20 for update skip locked)
`;
