import type { Role } from '#contracts';

/**
 * The members of an organization. The condition on the organization stands here, for writers run as the system, whom
 * row-level security does not bind to one.
 *
 * $1 uuid: organization.
 */
export const MEMBER_VIEWS = `
  select u.id, u.email, u.name, m.role, u.platform_admin as "platformAdmin", u.disabled_at is not null as disabled,
     m.client_ids as "clientIds",
    m.created_at as "createdAt", greatest(m.updated_at, u.updated_at) as "updatedAt"
  from memberships m
  join users u on u.id = m.user_id
  where m.organization_id = $1
`;

export interface MemberViewRow {
  id: string;
  email: string;
  name: string;
  role: Role;
  platformAdmin: boolean;
  clientIds: string[] | null;
  disabled: boolean;
  createdAt: Date;
  updatedAt: Date;
}
