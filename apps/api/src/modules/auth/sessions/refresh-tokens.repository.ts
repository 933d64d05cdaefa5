import { hash, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Transaction } from '../../../platform/database/database.js';
import { FIND_REFRESH_TOKEN, type RefreshTokenRow } from './sql/find-refresh-token.sql.js';
import { PURGE_REFRESH_TOKENS } from './sql/purge-refresh-tokens.sql.js';

/** A session that is not used for this long ends. */
export const REFRESH_LIFETIME_SECONDS = 14 * 24 * 60 * 60;

const TOKEN_BYTES = 32;

/** Who a refresh token belongs to. A family is what came out of one sign-in. */
export interface RefreshFamily {
  familyId: string;
  userId: string;
  organizationId: string;
}

interface RefreshToken extends RefreshFamily {
  id: string;
  state: RefreshTokenRow['state'];
}

/** Stores SHA-256 of each token: 256 random bits need no slow hash. */
@Injectable()
export class RefreshTokensRepository {
  /**
   * The token, with its family locked until the transaction ends: rotation, reuse and sign-out of one family happen one
   * after the other, so that no token slips past a revocation.
   */
  async findAndLockFamily(tx: Transaction, token: string): Promise<RefreshToken | null> {
    const digest = digestOf(token);
    const [family] = await tx.query<{ family_id: string }>(
      'select family_id from refresh_tokens where token_hash = $1',
      [digest],
    );
    if (family === undefined) return null;
    await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [family.family_id]);
    const [row] = await tx.query<RefreshTokenRow>(FIND_REFRESH_TOKEN, [digest]);
    if (row === undefined) return null;
    return {
      id: row.id,
      familyId: row.family_id,
      userId: row.user_id,
      organizationId: row.organization_id,
      state: row.state,
    };
  }

  /** Adds a token to a family and answers it. */
  async issue(tx: Transaction, { familyId, userId, organizationId }: RefreshFamily): Promise<string> {
    const token = randomBytes(TOKEN_BYTES).toString('base64url');
    await tx.query(
      `insert into refresh_tokens (family_id, user_id, organization_id, token_hash, expires_at)
       values ($1, $2, $3, $4, now() + make_interval(secs => $5))`,
      [familyId, userId, organizationId, digestOf(token), REFRESH_LIFETIME_SECONDS],
    );
    return token;
  }

  async markReplaced(tx: Transaction, id: string): Promise<void> {
    await tx.query('update refresh_tokens set replaced_at = now() where id = $1', [id]);
  }

  async revokeFamily(tx: Transaction, familyId: string): Promise<void> {
    await tx.query('update refresh_tokens set revoked_at = now() where family_id = $1 and revoked_at is null', [
      familyId,
    ]);
  }

  /** Ends every session of a user in an organization. */
  async revokeAll(tx: Transaction, userId: string, organizationId: string): Promise<void> {
    await tx.query(
      'update refresh_tokens set revoked_at = now() where user_id = $1 and organization_id = $2 and revoked_at is null',
      [userId, organizationId],
    );
  }

  /** The session of the user that a refresh token goes on with; null when it goes on with none. */
  async familyOf(tx: Transaction, userId: string, token: string | undefined): Promise<string | null> {
    if (token === undefined) return null;
    const found = await this.findAndLockFamily(tx, token);
    const goesOn = found !== null && (found.state === 'live' || found.state === 'just_replaced');
    return goesOn && found.userId === userId ? found.familyId : null;
  }

  /**
   * Ends every session of a user, in whatever organization, but for one family. Each family is locked first, so that
   * none that is being refreshed gets away with a new token.
   */
  async revokeAllOfUser(tx: Transaction, userId: string, exceptFamilyId: string | null): Promise<void> {
    await tx.query(
      `select pg_advisory_xact_lock(hashtextextended(f.family_id::text, 0))
       from (select distinct family_id from refresh_tokens
         where user_id = $1 and family_id is distinct from $2 and revoked_at is null order by family_id) f`,
      [userId, exceptFamilyId],
    );
    await tx.query(
      `update refresh_tokens set revoked_at = now()
       where user_id = $1 and family_id is distinct from $2 and revoked_at is null`,
      [userId, exceptFamilyId],
    );
  }

  async purgeExpired(tx: Transaction): Promise<void> {
    await tx.query(PURGE_REFRESH_TOKENS);
  }
}

function digestOf(token: string): Buffer {
  return hash('sha256', token, 'buffer');
}
