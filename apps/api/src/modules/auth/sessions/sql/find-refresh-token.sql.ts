/**
 * A refresh token and what it is worth now. A token replaced less than ten seconds ago still counts: two tabs that
 * refresh at once send the same one, and an answer may get lost on its way.
 *
 * $1 bytea: SHA-256 of the token.
 */
export const FIND_REFRESH_TOKEN = `
  select t.id, t.session_id, s.user_id, s.organization_id, t.successor_salt,
    case
      when s.ended_at is not null or t.expires_at <= now() then 'ended'
      when t.replaced_at is null then 'live'
      when t.replaced_at > now() - interval '10 seconds' then 'just_replaced'
      else 'reused'
    end as state
  from refresh_tokens t
  join sessions s on s.id = t.session_id
  where t.token_hash = $1
`;

export interface RefreshTokenRow {
  id: string;
  session_id: string;
  user_id: string;
  organization_id: string;
  successor_salt: Buffer | null;
  state: 'ended' | 'live' | 'just_replaced' | 'reused';
}
