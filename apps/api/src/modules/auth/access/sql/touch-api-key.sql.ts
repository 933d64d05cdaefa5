/**
 * Writes the last use, at most once a minute however many processes try.
 *
 * $1 uuid: the key.
 */
export const TOUCH_API_KEY = `
  update api_keys set last_used_at = now()
  where id = $1 and (last_used_at is null or last_used_at < now() - interval '1 minute')
`;
