/**
 * Removes some expired tokens, of any session that goes on. It runs with each refresh, so that no job is needed. Rows that
 * another transaction holds are left to it. Reads the index on expires_at.
 */
export const PURGE_REFRESH_TOKENS = `
  delete from refresh_tokens
  where id in (
    select id from refresh_tokens where expires_at < now() order by expires_at limit 100 for update skip locked)
`;
