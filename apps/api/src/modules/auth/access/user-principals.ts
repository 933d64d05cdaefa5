import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { Database } from '../../../platform/database/database.js';
import type { Principal } from '../../tenancy/tenancy.public.js';
import { FreshCache, REMEMBERED_ACCESS } from './fresh-cache.js';
import { FIND_SESSION_USER, type SessionUserRow } from './sql/find-session-user.sql.js';
import { permissionsOfUser } from './user-permissions.js';

type UserPrincipal = Extract<Principal, { kind: 'user' }>;

const SEPARATOR = '/';

/**
 * Who a user is in an organization. A change made by this process counts at once, one made elsewhere as soon as
 * `AccessChanges` hears of it, and after five seconds when nothing is heard.
 */
@Injectable()
export class UserPrincipals implements BeforeApplicationShutdown {
  private readonly principals = new FreshCache<UserPrincipal | null>(
    (key, giveUp) => this.load(key, giveUp),
    REMEMBERED_ACCESS,
  );

  constructor(private readonly database: Database) {}

  /** Null when the user is unknown or disabled, or neither a member of the organization nor a platform administrator. */
  async find(userId: string, organizationId: string): Promise<UserPrincipal | null> {
    return this.principals.get(userId + SEPARATOR + organizationId);
  }

  /** Makes this process read anew what the user may do. */
  forget(userId: string, organizationId: string): void {
    this.principals.forget(userId + SEPARATOR + organizationId);
  }

  /** The same for every organization of the user. */
  forgetUser(userId: string): void {
    this.principals.forgetWhere((key) => key.startsWith(userId + SEPARATOR));
  }

  forgetAll(): void {
    this.principals.forgetWhere(() => true);
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.principals.settle();
  }

  private async load(key: string, giveUp: AbortSignal): Promise<UserPrincipal | null> {
    const [userId = '', organizationId = ''] = key.split(SEPARATOR);
    const [row] = await this.database.asSystem(
      (tx) => tx.query<SessionUserRow>(FIND_SESSION_USER, [userId, organizationId]),
      giveUp,
    );
    if (row === undefined) return null;
    return {
      kind: 'user',
      userId,
      email: row.email,
      role: row.role,
      platformAdmin: row.platform_admin,
      clientIds: row.platform_admin ? null : row.client_ids,
      permissions: new Set(permissionsOfUser(row.role, row.platform_admin, row.client_ids !== null)),
    };
  }
}
