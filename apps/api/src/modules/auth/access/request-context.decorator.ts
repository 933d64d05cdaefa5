import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { RequestContext } from '../../tenancy/tenancy.public.js';

const CONTEXT = Symbol('request context');

interface RequestWithContext extends FastifyRequest {
  [CONTEXT]?: RequestContext;
}

/** Gives a route the context that the guard found out: for which organization it works, and on whose behalf. */
export const Context = createParamDecorator((_: unknown, execution: ExecutionContext): RequestContext => {
  const context = contextOf(execution);
  if (!context) throw new Error('A public route has no request context');
  return context;
});

/** The same for a public route: undefined when the request has no credentials. */
export const OptionalContext = createParamDecorator((_: unknown, execution: ExecutionContext) => contextOf(execution));

function contextOf(execution: ExecutionContext): RequestContext | undefined {
  return execution.switchToHttp().getRequest<RequestWithContext>()[CONTEXT];
}

export function rememberContext(request: FastifyRequest, context: RequestContext): void {
  (request as RequestWithContext)[CONTEXT] = context;
}
