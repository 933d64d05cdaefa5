import { Injectable } from '@nestjs/common';
import type { Role } from '#contracts';
import type { Transaction } from '../../../platform/database/database.js';
import { mayGive, type MemberStanding } from '../users/member-rules.js';
import { FIND_OPEN_INVITATION, LOCK_INVITATION, type OpenInvitationRow } from './sql/open-invitation.sql.js';

/** An invitation that its token opens now. */
export interface OpenInvitation {
  organizationId: string;
  organizationName: string;
  id: string;
  email: string;
  role: Role;
  /** Those of the clients that are still there; null for no limit. */
  clientIds: string[] | null;
  expiresAt: Date;
}

/** Invitations of every organization, found by their token alone. Needs a transaction of the system. */
@Injectable()
export class OpenInvitationsRepository {
  /**
   * The invitation that the token opens; null when it opens none, or none that its inviter could still send. Both are
   * locked until the transaction ends, the inviter's membership first, as in every transaction that changes members.
   */
  async findAndLock(tx: Transaction, tokenHash: Buffer): Promise<OpenInvitation | null> {
    const [seen] = await tx.query<OpenInvitationRow>(FIND_OPEN_INVITATION, [tokenHash]);
    if (seen === undefined) return null;
    const inviter = await this.standingOf(tx, seen.organization_id, seen.invited_by);
    if (inviter === null || !mayGive(inviter, seen.role)) return null;
    await tx.query(LOCK_INVITATION, [tokenHash]);
    // It may have been used while the lock was waited for.
    const [row] = await tx.query<OpenInvitationRow>(FIND_OPEN_INVITATION, [tokenHash]);
    return row === undefined ? null : toInvitation(row);
  }

  async markAccepted(tx: Transaction, { organizationId, id }: OpenInvitation, userId: string): Promise<void> {
    await tx.query(
      'update invitations set accepted_at = now(), accepted_by = $3 where organization_id = $1 and id = $2',
      [organizationId, id, userId],
    );
  }

  /**
   * Ends the open invitations of a member that they could not send any more, after their membership was changed or
   * taken away.
   *
   * @returns how many
   */
  async revokeUnbacked(tx: Transaction, organizationId: string, userId: string): Promise<number> {
    const open = await tx.query<{ id: string; role: Role }>(
      `select id, role from invitations
       where organization_id = $1 and invited_by = $2 and accepted_at is null and revoked_at is null
       order by id for update`,
      [organizationId, userId],
    );
    if (open.length === 0) return 0;
    const inviter = await this.standingOf(tx, organizationId, userId);
    const unbacked = open.filter(({ role }) => inviter === null || !mayGive(inviter, role)).map(({ id }) => id);
    await tx.query('update invitations set revoked_at = now() where organization_id = $1 and id = any ($2)', [
      organizationId,
      unbacked,
    ]);
    return unbacked.length;
  }

  /** Locks the membership. Null for who is disabled. */
  private async standingOf(tx: Transaction, organizationId: string, userId: string): Promise<MemberStanding | null> {
    const [membership] = await tx.query<{ role: Role; limited: boolean }>(
      `select role, client_ids is not null as limited from memberships
       where organization_id = $1 and user_id = $2 for share`,
      [organizationId, userId],
    );
    const [user] = await tx.query<{ platform_admin: boolean }>(
      'select platform_admin from users where id = $1 and disabled_at is null',
      [userId],
    );
    if (user === undefined) return null;
    return {
      role: membership?.role ?? null,
      platformAdmin: user.platform_admin,
      limited: membership?.limited ?? false,
    };
  }
}

function toInvitation(row: OpenInvitationRow): OpenInvitation {
  return {
    organizationId: row.organization_id,
    organizationName: row.organization_name,
    id: row.id,
    email: row.email,
    role: row.role,
    clientIds: row.client_ids,
    expiresAt: row.expires_at,
  };
}
