import { Injectable } from '@nestjs/common';
import type { InvitationPreviewView } from '#contracts';
import { Database, type Transaction } from '../../../platform/database/database.js';
import { isUniqueViolation } from '../../../platform/database/sqlstate.js';
import { invalidField } from '../../../platform/http/problems/invalid-field.js';
import { ProblemError } from '../../../platform/http/problems/problem.error.js';
import { AuditLog, fieldsSet } from '../../audit/audit.public.js';
import type { Principal } from '../../tenancy/tenancy.public.js';
import { UserPrincipals } from '../access/user-principals.js';
import { requireGoodPassword } from '../own-account/password-rules.js';
import { hashPassword } from '../passwords.js';
import { OpenSessionsRepository } from '../sessions/open-sessions.repository.js';
import { SessionsService, type Origin, type Session } from '../sessions/sessions.service.js';
import { contextOfUser, type SessionOwner } from '../sessions/user-context.js';
import { UsersRepository } from '../users/users.repository.js';
import { hashOfToken } from './invitation-token.js';
import { OpenInvitationsRepository, type OpenInvitation } from './open-invitations.repository.js';

export interface Acceptance {
  token: string;
  /** For a person who has no account yet. */
  name?: string;
  /** The password that they choose, or the one that their account has. */
  password?: string;
}

type Signed = Extract<Principal, { kind: 'user' }>;

/**
 * Becoming a member. Three may: who has no account gets one, with a name and a password of their own; who has one
 * proves it by its password, or by being signed in. What an account has is never changed by an invitation.
 */
@Injectable()
export class AcceptInvitationService {
  constructor(
    private readonly database: Database,
    private readonly openInvitations: OpenInvitationsRepository,
    private readonly users: UsersRepository,
    private readonly sessions: SessionsService,
    private readonly openSessions: OpenSessionsRepository,
    private readonly principals: UserPrincipals,
    private readonly audit: AuditLog,
  ) {}

  /** @throws ProblemError invitation_invalid */
  async preview(token: string): Promise<InvitationPreviewView> {
    const { organizationName, email, role, expiresAt } = await this.database.asSystem((tx) => this.open(tx, token));
    return { organizationName, email, role, expiresAt: expiresAt.toISOString() };
  }

  /**
   * Makes who accepts a member, once, and begins a session in the organization.
   *
   * @param signedIn who sends the request, if they are signed in
   * @throws ProblemError invitation_invalid, permission_denied (signed in with another e-mail), invalid_credentials (the
   *   password is not that of the account), too_many_requests, validation_failed, conflict (a member already)
   */
  async accept(acceptance: Acceptance, signedIn: Signed | null, origin: Origin): Promise<Session> {
    try {
      const session = await this.acceptAs(acceptance, signedIn, origin);
      this.principals.forgetUser(session.user.id);
      return session;
    } catch (error) {
      if (isUniqueViolation(error, 'memberships_pkey')) {
        throw new ProblemError('conflict', 'You are a member of this organization already. Sign in.');
      }
      if (isUniqueViolation(error, 'users_email_key')) {
        throw new ProblemError('conflict', 'This e-mail has just got an account. Accept with its password.');
      }
      throw error;
    }
  }

  private async acceptAs(acceptance: Acceptance, signedIn: Signed | null, origin: Origin): Promise<Session> {
    if (signedIn !== null) return this.acceptSignedIn(acceptance, signedIn, origin);
    const { email, known } = await this.database.asSystem(async (tx) => {
      const { email } = await this.open(tx, acceptance.token);
      return { email, known: await this.users.findIdByEmail(tx, email) };
    });
    if (known === null) return this.acceptAsNewcomer(acceptance, email, origin);
    return this.acceptWithPassword(acceptance, email, origin);
  }

  private acceptSignedIn({ token, name, password }: Acceptance, signedIn: Signed, origin: Origin): Promise<Session> {
    if (password !== undefined) throw invalidField('password', 'is not needed: you are signed in; leave it out');
    if (name !== undefined) throw invalidField('name', 'is not needed: your account has one; leave it out');
    return this.database.asSystem(async (tx) => {
      const invitation = await this.open(tx, token);
      // By the row: how the two e-mails are compared is the database's own rule for who is who.
      if ((await this.users.findIdByEmail(tx, invitation.email)) !== signedIn.userId) {
        const detail = `This invitation is for ${invitation.email}. Sign out, and accept it as that person.`;
        throw new ProblemError('permission_denied', detail);
      }
      const { userId: id, email, platformAdmin, sessionId } = signedIn;
      // The session that begins in the new organization takes the place of the one that accepts.
      if (sessionId !== null) await this.openSessions.end(tx, sessionId, 'signed_out');
      return this.join(tx, invitation, { id, email, platformAdmin }, origin);
    });
  }

  private async acceptWithPassword({ token, password }: Acceptance, email: string, origin: Origin): Promise<Session> {
    if (password === undefined) throw invalidField('password', 'is needed: choose one, or sign in');
    const user = await this.sessions.verified(email, password, origin).catch((error: unknown) => {
      if (!(error instanceof ProblemError) || error.code !== 'invalid_credentials') throw error;
      throw new ProblemError('invalid_credentials', 'This e-mail has an account: its own password is needed.');
    });
    return this.database.asSystem(async (tx) => {
      const invitation = await this.open(tx, token);
      return this.join(tx, invitation, user, origin);
    });
  }

  private async acceptAsNewcomer(
    { token, name, password }: Acceptance,
    email: string,
    origin: Origin,
  ): Promise<Session> {
    if (password === undefined) throw invalidField('password', 'is needed: choose one, or sign in');
    if (name === undefined) throw invalidField('name', 'is needed: what shall people call you?');
    requireGoodPassword('password', password, email);
    const passwordHash = await hashPassword(password);
    return this.database.asSystem(async (tx) => {
      const invitation = await this.open(tx, token);
      const id = await this.users.insertUser(tx, { email: invitation.email, name, passwordHash });
      return this.join(tx, invitation, { id, email: invitation.email, platformAdmin: false }, origin);
    });
  }

  /** The one place where an invitation makes a member. */
  private async join(
    tx: Transaction,
    invitation: OpenInvitation,
    user: SessionOwner,
    origin: Origin,
  ): Promise<Session> {
    const { organizationId, id, email, role, clientIds } = invitation;
    await this.users.insertMembership(tx, organizationId, user.id, { role, clientIds });
    await this.openInvitations.markAccepted(tx, invitation, user.id);
    await this.audit.record(tx, contextOfUser(user, organizationId, origin.requestId), {
      action: 'invitation.accepted',
      subjectType: 'invitation',
      subjectId: id,
      relatedIds: [user.id],
      changes: fieldsSet({ role, clientIds }),
      facts: { email, address: origin.address },
    });
    return this.sessions.start(tx, user, organizationId, origin);
  }

  /** @throws ProblemError invitation_invalid: one answer for whatever is wrong with a token */
  private async open(tx: Transaction, token: string): Promise<OpenInvitation> {
    const tokenHash = hashOfToken(token);
    const invitation = tokenHash && (await this.openInvitations.findAndLock(tx, tokenHash));
    if (invitation !== null) return invitation;
    throw new ProblemError('invitation_invalid', 'This invitation is not valid (any longer). Ask for a new link.');
  }
}
