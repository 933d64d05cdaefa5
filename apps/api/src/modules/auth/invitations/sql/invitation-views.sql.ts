import type { InvitationStatus, Role } from '#contracts';

/**
 * The invitations of an organization as its admins see them. Runs as the tenant, who sees of users only its own
 * members: whether an e-mail belongs to an account elsewhere cannot show. An invitation that was replaced after it had expired
 * stays expired.
 *
 * $1 uuid: organization.
 */
export const INVITATION_VIEWS = `
  select i.id, i.email, i.role, i.client_ids as "clientIds",
    case
      when i.accepted_at is not null then 'accepted'
      when i.revoked_at < i.expires_at then 'revoked'
      when i.expires_at <= now() then 'expired'
      else 'pending'
    end as status,
    i.expires_at as "expiresAt", i.invited_by as "invitedBy", u.name as "invitedByName", i.created_at as "createdAt"
  from invitations i
  left join users u on u.id = i.invited_by
  where i.organization_id = $1
`;

export interface InvitationViewRow {
  id: string;
  email: string;
  role: Role;
  clientIds: string[] | null;
  status: InvitationStatus;
  expiresAt: Date;
  invitedBy: string;
  invitedByName: string | null;
  createdAt: Date;
}
