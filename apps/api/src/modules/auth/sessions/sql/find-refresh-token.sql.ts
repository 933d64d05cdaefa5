/**
 * A refresh token and what it is worth now. A token replaced less than ten seconds ago still counts: two tabs that
 * refresh at once send the same one, and an answer may get lost on its way.
 *
 * $1 bytea: SHA-256 of the token.
 */
export const FIND_REFRESH_TOKEN = `
  select id, family_id, user_id, organization_id,
    case
      when revoked_at is not null or expires_at <= now() then 'ended'
      when replaced_at is null then 'live'
      when replaced_at > now() - interval '10 seconds' then 'just_replaced'
      else 'reused'
    end as state
  from refresh_tokens
  where token_hash = $1
`;

export interface RefreshTokenRow {
  id: string;
  family_id: string;
  user_id: string;
  organization_id: string;
  state: 'ended' | 'live' | 'just_replaced' | 'reused';
}
