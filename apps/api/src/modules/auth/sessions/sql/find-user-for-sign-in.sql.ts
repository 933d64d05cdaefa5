/**
 * Who signs in with this e-mail, and where their session begins: in the organization that they joined first, else, for a
 * platform administrator, in the platform organization. Runs as the system. Reads the unique index on lower(email).
 *
 * $1 text: e-mail, in any case.
 */
export const FIND_USER_FOR_SIGN_IN = `
  select u.id, u.email, u.password_hash, u.disabled_at is not null as disabled, u.platform_admin,
    coalesce(
      (select m.organization_id from memberships m join organizations o on o.id = m.organization_id
       where m.user_id = u.id and o.deleted_at is null order by m.created_at, m.organization_id limit 1),
      (select o.id from organizations o where o.kind = 'platform' and u.platform_admin)
    ) as organization_id
  from users u
  where lower(u.email) = lower($1)
`;

export interface SignInUserRow {
  id: string;
  email: string;
  password_hash: string;
  disabled: boolean;
  platform_admin: boolean;
  organization_id: string | null;
}
