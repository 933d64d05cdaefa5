export { AuthModule } from './auth.module.js';
export { AccessChanges } from './access/access-changes.js';
export { newApiKey } from './api-keys/api-key-format.js';
export { isPlainEmail } from './email-address.js';
export { newInvitationToken } from './invitations/invitation-token.js';
export { KnownPrincipals } from './access/known-principals.js';
export { Context } from './access/request-context.decorator.js';
export { Public, RequirePermission } from './access/route-access.js';
export { hashPassword } from './passwords.js';
