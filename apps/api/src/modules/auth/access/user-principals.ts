import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { Database } from '../../../platform/database/database.js';
import type { Principal } from '../../tenancy/tenancy.public.js';
import type { AccessClaims } from './access-tokens.js';
import { FreshCache, REMEMBERED_ACCESS } from './fresh-cache.js';
import { FIND_SESSION_USER, type SessionUserRow } from './sql/find-session-user.sql.js';
import { permissionsOfUser } from './user-permissions.js';

type UserPrincipal = Extract<Principal, { kind: 'user' }>;

/** A principal, and the organization that the session began in: the session ends with it. */
interface SessionPrincipal {
  principal: UserPrincipal;
  homeOrganizationId: string;
}

const SEPARATOR = '/';

/**
 * Who the user of a session is in an organization. A change made by this process counts at once, one made elsewhere as soon as
 * `AccessChanges` hears of it, and after five seconds when nothing is heard.
 */
@Injectable()
export class UserPrincipals implements BeforeApplicationShutdown {
  private readonly principals = new FreshCache<SessionPrincipal | null>(
    (key, giveUp) => this.load(key, giveUp),
    REMEMBERED_ACCESS,
  );

  constructor(private readonly database: Database) {}

  /**
   * Null when the session has ended or is not the user's, when the user is disabled, or when the user is neither a member of
   * the organization nor a platform administrator.
   */
  async find(
    session: Pick<AccessClaims, 'sessionId' | 'userId'>,
    organizationId: string,
  ): Promise<UserPrincipal | null> {
    const resolved = await this.principals.get([session.sessionId, session.userId, organizationId].join(SEPARATOR));
    return resolved?.principal ?? null;
  }

  /** Makes this process read anew whether the session is open. */
  forgetSession(sessionId: string): void {
    this.principals.forgetWhere((key) => idsOf(key)[0] === sessionId);
  }

  /** Makes this process read anew what the user may do, in every session and organization. */
  forgetUser(userId: string): void {
    this.principals.forgetWhere((key) => idsOf(key)[1] === userId);
  }

  /** The same for all who act in the organization, and for every session that began there, wherever it acts. */
  forgetOrganization(organizationId: string): void {
    this.principals.forgetWhere(
      (key, resolved) =>
        resolved === undefined || resolved?.homeOrganizationId === organizationId || idsOf(key)[2] === organizationId,
    );
  }

  forgetAll(): void {
    this.principals.forgetWhere(() => true);
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.principals.settle();
  }

  private async load(key: string, giveUp: AbortSignal): Promise<SessionPrincipal | null> {
    const [sessionId = '', userId = '', organizationId = ''] = idsOf(key);
    const [row] = await this.database.lookUp(
      (tx) => tx.query<SessionUserRow>(FIND_SESSION_USER, [sessionId, userId, organizationId]),
      giveUp,
    );
    if (row === undefined) return null;
    const principal: UserPrincipal = {
      kind: 'user',
      userId,
      sessionId,
      email: row.email,
      role: row.role,
      platformAdmin: row.platform_admin,
      clientIds: row.platform_admin ? null : row.client_ids,
      permissions: new Set(permissionsOfUser(row.role, row.platform_admin, row.client_ids !== null)),
    };
    return { principal, homeOrganizationId: row.home_organization_id };
  }
}

/** Session, user and organization of a remembered look-up. */
function idsOf(key: string): string[] {
  return key.split(SEPARATOR);
}
