import type { ApiKeyScope, ApiKeyStatus } from '#contracts';

/**
 * The API keys of an organization as people see them. Whether a key has expired is told by the database's clock, which
 * also decides when the key is used.
 *
 * $1 uuid: organization.
 */
export const API_KEY_VIEWS = `
  select k.id, k.name, k.prefix, k.scopes,
    case when k.revoked_at is not null then 'revoked' when k.expires_at <= now() then 'expired' else 'active' end as status,
    k.created_by as "createdBy", u.name as "createdByName", k.expires_at as "expiresAt", k.revoked_at as "revokedAt",
    k.last_used_at as "lastUsedAt", k.created_at as "createdAt"
  from api_keys k
  left join users u on u.id = k.created_by
  where k.organization_id = $1
`;

export interface ApiKeyViewRow {
  id: string;
  name: string;
  prefix: string;
  scopes: ApiKeyScope[];
  status: ApiKeyStatus;
  createdBy: string | null;
  createdByName: string | null;
  expiresAt: Date | null;
  revokedAt: Date | null;
  lastUsedAt: Date | null;
  createdAt: Date;
}
