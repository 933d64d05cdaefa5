import type { Principal, RequestContext } from '../../tenancy/tenancy.public.js';

/** Who asked for an import, kept with the job: the work is done long after the request. */
export interface ImportActor {
  kind: 'user' | 'api_key';
  id: string;
  /** E-mail or name of the key. */
  label: string;
}

export function actorOf({ principal }: RequestContext): ImportActor {
  return principal.kind === 'user'
    ? { kind: 'user', id: principal.userId, label: principal.email }
    : { kind: 'api_key', id: principal.apiKeyId, label: principal.name };
}

/** The context of the work. It permits nothing: what was asked for was permitted when it was asked. */
export function contextOfJob(
  organizationId: string,
  { actor, requestId }: { actor: ImportActor; requestId: string },
): RequestContext {
  const permissions = new Set<never>();
  const principal: Principal =
    actor.kind === 'user'
      ? {
          kind: 'user',
          userId: actor.id,
          sessionId: null,
          email: actor.label,
          role: null,
          platformAdmin: false,
          clientIds: null,
          permissions,
        }
      : { kind: 'api_key', apiKeyId: actor.id, name: actor.label, permissions };
  return { organizationId, principal, requestId };
}
