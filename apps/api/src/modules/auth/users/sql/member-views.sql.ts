import type { Role } from '#contracts';

/**
 * The members of an organization. The condition on the organization stands here, for writers run as the system, whom
 * row-level security does not bind to one. Of a person an organization sees the e-mail and the name: whether they
 * manage the platform, or may sign in at all, and when they changed something elsewhere, is not its business.
 *
 * $1 uuid: organization.
 */
export const MEMBER_VIEWS = `
  select u.id, u.email, u.name, m.role, m.client_ids as "clientIds", m.created_at as "createdAt", m.updated_at as "updatedAt"
  from memberships m
  join users u on u.id = m.user_id
  where m.organization_id = $1
`;

export interface MemberViewRow {
  id: string;
  email: string;
  name: string;
  role: Role;
  clientIds: string[] | null;
  createdAt: Date;
  updatedAt: Date;
}
