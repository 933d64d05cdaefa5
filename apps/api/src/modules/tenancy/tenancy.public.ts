export { type Principal, type RequestContext, clientLimit, ownAgentsOnly } from './request-context.js';
