import { Inject, Injectable } from '@nestjs/common';
import {
  INVITATION_PATH,
  invitationStatuses,
  type InvitationView,
  type NewInvitationView,
  type Role,
} from '#contracts';
import { ENV, type Env } from '../../../config/env.js';
import { Database, type Transaction } from '../../../platform/database/database.js';
import { isUniqueViolation } from '../../../platform/database/sqlstate.js';
import { idsOf, someOf, textOf } from '../../../platform/http/lists/list-filter.js';
import type { ListQuery, Page } from '../../../platform/http/lists/list-query.js';
import { ProblemError } from '../../../platform/http/problems/problem.error.js';
import { AuditLog, fieldsSet } from '../../audit/audit.public.js';
import type { RequestContext } from '../../tenancy/tenancy.public.js';
import { plainEmail } from '../email-address.js';
import { MemberClients } from '../users/member-clients.js';
import { requireMayHandle } from '../users/member-rules.js';
import { newInvitationToken } from './invitation-token.js';
import { InvitationsRepository } from './invitations.repository.js';

const SUBJECT = 'invitation';

export interface Invitee {
  email: string;
  role: Role;
  /** The clients that they are limited to; null or left out for no limit. */
  clientIds?: string[] | null;
}

/**
 * Inviting people to an organization. All of it runs as the tenant, who cannot see whether an e-mail has an account
 * elsewhere: no answer, and no time that one takes, can depend on that.
 */
@Injectable()
export class InvitationsService {
  constructor(
    private readonly database: Database,
    private readonly repository: InvitationsRepository,
    private readonly clients: MemberClients,
    private readonly audit: AuditLog,
    @Inject(ENV) private readonly env: Env,
  ) {}

  /** @throws ProblemError validation_failed for a wrong filter */
  list(context: RequestContext, query: ListQuery): Promise<Page<InvitationView>> {
    const filter = {
      ids: idsOf(query),
      q: textOf(query, 'q'),
      statuses: someOf(query, 'status', invitationStatuses),
    };
    return this.database.inTenant(context.organizationId, (tx) => this.repository.findPage(tx, context, filter, query));
  }

  /** @throws ProblemError record_not_found */
  get(context: RequestContext, id: string): Promise<InvitationView> {
    return this.database.inTenant(context.organizationId, (tx) => this.view(tx, context, id));
  }

  /**
   * Invites the holder of an e-mail. The answer holds the link, which is shown this once.
   *
   * @throws ProblemError permission_denied (owners are invited by owners), conflict (a member, or invited, already),
   *   validation_failed for clients that there are not
   */
  async invite(context: RequestContext, invitee: Invitee): Promise<NewInvitationView> {
    const { role, clientIds = null } = invitee;
    const email = plainEmail(invitee.email);
    requireMayHandle(context, role);
    await this.clients.require(context, role, clientIds);
    const { token, tokenHash } = newInvitationToken();
    try {
      return await this.database.inTenant(context.organizationId, async (tx) => {
        if (await this.repository.isMember(tx, context, email)) throw taken('is a member of the organization already');
        await this.repository.closeExpired(tx, context, email);
        const facts = { email, role, clientIds, tokenHash, invitedBy: userOf(context) };
        const id = await this.repository.insert(tx, context, facts);
        await this.audit.record(tx, context, {
          action: 'invitation.created',
          subjectType: SUBJECT,
          subjectId: id,
          changes: fieldsSet({ email, role, clientIds }),
        });
        return { ...(await this.view(tx, context, id)), link: this.linkOf(token) };
      });
    } catch (error) {
      if (!isUniqueViolation(error, 'invitations_open_email')) throw error;
      throw taken('is invited already; send that invitation again');
    }
  }

  /**
   * Makes a new link, for seven days from now. The old one opens nothing any more.
   *
   * @throws ProblemError record_not_found, permission_denied (owners are invited by owners), conflict (accepted or revoked)
   */
  resend(context: RequestContext, id: string): Promise<NewInvitationView> {
    const { token, tokenHash } = newInvitationToken();
    return this.database.inTenant(context.organizationId, async (tx) => {
      await this.repository.lock(tx, context, id);
      const before = await this.view(tx, context, id);
      requireMayHandle(context, before.role);
      if (before.status === 'accepted') {
        throw new ProblemError('conflict', 'The invitation was accepted: they are a member, or were removed since.');
      }
      if (!(await this.repository.renew(tx, context, id, { tokenHash, invitedBy: userOf(context) }))) {
        throw new ProblemError('conflict', 'The invitation was revoked, or replaced. Invite them anew.');
      }
      const invitation = await this.view(tx, context, id);
      await this.audit.record(tx, context, {
        action: 'invitation.resent',
        subjectType: SUBJECT,
        subjectId: id,
        changes: { expiresAt: { from: before.expiresAt, to: invitation.expiresAt } },
        facts: { email: invitation.email },
      });
      return { ...invitation, link: this.linkOf(token) };
    });
  }

  /**
   * Ends an invitation. Doing it twice is the same as doing it once.
   *
   * @throws ProblemError record_not_found, permission_denied (owners are invited by owners), conflict (accepted)
   */
  revoke(context: RequestContext, id: string): Promise<InvitationView> {
    return this.database.inTenant(context.organizationId, async (tx) => {
      await this.repository.lock(tx, context, id);
      const before = await this.view(tx, context, id);
      requireMayHandle(context, before.role);
      if (before.status === 'accepted') {
        throw new ProblemError('conflict', 'The invitation was accepted. Remove the member instead.');
      }
      if (!(await this.repository.revoke(tx, context, id))) return before;
      const invitation = await this.view(tx, context, id);
      await this.audit.record(tx, context, {
        action: 'invitation.revoked',
        subjectType: SUBJECT,
        subjectId: id,
        changes: { status: { from: before.status, to: 'revoked' } },
        facts: { email: invitation.email },
      });
      return invitation;
    });
  }

  private linkOf(token: string): string {
    return `${this.env.PUBLIC_URL?.replace(/\/+$/, '') ?? ''}${INVITATION_PATH}${token}`;
  }

  private async view(tx: Transaction, context: RequestContext, id: string): Promise<InvitationView> {
    const invitation = await this.repository.findOne(tx, context, id);
    if (invitation === null) {
      throw new ProblemError('record_not_found', 'There is no such invitation in the organization.');
    }
    return invitation;
  }
}

/** Keys cannot manage users: no scope of theirs lets them. */
function userOf({ principal }: RequestContext): string {
  if (principal.kind === 'user') return principal.userId;
  throw new ProblemError('permission_denied', 'Only people invite people. Sign in.');
}

function taken(message: string): ProblemError {
  return new ProblemError('conflict', `email: ${message}.`, { errors: { email: message } });
}
