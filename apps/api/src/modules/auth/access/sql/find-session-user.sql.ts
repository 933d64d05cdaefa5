import type { Role } from '#contracts';

/**
 * The user of a session in one organization, if they may act in it: the session is open, its user is not disabled, and is a
 * member or a platform administrator. A deleted organization has no users, and the sessions that began in it have ended.
 * Runs as the system, for a session may name any organization. Reads primary keys only.
 *
 * $1 uuid: session. $2 uuid: user. $3 uuid: organization.
 */
export const FIND_SESSION_USER = `
  select u.email, u.name, u.platform_admin, m.role, m.client_ids, s.organization_id as home_organization_id,
    o.slug as organization_slug, o.name as organization_name, o.time_zone, o.currency
  from sessions s
  join organizations home on home.id = s.organization_id
  join users u on u.id = s.user_id
  join organizations o on o.id = $3
  left join memberships m on m.user_id = u.id and m.organization_id = o.id
  where s.id = $1 and s.user_id = $2 and s.ended_at is null and home.deleted_at is null and o.deleted_at is null
    and u.disabled_at is null and (m.role is not null or u.platform_admin)
`;

export interface SessionUserRow {
  email: string;
  name: string;
  platform_admin: boolean;
  role: Role | null;
  client_ids: string[] | null;
  home_organization_id: string;
  organization_slug: string;
  organization_name: string;
  time_zone: string;
  currency: string;
}
