/**
 * Removes expired sessions, at most $1, with their refresh tokens. Rows that another transaction holds are left to the next
 * run. Reads the index on expires_at.
 */
export const PURGE_SESSIONS = `
  delete from sessions
  where id in (select id from sessions where expires_at < now() order by expires_at limit $1 for update skip locked)
  returning 1`;
