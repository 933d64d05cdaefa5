import type { Role } from '#contracts';

/**
 * The invitation that a token opens, if it is neither used nor revoked, in time, and of an organization that is there.
 * Those of its clients that were archived meanwhile are left out: where none is left, so is the invitation, for an
 * empty limit must not turn into none. Runs as the system. Reads the unique index on token_hash.
 *
 * $1 bytea: SHA-256 of the token.
 */
export const FIND_OPEN_INVITATION = `
  select i.organization_id, o.name as organization_name, i.id, i.email, i.role, c.client_ids,
    i.invited_by, i.expires_at
  from invitations i
  join organizations o on o.id = i.organization_id and o.deleted_at is null
  cross join lateral (
    select array_agg(c.id order by c.id) as client_ids from clients c
    where c.organization_id = i.organization_id and c.id = any (i.client_ids) and c.archived_at is null
  ) c
  where i.token_hash = $1 and i.accepted_at is null and i.revoked_at is null and i.expires_at > now()
    and (i.client_ids is null or c.client_ids is not null)
`;

/** Keeps others from accepting, revoking or replacing it until the transaction ends. $1 bytea: SHA-256 of the token. */
export const LOCK_INVITATION = 'select from invitations where token_hash = $1 for update';

export interface OpenInvitationRow {
  organization_id: string;
  organization_name: string;
  id: string;
  email: string;
  role: Role;
  client_ids: string[] | null;
  invited_by: string;
  expires_at: Date;
}
