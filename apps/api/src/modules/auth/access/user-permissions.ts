import { permissionsOfRole, type Permission, type Role } from '#contracts';

/** What a member who is limited to clients may do: nothing that shows or touches what belongs to others. */
const WITHIN_CLIENTS: ReadonlySet<Permission> = new Set([
  'numbers:read',
  'numbers:write',
  'agents:read',
  'agents:write',
  'assignments:read',
  'assignments:write',
  'organization:read',
]);

/**
 * A platform administrator may do everything in every organization. A limit to clients takes away what cannot be limited:
 * figures of the whole organization, its settings, members and keys. Agents reach only their own anyway.
 */
export function permissionsOfUser(role: Role | null, platformAdmin: boolean, limited: boolean): readonly Permission[] {
  if (platformAdmin) return [...permissionsOfRole.owner, 'platform:manage'];
  if (role === null) return [];
  const permissions: readonly Permission[] = permissionsOfRole[role];
  return limited && role !== 'agent' ? permissions.filter((permission) => WITHIN_CLIENTS.has(permission)) : permissions;
}
