import { createHmac, hash, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Transaction } from '../../../platform/database/database.js';
import { SESSION_LIFETIME_SECONDS, type OpenSession } from './open-sessions.repository.js';
import { FIND_REFRESH_TOKEN, type RefreshTokenRow } from './sql/find-refresh-token.sql.js';

const TOKEN_BYTES = 32;

interface RefreshToken extends OpenSession {
  id: string;
  state: RefreshTokenRow['state'];
  /** The token that replaced this one moments ago and is still the youngest; null in every other case. */
  successor: string | null;
}

/**
 * Stores SHA-256 of each token: 256 random bits need no slow hash. The token that replaces another follows from it and from
 * a random salt. So all who send the same token at once get the same next one, and neither is stored.
 */
@Injectable()
export class RefreshTokensRepository {
  /**
   * The token, with its session locked until the transaction ends: rotation, reuse and sign-out of one session happen one
   * after the other, so that no token slips past the end of its session.
   */
  async findAndLockSession(tx: Transaction, token: string): Promise<RefreshToken | null> {
    const digest = digestOf(token);
    const locked = await tx.query(
      'select from sessions where id = (select session_id from refresh_tokens where token_hash = $1) for update',
      [digest],
    );
    if (locked.length === 0) return null;
    // A later statement than the lock, so it sees what the transaction before has done.
    const [row] = await tx.query<RefreshTokenRow>(FIND_REFRESH_TOKEN, [digest]);
    if (row === undefined) return null;
    const { id, session_id: sessionId, user_id: userId, organization_id: organizationId } = row;
    const resolved = { id, sessionId, userId, organizationId, state: row.state, successor: null };
    if (row.state !== 'just_replaced' || row.successor_salt === null) return resolved;
    const successor = successorOf(token, row.successor_salt);
    return (await this.isYoungest(tx, successor)) ? { ...resolved, successor } : { ...resolved, state: 'reused' };
  }

  /** Adds the first token of a session and answers it. */
  async issue(tx: Transaction, sessionId: string): Promise<string> {
    const token = randomBytes(TOKEN_BYTES).toString('base64url');
    await this.insert(tx, sessionId, token);
    return token;
  }

  /** Replaces the youngest token of a session and answers the next one. */
  async replace(tx: Transaction, { id, sessionId }: RefreshToken, token: string): Promise<string> {
    const salt = randomBytes(TOKEN_BYTES);
    await tx.query('update refresh_tokens set replaced_at = now(), successor_salt = $2 where id = $1', [id, salt]);
    const successor = successorOf(token, salt);
    await this.insert(tx, sessionId, successor);
    return successor;
  }

  private async insert(tx: Transaction, sessionId: string, token: string): Promise<void> {
    await tx.query(
      `insert into refresh_tokens (session_id, token_hash, expires_at)
       values ($1, $2, now() + make_interval(secs => $3))`,
      [sessionId, digestOf(token), SESSION_LIFETIME_SECONDS],
    );
  }

  private async isYoungest(tx: Transaction, token: string): Promise<boolean> {
    const matches = await tx.query('select from refresh_tokens where token_hash = $1 and replaced_at is null', [
      digestOf(token),
    ]);
    return matches.length > 0;
  }
}

function digestOf(token: string): Buffer {
  return hash('sha256', token, 'buffer');
}

function successorOf(token: string, salt: Buffer): string {
  return createHmac('sha256', token).update(salt).digest('base64url');
}
