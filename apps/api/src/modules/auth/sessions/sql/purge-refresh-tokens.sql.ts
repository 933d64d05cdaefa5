/**
 * Removes expired tokens of sessions that go on, at most $1. Rows that another transaction holds are left to the next run.
 * Reads the index on expires_at.
 */
export const PURGE_REFRESH_TOKENS = `
  delete from refresh_tokens
  where id in (
    select id from refresh_tokens where expires_at < now() order by expires_at limit $1 for update skip locked)
  returning 1`;
