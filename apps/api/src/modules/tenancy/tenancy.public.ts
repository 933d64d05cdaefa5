export { PLATFORM_ORGANIZATION } from './platform-organization.js';
export { type Principal, type RequestContext, clientLimit, ownAgentsOnly } from './request-context.js';
