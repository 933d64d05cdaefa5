import type { Role } from '#contracts';
import { invalidField } from '../../../platform/http/problems/invalid-field.js';
import { ProblemError } from '../../../platform/http/problems/problem.error.js';
import type { RequestContext } from '../../tenancy/tenancy.public.js';
import { permissionsOfUser } from '../access/user-permissions.js';

/** What a member is in an organization, as far as it bears on what they may do to its members. */
export interface MemberStanding {
  /** Null for a platform administrator who is no member. */
  role: Role | null;
  platformAdmin: boolean;
  /** Limited to clients. */
  limited: boolean;
}

/** Whether the member may give others that role. */
export function mayGive(giver: MemberStanding, role: Role): boolean {
  const { platformAdmin, limited } = giver;
  return permissionsOfUser(giver.role, platformAdmin, limited).includes('users:manage') && mayHandle(giver, role);
}

/** Owners are made, changed and removed by owners. */
function mayHandle({ role, platformAdmin }: Omit<MemberStanding, 'limited'>, ...involved: Role[]): boolean {
  return !involved.includes('owner') || role === 'owner' || platformAdmin;
}

/** @throws ProblemError permission_denied when the roles involve an owner and the caller is none */
export function requireMayHandle(context: RequestContext, ...involved: Role[]): void {
  const { principal } = context;
  if (principal.kind === 'user' && mayHandle(principal, ...involved)) return;
  throw new ProblemError('permission_denied', 'Only owners make, change and remove owners. Ask one of them.');
}

/** @throws ProblemError conflict when the user is the only owner */
export function requireOwnerRemains(ownerIds: readonly string[], leavingUserId: string): void {
  if (ownerIds.length > 1 || !ownerIds.includes(leavingUserId)) return;
  throw new ProblemError('conflict', 'This is the last owner of the organization. Make somebody else an owner first.');
}

/** @throws ProblemError validation_failed: one member has to see all of the organization */
export function requireUnlimitedOwner(role: Role | undefined, clientIds: readonly string[] | null): void {
  if (role !== 'owner' || clientIds === null) return;
  throw invalidField('clientIds', 'cannot limit an owner; choose another role, or send null');
}
