import { type ExecutionContext, Injectable } from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';
import type { Permission } from '#contracts';
import { isUUID } from 'class-validator';
import type { FastifyRequest } from 'fastify';
import { ProblemError } from '../../../platform/http/problems/problem.error.js';
import { authenticationRequired, permissionMissing } from './access-refusals.js';
import type { AccessClaims } from './access-tokens.js';
import { ApiKeyPrincipals, type AuthenticatedPrincipal } from './api-key-principals.js';
import { presentedCredentials } from './presented-credentials.js';
import { rememberContext } from './request-context.decorator.js';
import { routeAccessOf } from './route-access.js';
import { UserPrincipals } from './user-principals.js';

/**
 * Stands before every route and lets no request through unless the route says so: it is public, or it names the permission
 * that the authenticated has. Callers with an API key that is in use pass without waiting.
 */
@Injectable()
export class AccessGuard extends AuthGuard('access-token') {
  constructor(
    private readonly apiKeys: ApiKeyPrincipals,
    private readonly users: UserPrincipals,
  ) {
    super();
  }

  /** @throws ProblemError authentication_required, permission_denied */
  override canActivate(execution: ExecutionContext): boolean | Promise<boolean> {
    const access = routeAccessOf(execution.getHandler());
    if (access === undefined) throw new Error('A route without a declaration of access was reached');
    if (access.kind === 'public') return true;
    const request = execution.switchToHttp().getRequest<FastifyRequest>();
    const credentials = presentedCredentials(request.headers);
    // Credentials that are wrong are refused also where none are needed.
    const permission = access.kind === 'permission' ? access.permission : null;
    if (credentials.kind === 'access_token') {
      return this.userOf(execution, request).then((authenticated) => admit(request, authenticated, permission));
    }
    if (credentials.kind === 'none') {
      if (permission === null) return true;
      throw authenticationRequired('Sign in and send the access token as a Bearer token, or send an API key.');
    }
    const authenticated = this.apiKeys.authenticate(credentials.key);
    if (authenticated instanceof Promise)
      return authenticated.then((resolved) => admitKey(request, resolved, permission));
    return admitKey(request, authenticated, permission);
  }

  /** What passport answers about an access token. */
  override handleRequest<Claims = AccessClaims>(error: unknown, claims: Claims | false, info: unknown): Claims {
    if (error instanceof Error) throw error;
    if (claims) return claims;
    const expired = info instanceof Error && info.name === 'TokenExpiredError';
    throw authenticationRequired(
      expired ? 'The access token has expired. Refresh the session.' : 'The access token is not valid. Sign in again.',
    );
  }

  private async userOf(execution: ExecutionContext, request: FastifyRequest): Promise<AuthenticatedPrincipal> {
    await super.canActivate(execution);
    const claims = (request as FastifyRequest & { user: AccessClaims }).user;
    const chosen = chosenOrganization(request);
    const principal = await this.users.find(claims, chosen ?? claims.organizationId);
    if (principal !== null) return { organizationId: chosen ?? claims.organizationId, principal };
    // A session that has ended is told so, whichever organization the request was for.
    const atHome = chosen === null ? null : await this.users.find(claims, claims.organizationId);
    if (atHome === null) throw authenticationRequired('Your access has ended. Sign in again, or ask an administrator.');
    throw notYourOrganization();
  }
}

function admitKey(
  request: FastifyRequest,
  authenticated: AuthenticatedPrincipal,
  permission: Permission | null,
): boolean {
  if (permission === null) throw new ProblemError('permission_denied', 'This is for people. Send no API key.');
  const chosen = chosenOrganization(request);
  if (chosen !== null && chosen !== authenticated.organizationId) throw notYourOrganization();
  return admit(request, authenticated, permission);
}

function admit(
  request: FastifyRequest,
  { organizationId, principal }: AuthenticatedPrincipal,
  permission: Permission | null,
): boolean {
  if (permission !== null && !principal.permissions.has(permission)) throw permissionMissing(permission);
  rememberContext(request, { organizationId, principal, requestId: request.id });
  return true;
}

/** The organization that the request asks for; null when it leaves that to the session or key. */
function chosenOrganization(request: FastifyRequest): string | null {
  const chosen = request.headers['x-organization-id'];
  if (chosen === undefined) return null;
  if (typeof chosen === 'string' && isUUID(chosen)) return chosen.toLowerCase();
  throw new ProblemError('validation_failed', 'X-Organization-Id: must be the UUID of one organization', {
    errors: { 'X-Organization-Id': 'must be the UUID of one organization' },
  });
}

function notYourOrganization(): ProblemError {
  return new ProblemError('permission_denied', 'You are no member of the organization that X-Organization-Id names.');
}
