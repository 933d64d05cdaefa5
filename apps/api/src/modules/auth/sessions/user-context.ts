import type { RequestContext } from '../../tenancy/tenancy.public.js';

/** Whose session it is. */
export interface SessionOwner {
  id: string;
  email: string;
  platformAdmin: boolean;
}

/** On whose behalf something is recorded that a person does who is not let in yet: signing in, accepting an invitation. */
export function contextOfUser(user: SessionOwner, organizationId: string, requestId: string): RequestContext {
  const { id, email, platformAdmin } = user;
  return {
    organizationId,
    principal: {
      kind: 'user',
      userId: id,
      sessionId: null,
      email,
      role: null,
      platformAdmin,
      clientIds: null,
      permissions: new Set(),
    },
    requestId,
  };
}
