/**
 * What a caller may do. Roles are sets of permissions; an API key's scopes are permissions of the same names.
 * A route names exactly one permission (or says that it is public): the API does not start otherwise.
 */
export const permissions = {
  'calls:authorize': 'Ask the call gate for a decision',
  'calls:settle': 'Complete or void the calls that it authorized itself',
  'calls:settle-any': 'Complete or void the calls that others authorized as well',
  'calls:read': 'Read the decision log',
  'numbers:read': 'Read phone numbers',
  'numbers:write': 'Add, change, upload and delete phone numbers',
  'agents:read': 'Read agents',
  'agents:write': 'Add, change and delete agents',
  'assignments:read': 'Read agent assignments',
  'assignments:write': 'Assign and unassign numbers, set limits and countries',
  'usage:read': 'Read usage',
  'usage:reset': "Reset today's counters by hand",
  'organization:read': 'Read the organization',
  'organization:write': 'Change the settings of the organization',
  'keys:manage': 'Create and revoke API keys',
  'users:manage': 'Invite, change and remove users',
  'audit:read': 'Read the audit log',
  'platform:manage': 'Manage organizations and the pool',
} as const satisfies Record<string, string>;

export type Permission = keyof typeof permissions;
export const permissionList = Object.keys(permissions) as Permission[];

export const roles = ['owner', 'admin', 'manager', 'agent'] as const;
export type Role = (typeof roles)[number];

const readEverything = [
  'calls:read',
  'numbers:read',
  'agents:read',
  'assignments:read',
  'usage:read',
  'organization:read',
] as const satisfies readonly Permission[];

const administer = [
  ...readEverything,
  'calls:authorize',
  'calls:settle',
  'calls:settle-any',
  'numbers:write',
  'agents:write',
  'assignments:write',
  'usage:reset',
  'organization:write',
  'keys:manage',
  'users:manage',
  'audit:read',
] as const satisfies readonly Permission[];

/** An agent's permissions reach only what is its own: the services narrow them to the agents linked to the user. */
export const permissionsOfRole = {
  owner: administer,
  admin: administer,
  manager: readEverything,
  agent: ['calls:authorize', 'calls:settle', 'calls:read', 'agents:read', 'assignments:read', 'organization:read'],
} as const satisfies Record<Role, readonly Permission[]>;

/** The permissions that an API key may carry. */
export const apiKeyScopes = [
  'calls:authorize',
  'calls:settle',
  'calls:settle-any',
  'calls:read',
  'numbers:read',
  'numbers:write',
  'agents:read',
  'agents:write',
  'assignments:read',
  'assignments:write',
  'usage:read',
] as const satisfies readonly Permission[];
export type ApiKeyScope = (typeof apiKeyScopes)[number];
