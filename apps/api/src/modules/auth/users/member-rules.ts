import type { Role } from '#contracts';
import { ProblemError } from '../../../platform/http/problem.error.js';
import type { RequestContext } from '../../tenancy/tenancy.public.js';

/** @throws ProblemError permission_denied when the roles involve an owner and the caller is none */
export function requireMayHandle(context: RequestContext, ...involved: Role[]): void {
  const { principal } = context;
  if (!involved.includes('owner')) return;
  if (principal.kind === 'user' && (principal.role === 'owner' || principal.platformAdmin)) return;
  throw new ProblemError('permission_denied', 'Only owners make, change and remove owners. Ask one of them.');
}

/** @throws ProblemError conflict when the user is the only owner */
export function requireOwnerRemains(ownerIds: readonly string[], leavingUserId: string): void {
  if (ownerIds.length > 1 || !ownerIds.includes(leavingUserId)) return;
  throw new ProblemError('conflict', 'This is the last owner of the organization. Make somebody else an owner first.');
}

/** @throws ProblemError validation_failed: somebody has to see all of the organization */
export function requireUnlimitedOwner(role: Role | undefined, clientIds: readonly string[] | null): void {
  if (role !== 'owner' || clientIds === null) return;
  const message = 'cannot limit an owner; choose another role, or send null';
  throw new ProblemError('validation_failed', `clientIds: ${message}`, { errors: { clientIds: message } });
}
