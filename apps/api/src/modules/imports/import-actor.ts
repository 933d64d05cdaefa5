import type { Principal, RequestContext } from '../tenancy/tenancy.public.js';

/** Who asked for an import, kept with the job: the work is done long after the request. The label is an e-mail or a key's name. */
export type ImportActor =
  { kind: 'user'; id: string; sessionId: string; label: string } | { kind: 'api_key'; id: string; label: string };

export function actorOf({ principal }: RequestContext): ImportActor {
  return principal.kind === 'user'
    ? { kind: 'user', id: principal.userId, sessionId: principal.sessionId, label: principal.email }
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
          sessionId: actor.sessionId,
          email: actor.label,
          role: null,
          platformAdmin: false,
          clientIds: null,
          permissions,
        }
      : { kind: 'api_key', apiKeyId: actor.id, name: actor.label, permissions };
  return { organizationId, principal, requestId };
}
