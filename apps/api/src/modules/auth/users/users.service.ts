import { Injectable } from '@nestjs/common';
import { roles, type Role, type UserView } from '#contracts';
import { Database, type Transaction } from '../../../platform/database/database.js';
import { isUniqueViolation } from '../../../platform/database/sqlstate.js';
import { idsOf, oneOf, textOf } from '../../../platform/http/list-filter.js';
import type { ListQuery, Page } from '../../../platform/http/list-query.js';
import { ProblemError } from '../../../platform/http/problem.error.js';
import { refuseReadOnlyChanges } from '../../../platform/http/read-only-fields.js';
import { AuditLog, fieldsCleared, fieldsSet } from '../../audit/audit.public.js';
import type { RequestContext } from '../../tenancy/tenancy.public.js';
import { UserPrincipals } from '../access/user-principals.js';
import { hashPassword } from '../passwords.js';
import { OpenSessionsRepository } from '../sessions/open-sessions.repository.js';
import { requireMayHandle, requireOwnerRemains, requireUnlimitedOwner } from './member-rules.js';
import { UsersRepository } from './users.repository.js';

export interface NewMember {
  email: string;
  role: Role;
  /** The clients that they are limited to; null or left out for no limit. */
  clientIds?: string[] | null;
  /** For a user who does not exist yet; an existing one keeps name and password. */
  name?: string;
  password?: string;
}

type MemberChanges = Partial<UserView>;

/** The members of an organization. A user exists once, whatever number of organizations they belong to. */
@Injectable()
export class UsersService {
  constructor(
    private readonly database: Database,
    private readonly repository: UsersRepository,
    private readonly openSessions: OpenSessionsRepository,
    private readonly principals: UserPrincipals,
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
   * Makes somebody a member: a new user, or the one who has that e-mail already.
   *
   * @throws ProblemError permission_denied (owners are made by owners), conflict (is a member already),
   *   validation_failed (a new user without name or password)
   */
  async add(context: RequestContext, member: NewMember): Promise<UserView> {
    requireMayHandle(context, member.role);
    const { email, role, password, clientIds = null } = member;
    await this.requireClients(context, role, clientIds);
    const passwordHash = password === undefined ? undefined : await hashPassword(password);
    try {
      return await this.database.asSystem(async (tx) => {
        const known = await this.repository.findIdByEmail(tx, email);
        const id = known ?? (await this.repository.insertUser(tx, newUser(member, passwordHash)));
        await this.repository.insertMembership(tx, context, id, { role, clientIds });
        await this.audit.record(tx, context, {
          action: 'user.added',
          subjectType: 'user',
          subjectId: id,
          changes: fieldsSet({ email, role, clientIds, name: known === null ? member.name : undefined }),
          facts: { newUser: known === null },
        });
        return this.member(tx, context, id);
      });
    } catch (error) {
      if (isUniqueViolation(error, 'memberships_pkey')) throw taken('is a member of the organization already');
      if (isUniqueViolation(error, 'users_email_key')) throw taken('was taken just now; send the request again');
      throw error;
    }
  }

  /**
   * Merges a change of role or name.
   *
   * @param changes what to set, and the fixed fields of the record as far as they were sent
   * @throws ProblemError record_not_found, permission_denied (owners are changed by owners), conflict (the last owner; the
   *   name of somebody who belongs to other organizations as well), validation_failed when a fixed field differs
   */
  async update(context: RequestContext, id: string, changes: MemberChanges): Promise<UserView> {
    if (changes.clientIds !== undefined) await this.requireClients(context, changes.role, changes.clientIds);
    const updated = await this.database.asSystem(async (tx) => {
      const ownerIds = await this.repository.lockOwners(tx, context);
      const current = await this.member(tx, context, id);
      refuseReadOnlyChanges(current, changes, ['id', 'email', 'platformAdmin', 'disabled', 'createdAt']);
      const { name = current.name, role = current.role, clientIds = current.clientIds } = changes;
      const limitChanges = JSON.stringify(clientIds) !== JSON.stringify(current.clientIds);
      requireUnlimitedOwner(role, clientIds);
      if (role !== current.role) {
        requireMayHandle(context, role, current.role);
        requireOwnerRemains(ownerIds, id);
        await this.repository.changeRole(tx, context, id, role);
      }
      if (name !== current.name) {
        requireMayHandle(context, current.role);
        await this.rename(tx, context, current, name);
      }
      if (limitChanges) {
        requireMayHandle(context, current.role);
        await this.repository.limitToClients(tx, context, id, clientIds);
      }
      if (role === current.role && name === current.name && !limitChanges) return current;
      await this.audit.record(tx, context, {
        action: 'user.updated',
        subjectType: 'user',
        subjectId: id,
        changes: {
          ...(role !== current.role && { role: { from: current.role, to: role } }),
          ...(limitChanges && { clientIds: { from: current.clientIds, to: clientIds } }),
          ...(name !== current.name && { name: { from: current.name, to: name } }),
        },
      });
      return this.member(tx, context, id);
    });
    this.principals.forgetUser(id);
    return updated;
  }

  /**
   * Ends a membership and every session of it. The user remains, for they may belong to other organizations.
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
      await this.audit.record(tx, context, {
        action: 'user.removed',
        subjectType: 'user',
        subjectId: id,
        changes: fieldsCleared({ email: member.email, role: member.role }),
      });
      return member;
    });
    this.principals.forgetUser(id);
    return removed;
  }

  /** @throws ProblemError validation_failed for clients that there are not, and for an owner */
  private async requireClients(context: RequestContext, role: Role | undefined, clientIds: string[] | null) {
    if (clientIds === null) return;
    requireUnlimitedOwner(role, clientIds);
    const found = await this.database.inTenant(context.organizationId, (tx) =>
      this.repository.clientsAmong(tx, context, clientIds),
    );
    if (clientIds.every((id) => found.includes(id))) return;
    const message = 'names a client that the organization does not have';
    throw new ProblemError('validation_failed', `clientIds: ${message}`, { errors: { clientIds: message } });
  }

  /** A name belongs to the user, not to the membership: no organization changes it for the others. */
  private async rename(tx: Transaction, context: RequestContext, user: UserView, name: string): Promise<void> {
    if (user.platformAdmin || (await this.repository.isMemberElsewhere(tx, context, user.id))) {
      throw new ProblemError('conflict', 'This user belongs to other organizations as well and keeps the name.', {
        errors: { name: 'cannot be changed here' },
      });
    }
    await this.repository.rename(tx, user.id, name);
  }

  private async member(tx: Transaction, context: RequestContext, id: string): Promise<UserView> {
    const member = await this.repository.findMember(tx, context, id);
    if (member === null) throw new ProblemError('record_not_found', 'There is no such user in the organization.');
    return member;
  }
}

/** @throws ProblemError validation_failed naming what a new user lacks */
function newUser(member: NewMember, passwordHash: string | undefined) {
  const { email, name } = member;
  if (name !== undefined && passwordHash !== undefined) return { email, name, passwordHash };
  const message = 'is needed: nobody has this e-mail yet';
  const missing = [...(name === undefined ? ['name'] : []), ...(passwordHash === undefined ? ['password'] : [])];
  throw new ProblemError('validation_failed', `${missing.join(', ')}: ${message}`, {
    errors: Object.fromEntries(missing.map((field) => [field, message])),
  });
}

function taken(message: string): ProblemError {
  return new ProblemError('conflict', `email: ${message}.`, { errors: { email: message } });
}
