import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Permission } from '#contracts';
import type { RequestContext } from '../../tenancy/tenancy.public.js';
import { ApiKeyPrincipals } from './api-key-principals.js';
import { presentedCredentials } from './presented-credentials.js';

/**
 * Recognizes callers with an API key in steady use, for a route where waiting costs too much. It only ever lets through
 * whom the guard would let through; whomever it does not recognize, the guard has to look at.
 */
@Injectable()
export class KnownPrincipals {
  constructor(private readonly apiKeys: ApiKeyPrincipals) {}

  /** @returns null when the guard must decide */
  contextOf(request: FastifyRequest, permission: Permission): RequestContext | null {
    if (request.headers['x-organization-id'] !== undefined) return null;
    const credentials = presentedCredentials(request.headers);
    if (credentials.kind !== 'api_key') return null;
    const authenticated = this.apiKeys.known(credentials.key);
    if (authenticated === null || !authenticated.principal.permissions.has(permission)) return null;
    return { organizationId: authenticated.organizationId, principal: authenticated.principal, requestId: request.id };
  }
}
