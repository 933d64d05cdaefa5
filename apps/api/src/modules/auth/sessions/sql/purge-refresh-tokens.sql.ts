/**
 * Removes some expired tokens, of anybody: whoever refreshes sweeps a little, so that no job is needed. Rows that
 * somebody else is sweeping are left to them. Reads the index on expires_at.
 */
export const PURGE_REFRESH_TOKENS = `
  delete from refresh_tokens
  where id in (
    select id from refresh_tokens where expires_at < now() order by expires_at limit 100 for update skip locked)
`;
