import { Injectable } from '@nestjs/common';
import type { SessionUserView } from '#contracts';
import type { Transaction } from '../../../platform/database/database.js';
import { FIND_SESSION_USER, type SessionUserRow } from '../access/sql/find-session-user.sql.js';
import { permissionsOfUser } from '../access/user-permissions.js';
import { FIND_USER_FOR_SIGN_IN, type SignInUserRow } from './sql/find-user-for-sign-in.sql.js';

export interface SignInUser {
  id: string;
  email: string;
  passwordHash: string;
  disabled: boolean;
  platformAdmin: boolean;
  /** The organization that the session begins in; null when the user belongs to none. */
  organizationId: string | null;
}

@Injectable()
export class SessionsRepository {
  async findForSignIn(tx: Transaction, email: string): Promise<SignInUser | null> {
    const [row] = await tx.query<SignInUserRow>(FIND_USER_FOR_SIGN_IN, [email]);
    if (row === undefined) return null;
    return {
      id: row.id,
      email: row.email,
      passwordHash: row.password_hash,
      disabled: row.disabled,
      platformAdmin: row.platform_admin,
      organizationId: row.organization_id,
    };
  }

  /**
   * Keeps the password from being changed until the transaction ends, so that no session begins with an old one after
   * the change has ended the others.
   *
   * @returns false when it was changed already
   */
  async holdPassword(tx: Transaction, userId: string, passwordHash: string): Promise<boolean> {
    const rows = await tx.query('select from users where id = $1 and password_hash = $2 for share', [
      userId,
      passwordHash,
    ]);
    return rows.length > 0;
  }

  /** Null when the user may not act in the organization (any longer). */
  async findSessionUser(tx: Transaction, userId: string, organizationId: string): Promise<SessionUserView | null> {
    const [row] = await tx.query<SessionUserRow>(FIND_SESSION_USER, [userId, organizationId]);
    if (row === undefined) return null;
    return {
      id: userId,
      email: row.email,
      name: row.name,
      role: row.role,
      platformAdmin: row.platform_admin,
      organization: {
        id: organizationId,
        slug: row.organization_slug,
        name: row.organization_name,
        timeZone: row.time_zone,
        currency: row.currency,
      },
      permissions: [...permissionsOfUser(row.role, row.platform_admin, row.client_ids !== null)],
    };
  }
}
