/**
 * Who calls with the key of this hash, if it may still be used. Runs as the system: the organization is what it finds.
 * The database's clock decides about expiry. A key that was made while its organization was deleted finds no organization.
 * Reads the unique index on key_hash.
 *
 * $1 bytea: SHA-256 of the key.
 */
export const FIND_PRINCIPAL_OF_API_KEY = `
  select k.id, k.organization_id, k.name, k.scopes,
    k.last_used_at is null or k.last_used_at < now() - interval '1 minute' as use_is_stale
  from api_keys k
  join organizations o on o.id = k.organization_id
  where k.key_hash = $1 and k.revoked_at is null and (k.expires_at is null or k.expires_at > now())
    and o.deleted_at is null
`;

export interface ApiKeyPrincipalRow {
  id: string;
  organization_id: string;
  name: string;
  scopes: string[];
  use_is_stale: boolean;
}
