/**
 * Who calls with the key of this hash, if it may still be used. Runs as the system: the organization is what it finds.
 * The database's clock decides about expiry. Reads the unique index on key_hash.
 *
 * $1 bytea: SHA-256 of the key.
 */
export const FIND_CALLER_OF_API_KEY = `
  select id, organization_id, name, scopes,
    last_used_at is null or last_used_at < now() - interval '1 minute' as use_is_stale
  from api_keys
  where key_hash = $1 and revoked_at is null and (expires_at is null or expires_at > now())
`;

export interface ApiKeyCallerRow {
  id: string;
  organization_id: string;
  name: string;
  scopes: string[];
  use_is_stale: boolean;
}
