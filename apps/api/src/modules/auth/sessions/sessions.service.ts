import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { SessionUserView } from '#contracts';
import { Database, type Transaction } from '../../../platform/database/database.js';
import { ProblemError } from '../../../platform/http/problem.error.js';
import { AuditLog } from '../../audit/audit.public.js';
import type { RequestContext } from '../../tenancy/tenancy.public.js';
import { ACCESS_TOKEN_RULES, AccessTokens } from '../access/access-tokens.js';
import { authenticationRequired } from '../access/access-refusals.js';
import { verifyPassword } from '../passwords.js';
import { RefreshTokensRepository, type RefreshFamily } from './refresh-tokens.repository.js';
import { SessionsRepository, type SignInUser } from './sessions.repository.js';
import { SignInAttempts } from './sign-in-attempts.js';
import { contextOfUser, type SessionOwner } from './user-context.js';

/** Where a request without a context comes from. */
export interface Origin {
  address: string;
  requestId: string;
}

export interface Session {
  accessToken: string;
  /** Seconds until the access token expires. */
  expiresIn: number;
  user: SessionUserView;
  refreshToken: string;
}

type Rotation = { ended: true } | { ended: false; session: Session };

/** Signing in, staying signed in, signing out. */
@Injectable()
export class SessionsService {
  constructor(
    private readonly database: Database,
    private readonly sessions: SessionsRepository,
    private readonly refreshTokens: RefreshTokensRepository,
    private readonly attempts: SignInAttempts,
    private readonly accessTokens: AccessTokens,
    private readonly audit: AuditLog,
  ) {}

  /**
   * Unknown e-mail, wrong password and disabled user get the same answer after the same work.
   *
   * @throws ProblemError invalid_credentials, too_many_requests, permission_denied (member of no organization)
   */
  async signIn(email: string, password: string, origin: Origin): Promise<Session> {
    const user = await this.verified(email, password, origin);
    const { organizationId } = user;
    if (organizationId === null) {
      throw new ProblemError('permission_denied', 'You are no member of any organization. Ask an administrator.');
    }
    return this.database.asSystem((tx) => this.start(tx, user, organizationId, origin));
  }

  /**
   * Who has this e-mail and this password. Each wrong one counts as a failed attempt to sign in, wherever it is asked
   * for.
   *
   * @throws ProblemError invalid_credentials, too_many_requests
   */
  async verified(email: string, password: string, origin: Origin): Promise<SignInUser> {
    this.attempts.begin(email, origin.address);
    const user = await this.database.asSystem((tx) => this.sessions.findForSignIn(tx, email));
    const matches = await verifyPassword(password, user?.passwordHash ?? null);
    if (user === null || !matches || user.disabled) {
      if (user !== null) await this.recordRefusal(user, matches ? 'disabled' : 'wrong_password', origin);
      throw new ProblemError('invalid_credentials', 'E-mail or password is wrong. Check both and try again.');
    }
    this.attempts.succeeded(email, origin.address);
    return user;
  }

  /**
   * Begins a session, in the transaction of whoever calls.
   *
   * @param user with the hash of the password that was checked, if one was: it may have been changed since
   * @throws ProblemError invalid_credentials when the access ended this very moment
   */
  async start(
    tx: Transaction,
    user: SessionOwner & { passwordHash?: string },
    organizationId: string,
    origin: Origin,
  ): Promise<Session> {
    const { id: userId, passwordHash } = user;
    const isCurrent = passwordHash === undefined || (await this.sessions.holdPassword(tx, userId, passwordHash));
    await this.record(tx, 'session.started', user, organizationId, origin);
    const session = isCurrent && (await this.issue(tx, { familyId: randomUUID(), userId, organizationId }));
    if (!session) throw new ProblemError('invalid_credentials', 'Your access has just ended.');
    return session;
  }

  /**
   * Replaces a refresh token by the next of its family. A token that was replaced before has been copied: whoever holds
   * tokens of that family has to sign in again. A token replaced less than ten seconds ago gets a further token
   * instead, so that two tabs may refresh at once.
   *
   * @throws ProblemError refresh_token_invalid
   */
  async refresh(token: string | undefined, origin: Origin): Promise<Session> {
    // What a reuse revokes has to be committed, so the refusal is thrown outside of the transaction.
    const rotation: Rotation =
      token === undefined ? { ended: true } : await this.database.asSystem((tx) => this.rotate(tx, token, origin));
    if (rotation.ended) throw new ProblemError('refresh_token_invalid', 'The session has ended. Sign in again.');
    return rotation.session;
  }

  /** Ends the session that the token belongs to. Its access token lives on until it expires. */
  async signOut(token: string | undefined, origin: Origin): Promise<void> {
    if (token === undefined) return;
    await this.database.asSystem(async (tx) => {
      const found = await this.refreshTokens.findAndLockFamily(tx, token);
      if (found === null || found.state === 'ended') return;
      await this.refreshTokens.revokeFamily(tx, found.familyId);
      await this.recordOfFamily(tx, 'session.ended', found, origin);
    });
  }

  /** @throws ProblemError authentication_required when the user's access ended this very moment */
  async currentUser(context: RequestContext): Promise<SessionUserView> {
    const { organizationId, principal } = context;
    if (principal.kind !== 'user') throw authenticationRequired('Sign in: an API key is no user.');
    const { userId } = principal;
    const user = await this.database.asSystem((tx) => this.sessions.findSessionUser(tx, userId, organizationId));
    if (user === null) throw authenticationRequired('Your access has ended. Sign in again.');
    return user;
  }

  private async rotate(tx: Transaction, token: string, origin: Origin): Promise<Rotation> {
    const found = await this.refreshTokens.findAndLockFamily(tx, token);
    if (found === null || found.state === 'ended') return { ended: true };
    if (found.state === 'reused') {
      await this.refreshTokens.revokeFamily(tx, found.familyId);
      await this.recordOfFamily(tx, 'session.reuse_detected', found, origin);
      return { ended: true };
    }
    if (found.state === 'live') await this.refreshTokens.markReplaced(tx, found.id);
    const session = await this.issue(tx, found);
    if (session === null) await this.refreshTokens.revokeFamily(tx, found.familyId);
    await this.refreshTokens.purgeExpired(tx);
    return session === null ? { ended: true } : { ended: false, session };
  }

  /** The next tokens of a family; null when its user may not act in its organization any longer. */
  private async issue(tx: Transaction, family: RefreshFamily): Promise<Session | null> {
    const user = await this.sessions.findSessionUser(tx, family.userId, family.organizationId);
    if (user === null) return null;
    return {
      accessToken: this.accessTokens.sign(family.userId, family.organizationId),
      expiresIn: ACCESS_TOKEN_RULES.lifetimeSeconds,
      user,
      refreshToken: await this.refreshTokens.issue(tx, family),
    };
  }

  private async recordRefusal(user: SignInUser, reason: string, origin: Origin): Promise<void> {
    const { organizationId } = user;
    if (organizationId === null) return;
    await this.database.asSystem((tx) => this.record(tx, 'session.refused', user, organizationId, origin, { reason }));
  }

  private async recordOfFamily(tx: Transaction, action: string, family: RefreshFamily, origin: Origin): Promise<void> {
    const user = await this.sessions.findSessionUser(tx, family.userId, family.organizationId);
    if (user !== null) await this.record(tx, action, user, family.organizationId, origin);
  }

  private record(
    tx: Transaction,
    action: string,
    user: SessionOwner,
    organizationId: string,
    origin: Origin,
    facts: Record<string, unknown> = {},
  ): Promise<void> {
    return this.audit.record(tx, contextOfUser(user, organizationId, origin.requestId), {
      action,
      subjectType: 'user',
      subjectId: user.id,
      facts: { ...facts, address: origin.address },
    });
  }
}
