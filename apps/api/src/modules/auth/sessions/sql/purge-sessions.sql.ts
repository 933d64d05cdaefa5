/**
 * Removes some expired sessions, of any user, with their refresh tokens. It runs with each refresh, so that no job is
 * needed. Rows that another transaction holds are left to it. Reads the index on expires_at.
 */
export const PURGE_SESSIONS = `
  delete from sessions
  where id in (select id from sessions where expires_at < now() order by expires_at limit 100 for update skip locked)
`;
