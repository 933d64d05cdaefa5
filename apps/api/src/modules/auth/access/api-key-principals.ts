import { hash } from 'node:crypto';
import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import type { Permission } from '#contracts';
import { Database } from '../../../platform/database/database.js';
import type { Principal } from '../../tenancy/tenancy.public.js';
import { isWellFormedApiKey } from '../api-keys/api-key-format.js';
import { authenticationRequired } from './access-refusals.js';
import { FreshCache, REMEMBERED_ACCESS } from './fresh-cache.js';
import { FIND_PRINCIPAL_OF_API_KEY, type ApiKeyPrincipalRow } from './sql/find-principal-of-api-key.sql.js';
import { TOUCH_API_KEY } from './sql/touch-api-key.sql.js';

export interface AuthenticatedPrincipal {
  organizationId: string;
  principal: Principal;
}

/** Longer than the row may be locked, shorter than a shutdown may take. */
const TOUCH_LIMIT_MS = 10_000;

/**
 * Finds the principal of an API key. A key in steady use costs one look-up each few seconds for the whole process,
 * and its requests do not wait for it. A key revoked by this process is refused at once, one revoked elsewhere as
 * soon as `AccessChanges` hears of it, and after five seconds when nothing is heard.
 */
@Injectable()
export class ApiKeyPrincipals implements BeforeApplicationShutdown {
  private readonly logger = new Logger(ApiKeyPrincipals.name);
  private readonly principals = new FreshCache<AuthenticatedPrincipal | null>(
    (digest, giveUp) => this.find(digest, giveUp),
    REMEMBERED_ACCESS,
  );
  private readonly touches = new Set<Promise<void>>();

  constructor(private readonly database: Database) {}

  /**
   * @throws ProblemError authentication_required; rejects with it when the answer is a promise, or with service_unavailable
   */
  authenticate(key: string): AuthenticatedPrincipal | Promise<AuthenticatedPrincipal> {
    if (!isWellFormedApiKey(key)) throw authenticationRequired('The API key is not complete. Copy it once more.');
    const resolved = this.principals.get(digestOf(key));
    return resolved instanceof Promise ? resolved.then(known) : known(resolved);
  }

  /** The principal when nothing has to be looked up; else null, also for a key that does not exist. */
  known(key: string): AuthenticatedPrincipal | null {
    return this.principals.peek(digestOf(key)) ?? null;
  }

  /** Makes this process look the key up again. */
  forget(keyHash: Buffer): void {
    this.principals.forget(keyHash.toString('base64'));
  }

  /** The same for every key of the organization. What a look-up under way finds may be one of them. */
  forgetOrganization(organizationId: string): void {
    this.principals.forgetWhere(
      (_, authenticated) => authenticated === undefined || authenticated?.organizationId === organizationId,
    );
  }

  forgetAll(): void {
    this.principals.forgetWhere(() => true);
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.principals.settle();
    await Promise.all(this.touches);
  }

  private async find(digest: string, giveUp: AbortSignal): Promise<AuthenticatedPrincipal | null> {
    const [row] = await this.database.lookUp(
      (tx) => tx.query<ApiKeyPrincipalRow>(FIND_PRINCIPAL_OF_API_KEY, [Buffer.from(digest, 'base64')]),
      giveUp,
    );
    if (row === undefined) return null;
    if (row.use_is_stale) this.touch(row.id);
    return {
      organizationId: row.organization_id,
      principal: {
        kind: 'api_key',
        apiKeyId: row.id,
        name: row.name,
        permissions: new Set(row.scopes as Permission[]),
      },
    };
  }

  /** No request waits for this, and no call fails because of it. */
  private touch(apiKeyId: string): void {
    const touch = this.database
      .asSystem((tx) => tx.query(TOUCH_API_KEY, [apiKeyId]), AbortSignal.timeout(TOUCH_LIMIT_MS))
      .catch((error: unknown) =>
        this.logger.warn({ msg: 'The last use of an API key was not written', apiKeyId, error }),
      )
      .then(() => void this.touches.delete(touch));
    this.touches.add(touch);
  }
}

function digestOf(key: string): string {
  return hash('sha256', key, 'base64');
}

function known(authenticated: AuthenticatedPrincipal | null): AuthenticatedPrincipal {
  if (authenticated === null)
    throw authenticationRequired('The API key is unknown, revoked or expired. Create a new one.');
  return authenticated;
}
