import { Injectable } from '@nestjs/common';
import type { SessionUserView } from '#contracts';
import { Database, type Transaction } from '../../../platform/database/database.js';
import { ProblemError } from '../../../platform/http/problems/problem.error.js';
import { AuditLog } from '../../audit/audit.public.js';
import type { RequestContext } from '../../tenancy/tenancy.public.js';
import { ACCESS_TOKEN_RULES, AccessTokens } from '../access/access-tokens.js';
import { authenticationRequired } from '../access/access-refusals.js';
import { UserPrincipals } from '../access/user-principals.js';
import { verifyPassword } from '../passwords.js';
import { OpenSessionsRepository, type OpenSession } from './open-sessions.repository.js';
import { RefreshTokensRepository } from './refresh-tokens.repository.js';
import { RefusedSignIns } from './refused-sign-ins.js';
import { SessionsRepository, type SignInUser } from './sessions.repository.js';
import { SignInAttempts } from './sign-in-attempts.js';

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

type Rotation =
  | { session: Session }
  /** The session that has ended just now; null when there was none. */
  | { session: null; endedId: string | null };

const NO_SESSION: Rotation = { session: null, endedId: null };

type SessionEvent = 'session.started' | 'session.ended' | 'session.reuse_detected';

/** Signing in, staying signed in, signing out. */
@Injectable()
export class SessionsService {
  constructor(
    private readonly database: Database,
    private readonly sessions: SessionsRepository,
    private readonly openSessions: OpenSessionsRepository,
    private readonly refreshTokens: RefreshTokensRepository,
    private readonly attempts: SignInAttempts,
    private readonly refusals: RefusedSignIns,
    private readonly accessTokens: AccessTokens,
    private readonly principals: UserPrincipals,
    private readonly audit: AuditLog,
  ) {}

  /** @throws ProblemError what `verified` throws, and permission_denied (member of no organization) */
  async signIn(email: string, password: string, origin: Origin): Promise<Session> {
    const user = await this.verified(email, password, origin);
    const { organizationId } = user;
    if (organizationId === null) {
      throw new ProblemError('permission_denied', 'You are no member of any organization. Ask an administrator.');
    }
    return this.database.asSystem((tx) => this.start(tx, user, organizationId, origin));
  }

  /**
   * Who has this e-mail and this password. Each wrong one counts as a failed attempt to sign in, wherever it is asked for.
   * Unknown e-mail, wrong password and disabled user get the same answer after the same work: the same statements in the
   * same order, and one argon2.
   *
   * @throws ProblemError invalid_credentials, too_many_requests, service_unavailable (too many sign in at once)
   */
  async verified(email: string, password: string, origin: Origin): Promise<SignInUser> {
    const { address, requestId } = origin;
    await this.attempts.begin(email, address);
    const { user, matches } = await this.compare(email, password, address);
    if (user === null || !matches || user.disabled) {
      this.refusals.record(user, { reason: matches ? 'disabled' : 'wrong_password', address }, requestId);
      throw wrongCredentials();
    }
    await this.attempts.succeeded(email, address);
    return user;
  }

  /**
   * Begins a session, in the transaction of its caller.
   *
   * @param user with the hash of the password that was compared, if one was: it may have been changed since
   * @throws ProblemError invalid_credentials when password or access changed this very moment
   */
  async start(
    tx: Transaction,
    user: { id: string; passwordHash?: string },
    organizationId: string,
    origin: Origin,
  ): Promise<Session> {
    const begun = await this.openSessions.begin(tx, user, organizationId);
    if (begun === null) throw wrongCredentials();
    await this.record(tx, 'session.started', begun, origin);
    const session = await this.answer(tx, begun, () => this.refreshTokens.issue(tx, begun.sessionId));
    if (session === null) throw wrongCredentials();
    return session;
  }

  /**
   * Replaces a refresh token by the next of its session. A token that was replaced before has been copied: the session
   * ends. A token replaced less than ten seconds ago gets the same next one again, unless that was used already, so that
   * two tabs may refresh at once.
   *
   * @throws ProblemError refresh_token_invalid
   */
  async refresh(token: string | undefined, origin: Origin): Promise<Session> {
    // What a reuse ends has to be committed, so the refusal is thrown outside of the transaction.
    const rotation =
      token === undefined ? NO_SESSION : await this.database.asSystem((tx) => this.rotate(tx, token, origin));
    if (rotation.session !== null) return rotation.session;
    if (rotation.endedId !== null) this.principals.forgetSession(rotation.endedId);
    throw new ProblemError('refresh_token_invalid', 'The session has ended. Sign in again.');
  }

  /** Ends the session that the token belongs to, and with it every access token of the session. */
  async signOut(token: string | undefined, origin: Origin): Promise<void> {
    if (token === undefined) return;
    const endedId = await this.database.asSystem(async (tx) => {
      const resolved = await this.refreshTokens.findAndLockSession(tx, token);
      if (resolved === null || resolved.state === 'ended') return null;
      await this.record(tx, 'session.ended', resolved, origin);
      await this.openSessions.end(tx, resolved.sessionId, 'signed_out');
      return resolved.sessionId;
    });
    if (endedId !== null) this.principals.forgetSession(endedId);
  }

  /** @throws ProblemError authentication_required when the user's access ended this very moment */
  async currentUser(context: RequestContext): Promise<SessionUserView> {
    const { organizationId, principal } = context;
    if (principal.kind !== 'user') throw authenticationRequired('Sign in: an API key is no user.');
    const { userId, sessionId } = principal;
    if (sessionId === null) throw accessEnded();
    const user = await this.database.asSystem((tx) =>
      this.sessions.findSessionUser(tx, { sessionId, userId, organizationId }),
    );
    if (user === null) throw accessEnded();
    return user;
  }

  /** An attempt whose password was not compared does not count: the fault is ours. */
  private async compare(
    email: string,
    password: string,
    address: string,
  ): Promise<{ user: SignInUser | null; matches: boolean }> {
    try {
      const user = await this.database.asSystem((tx) => this.sessions.findForSignIn(tx, email));
      return { user, matches: await verifyPassword(password, user?.passwordHash ?? null) };
    } catch (error) {
      await this.attempts.withdrawn(email, address);
      throw error;
    }
  }

  private async rotate(tx: Transaction, token: string, origin: Origin): Promise<Rotation> {
    const resolved = await this.refreshTokens.findAndLockSession(tx, token);
    if (resolved === null || resolved.state === 'ended') return NO_SESSION;
    const { sessionId } = resolved;
    if (resolved.state === 'reused') {
      await this.record(tx, 'session.reuse_detected', resolved, origin);
      await this.openSessions.end(tx, sessionId, 'token_reused');
      return { session: null, endedId: sessionId };
    }
    const session = await this.answer(tx, resolved, async () => {
      if (resolved.successor !== null) return resolved.successor;
      await this.openSessions.prolong(tx, sessionId);
      return this.refreshTokens.replace(tx, resolved, token);
    });
    if (session === null) await this.openSessions.end(tx, sessionId, 'access_ended');
    return session === null ? { session, endedId: sessionId } : { session };
  }

  /** The next tokens of a session; null when its user may not act in its organization any longer. */
  private async answer(
    tx: Transaction,
    session: OpenSession,
    refreshToken: () => Promise<string>,
  ): Promise<Session | null> {
    const user = await this.sessions.findSessionUser(tx, session);
    if (user === null) return null;
    return {
      accessToken: this.accessTokens.sign(session),
      expiresIn: ACCESS_TOKEN_RULES.lifetimeSeconds,
      user,
      refreshToken: await refreshToken(),
    };
  }

  /** Leaves what became of a session in the audit log, while it is open. */
  private async record(tx: Transaction, action: SessionEvent, session: OpenSession, origin: Origin): Promise<void> {
    const user = await this.sessions.findSessionUser(tx, session);
    if (user === null) return;
    const { sessionId, userId, organizationId } = session;
    const { email, role, platformAdmin } = user;
    const context: RequestContext = {
      organizationId,
      principal: {
        kind: 'user',
        userId,
        sessionId,
        email,
        role,
        platformAdmin,
        clientIds: null,
        permissions: new Set(),
      },
      requestId: origin.requestId,
    };
    const facts = { address: origin.address };
    await this.audit.record(tx, context, { action, subjectType: 'user', subjectId: userId, facts });
  }
}

function accessEnded(): ProblemError {
  return authenticationRequired('Your access has ended. Sign in again.');
}

function wrongCredentials(): ProblemError {
  return new ProblemError('invalid_credentials', 'E-mail or password is wrong. Check both and try again.');
}
