import { permissions, type Permission } from '#contracts';
import { ProblemError } from '../../../platform/http/problems/problem.error.js';

/**
 * The refusal of a request whose principal is unknown. The challenge (RFC 9110, 11.6.1) names Bearer only: a browser that reads
 * Basic there would ask for a password in a window of its own.
 */
export function authenticationRequired(detail: string): ProblemError {
  return new ProblemError('authentication_required', detail, {
    headers: { 'www-authenticate': 'Bearer realm="ringfence"' },
  });
}

export function permissionMissing(permission: Permission): ProblemError {
  return new ProblemError(
    'permission_denied',
    `This needs the permission ${permission} (${permissions[permission].toLowerCase()}). Ask an administrator for it.`,
  );
}
