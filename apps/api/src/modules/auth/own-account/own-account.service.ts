import { Injectable } from '@nestjs/common';
import type { SessionUserView } from '#contracts';
import { Database } from '../../../platform/database/database.js';
import { invalidField } from '../../../platform/http/problems/invalid-field.js';
import { ProblemError } from '../../../platform/http/problems/problem.error.js';
import { AuditLog } from '../../audit/audit.public.js';
import type { Principal, RequestContext } from '../../tenancy/tenancy.public.js';
import { authenticationRequired } from '../access/access-refusals.js';
import { UserPrincipals } from '../access/user-principals.js';
import { hashPassword } from '../passwords.js';
import { OpenSessionsRepository } from '../sessions/open-sessions.repository.js';
import { SessionsService, type Origin } from '../sessions/sessions.service.js';
import { OwnAccountRepository } from './own-account.repository.js';
import { requireGoodPassword } from './password-rules.js';

/** What people change about themselves, and no administrator can: an account may belong to several organizations. */
@Injectable()
export class OwnAccountService {
  constructor(
    private readonly database: Database,
    private readonly repository: OwnAccountRepository,
    private readonly openSessions: OpenSessionsRepository,
    private readonly principals: UserPrincipals,
    private readonly sessions: SessionsService,
    private readonly audit: AuditLog,
  ) {}

  async rename(context: RequestContext, name: string): Promise<SessionUserView> {
    const { userId } = personOf(context);
    await this.database.asSystem(async (tx) => {
      const from = await this.repository.rename(tx, userId, name);
      if (from === name) return;
      await this.audit.record(tx, context, {
        action: 'user.renamed',
        subjectType: 'user',
        subjectId: userId,
        changes: { name: { from, to: name } },
      });
    });
    return this.sessions.currentUser(context);
  }

  /**
   * Replaces the caller's password and ends their other sessions, in every organization. The session that asks goes on.
   *
   * @throws ProblemError validation_failed (the current password is wrong, the new one is none), too_many_requests, conflict
   *   (changed at the same time)
   */
  async changePassword(
    context: RequestContext,
    { currentPassword, newPassword }: { currentPassword: string; newPassword: string },
    origin: Origin,
  ): Promise<void> {
    const { userId, email, sessionId } = personOf(context);
    requireGoodPassword('newPassword', newPassword, email);
    if (newPassword === currentPassword) throw invalidField('newPassword', 'is the one that you have; choose another');
    const { passwordHash: from } = await this.sessions.verified(email, currentPassword, origin).catch(wrongPassword);
    const to = await hashPassword(newPassword);
    await this.database.asSystem(async (tx) => {
      if (!(await this.repository.replacePassword(tx, userId, { from, to }))) {
        throw new ProblemError('conflict', 'The password was changed a moment ago. Try again with the new one.');
      }
      await this.openSessions.endAllOfUser(tx, userId, 'password_changed', sessionId);
      await this.audit.record(tx, context, {
        action: 'user.password_changed',
        subjectType: 'user',
        subjectId: userId,
        facts: { address: origin.address },
      });
    });
    this.principals.forgetUser(userId);
  }
}

function personOf({ principal }: RequestContext): Extract<Principal, { kind: 'user' }> {
  if (principal.kind === 'user') return principal;
  throw authenticationRequired('Sign in: an API key is no user.');
}

/** 401 would tell a client that its session has ended. */
function wrongPassword(error: unknown): never {
  if (!(error instanceof ProblemError) || error.code !== 'invalid_credentials') throw error;
  throw invalidField('currentPassword', 'is not your password; check it and try again');
}
