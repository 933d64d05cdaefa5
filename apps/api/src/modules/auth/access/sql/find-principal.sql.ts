/**
 * A user as a principal of one organization. One row when user and organization exist; `role` is null for who is no
 * member. Runs as the system, for a session may name any organization.
 *
 * $1 uuid: user. $2 uuid: organization.
 */
export const FIND_PRINCIPAL = `
  select u.email, u.platform_admin, u.disabled_at is not null as disabled, m.role
  from users u
  join organizations o on o.id = $2
  left join memberships m on m.user_id = u.id and m.organization_id = o.id
  where u.id = $1
`;

export interface PrincipalRow {
  email: string;
  platform_admin: boolean;
  disabled: boolean;
  role: 'owner' | 'admin' | 'manager' | 'agent' | null;
}
