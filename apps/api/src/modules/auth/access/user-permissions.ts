import { permissionsOfRole, type Permission, type Role } from '#contracts';

/** A platform administrator may do everything in every organization. */
export function permissionsOfUser(role: Role | null, platformAdmin: boolean): readonly Permission[] {
  if (platformAdmin) return [...permissionsOfRole.owner, 'platform:manage'];
  return role === null ? [] : permissionsOfRole[role];
}
