import type { Permission } from '#contracts';
import { usePermissions } from 'react-admin';

export type Permissions = readonly Permission[];

export function may(permissions: Permissions | undefined, permission: Permission): boolean {
  return permissions?.includes(permission) ?? false;
}

/** Whether the signed-in person may do something; false until it is known. */
export function useMay(permission: Permission): boolean {
  const { permissions } = usePermissions<Permissions>();
  return may(permissions, permission);
}
