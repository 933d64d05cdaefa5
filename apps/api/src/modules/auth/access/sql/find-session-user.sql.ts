import type { Role } from '#contracts';

/**
 * A user in one organization, if they may act in it: not disabled, and a member or a platform administrator. A deleted organization
 * has no users. Runs as the
 * system, for a session may name any organization. Reads primary keys only.
 *
 * $1 uuid: user. $2 uuid: organization.
 */
export const FIND_SESSION_USER = `
  select u.email, u.name, u.platform_admin, m.role, m.client_ids,
    o.slug as organization_slug, o.name as organization_name, o.time_zone, o.currency
  from users u
  join organizations o on o.id = $2
  left join memberships m on m.user_id = u.id and m.organization_id = o.id
  where u.id = $1 and o.deleted_at is null and u.disabled_at is null and (m.role is not null or u.platform_admin)
`;

export interface SessionUserRow {
  email: string;
  name: string;
  platform_admin: boolean;
  role: Role | null;
  client_ids: string[] | null;
  organization_slug: string;
  organization_name: string;
  time_zone: string;
  currency: string;
}
