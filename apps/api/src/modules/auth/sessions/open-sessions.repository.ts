import { Injectable } from '@nestjs/common';
import type { Transaction } from '../../../platform/database/database.js';
import { BEGIN_SESSION } from './sql/begin-session.sql.js';

/** A session that is not used for this long ends. */
export const SESSION_LIFETIME_SECONDS = 14 * 24 * 60 * 60;

/** Why a session ended. The table has a check for it. */
export type SessionEnd = 'signed_out' | 'token_reused' | 'access_ended' | 'member_removed' | 'password_changed';

/** One sign-in: whose it is, and the organization that it began in. */
export interface OpenSession {
  sessionId: string;
  userId: string;
  organizationId: string;
}

/**
 * The rows of sessions. Whoever ends one makes this process forget it after the commit (`UserPrincipals`); the others are
 * told by a trigger.
 */
@Injectable()
export class OpenSessionsRepository {
  /**
   * Begins a session.
   *
   * @param user with the hash of the password that was just found right, if one was
   * @returns null when the user has another password by now, or is disabled
   */
  async begin(
    tx: Transaction,
    user: { id: string; passwordHash?: string },
    organizationId: string,
  ): Promise<OpenSession | null> {
    const parameters = [user.id, user.passwordHash ?? null, organizationId, SESSION_LIFETIME_SECONDS];
    const [row] = await tx.query<{ id: string }>(BEGIN_SESSION, parameters);
    return row === undefined ? null : { sessionId: row.id, userId: user.id, organizationId };
  }

  /** Moves the end of an unused session on. */
  async prolong(tx: Transaction, sessionId: string): Promise<void> {
    await tx.query('update sessions set expires_at = now() + make_interval(secs => $2) where id = $1', [
      sessionId,
      SESSION_LIFETIME_SECONDS,
    ]);
  }

  async end(tx: Transaction, sessionId: string, reason: SessionEnd): Promise<void> {
    await tx.query(`${END_SESSIONS} and id = $2`, [reason, sessionId]);
  }

  /** Ends every session that a user began in an organization. */
  async endAllOfMember(tx: Transaction, userId: string, organizationId: string, reason: SessionEnd): Promise<void> {
    await tx.query(`${END_SESSIONS} and user_id = $2 and organization_id = $3`, [reason, userId, organizationId]);
  }

  /**
   * Ends every session of a user, but the one that is to stay. A change of the password writes the new one first, in the same
   * transaction: a sign-in with the old one then either waits and fails, or its session is among those that end here.
   */
  async endAllOfUser(
    tx: Transaction,
    userId: string,
    reason: SessionEnd,
    exceptSessionId: string | null = null,
  ): Promise<void> {
    await tx.query(`${END_SESSIONS} and user_id = $2 and id is distinct from $3`, [reason, userId, exceptSessionId]);
  }
}

const END_SESSIONS = 'update sessions set ended_at = now(), ended_reason = $1 where ended_at is null';
