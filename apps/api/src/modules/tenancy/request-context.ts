import type { Permission, Role } from '#contracts';

/** Who acts. */
export type Principal =
  | {
      kind: 'user';
      userId: string;
      /** The sign-in that the request comes from; null for work that goes on without one. */
      sessionId: string | null;
      email: string;
      /** Role in the organization of the context; null for a platform administrator who is no member of it. */
      role: Role | null;
      platformAdmin: boolean;
      /** The clients that the user is limited to in the organization; null for no limit. */
      clientIds: readonly string[] | null;
      permissions: ReadonlySet<Permission>;
    }
  | { kind: 'api_key'; apiKeyId: string; name: string; permissions: ReadonlySet<Permission> };

/** What every use case gets first: for whom it works, and on whose behalf. */
export interface RequestContext {
  organizationId: string;
  principal: Principal;
  requestId: string;
}

/**
 * The user whose own agents bound what the caller may see and do; null when the caller is not bound to own agents.
 */
export function ownAgentsOnly(context: RequestContext): string | null {
  const { principal } = context;
  return principal.kind === 'user' && principal.role === 'agent' ? principal.userId : null;
}

/** The clients whose numbers and agents bound what the caller may see and do; null when nothing does. */
export function clientLimit(context: RequestContext): readonly string[] | null {
  const { principal } = context;
  return principal.kind === 'user' ? principal.clientIds : null;
}
