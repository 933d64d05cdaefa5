import { Injectable } from '@nestjs/common';
import { roles, type UserView } from '#contracts';
import { Database, type Transaction } from '../../../platform/database/database.js';
import { idsOf, oneOf, textOf } from '../../../platform/http/lists/list-filter.js';
import type { ListQuery, Page } from '../../../platform/http/lists/list-query.js';
import { ProblemError } from '../../../platform/http/problems/problem.error.js';
import { refuseReadOnlyChanges } from '../../../platform/http/problems/read-only-fields.js';
import { AuditLog, fieldsCleared } from '../../audit/audit.public.js';
import type { RequestContext } from '../../tenancy/tenancy.public.js';
import { UserPrincipals } from '../access/user-principals.js';
import { OpenInvitationsRepository } from '../invitations/open-invitations.repository.js';
import { invalidField } from '../../../platform/http/problems/invalid-field.js';
import { OpenSessionsRepository } from '../sessions/open-sessions.repository.js';
import { requireMayHandle, requireOwnerRemains, requireUnlimitedOwner } from './member-rules.js';
import { MemberClients } from './member-clients.js';
import { UsersRepository } from './users.repository.js';

type MemberChanges = Partial<UserView>;

/** The members of an organization. A user exists once, whatever number of organizations they belong to. */
@Injectable()
export class UsersService {
  constructor(
    private readonly database: Database,
    private readonly repository: UsersRepository,
    private readonly openSessions: OpenSessionsRepository,
    private readonly principals: UserPrincipals,
    private readonly clients: MemberClients,
    private readonly openInvitations: OpenInvitationsRepository,
    private readonly audit: AuditLog,
  ) {}

  /** @throws ProblemError validation_failed for a wrong filter */
  list(context: RequestContext, query: ListQuery): Promise<Page<UserView>> {
    const filter = { ids: idsOf(query), q: textOf(query, 'q'), role: oneOf(query, 'role', roles) };
    return this.database.inTenant(context.organizationId, (tx) => this.repository.findPage(tx, context, filter, query));
  }

  /** @throws ProblemError record_not_found */
  get(context: RequestContext, id: string): Promise<UserView> {
    return this.database.inTenant(context.organizationId, (tx) => this.member(tx, context, id));
  }

  /**
   * Merges a change of role or clients. Invitations that the member could not send any more end with it.
   *
   * @param changes what to set, and the fixed fields of the record as far as they were sent
   * @throws ProblemError record_not_found, permission_denied (owners are changed by owners), conflict (the last owner),
   *   validation_failed when a fixed field differs
   */
  async update(context: RequestContext, id: string, changes: MemberChanges): Promise<UserView> {
    if (changes.clientIds !== undefined) await this.clients.require(context, changes.role, changes.clientIds);
    const updated = await this.database.asSystem(async (tx) => {
      const ownerIds = await this.repository.lockOwners(tx, context);
      const current = await this.member(tx, context, id);
      refuseReadOnlyChanges(current, changes, ['id', 'email', 'createdAt']);
      refuseRenaming(current, changes);
      const { role = current.role, clientIds = current.clientIds } = changes;
      const limitChanges = JSON.stringify(clientIds) !== JSON.stringify(current.clientIds);
      requireUnlimitedOwner(role, clientIds);
      if (role !== current.role) {
        requireMayHandle(context, role, current.role);
        requireOwnerRemains(ownerIds, id);
        await this.repository.changeRole(tx, context, id, role);
      }
      if (limitChanges) {
        requireMayHandle(context, current.role);
        await this.repository.limitToClients(tx, context, id, clientIds);
      }
      if (role === current.role && !limitChanges) return current;
      const invitationsRevoked = await this.openInvitations.revokeUnbacked(tx, context.organizationId, id);
      await this.audit.record(tx, context, {
        action: 'user.updated',
        subjectType: 'user',
        subjectId: id,
        changes: {
          ...(role !== current.role && { role: { from: current.role, to: role } }),
          ...(limitChanges && { clientIds: { from: current.clientIds, to: clientIds } }),
        },
        facts: invitationsRevoked > 0 ? { invitationsRevoked } : {},
      });
      return this.member(tx, context, id);
    });
    this.principals.forgetUser(id);
    return updated;
  }

  /**
   * Ends a membership, every session of it and the invitations that the member sent. The user remains, for they may
   * belong to other organizations.
   *
   * @returns the member as they were
   * @throws ProblemError record_not_found, permission_denied (owners are removed by owners), conflict (the last owner)
   */
  async remove(context: RequestContext, id: string): Promise<UserView> {
    const removed = await this.database.asSystem(async (tx) => {
      const ownerIds = await this.repository.lockOwners(tx, context);
      const member = await this.member(tx, context, id);
      requireMayHandle(context, member.role);
      requireOwnerRemains(ownerIds, id);
      await this.repository.deleteMembership(tx, context, id);
      await this.openSessions.endAllOfMember(tx, id, context.organizationId, 'member_removed');
      const invitationsRevoked = await this.openInvitations.revokeUnbacked(tx, context.organizationId, id);
      await this.audit.record(tx, context, {
        action: 'user.removed',
        subjectType: 'user',
        subjectId: id,
        changes: fieldsCleared({ email: member.email, role: member.role }),
        facts: invitationsRevoked > 0 ? { invitationsRevoked } : {},
      });
      return member;
    });
    this.principals.forgetUser(id);
    return removed;
  }

  private async member(tx: Transaction, context: RequestContext, id: string): Promise<UserView> {
    const member = await this.repository.findMember(tx, context, id);
    if (member === null) throw new ProblemError('record_not_found', 'There is no such user in the organization.');
    return member;
  }
}

/** @throws ProblemError validation_failed: a name belongs to the person, whatever organizations they are in */
function refuseRenaming(current: UserView, { name }: MemberChanges): void {
  if (name === undefined || name === current.name) return;
  throw invalidField('name', 'belongs to the person, who changes it in the console under their own name');
}
