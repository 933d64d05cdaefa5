export { type Principal, type RequestContext, ownAgentsOnly } from './request-context.js';
