import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { KnownPrincipals } from '../../auth/auth.public.js';
import { parseAuthorizeQuery, parseCallRequest, parseIdempotencyKey } from '../policy/call-request.js';
import { sendDecision } from './authorize-call.answer.js';
import { AuthorizeCallService } from './authorize-call.service.js';

/**
 * The way that nearly all calls take: an API key in use, a request without fault. What Nest puts around a route costs as
 * much memory as all the rest of the request, and holds it while the call waits. Whatever is not as it should be goes
 * on to the controller, which says what is wrong; what it answers and what this answers is written in one place.
 */
@Injectable()
export class AuthorizeCallShortcut {
  constructor(
    private readonly principals: KnownPrincipals,
    private readonly service: AuthorizeCallService,
  ) {}

  /** True when the request is taken and will be answered. */
  take(request: FastifyRequest, reply: FastifyReply): boolean {
    const context = this.principals.contextOf(request, 'calls:authorize');
    if (context === null) return false;
    const call = parseCallRequest(request.body);
    const idempotencyKey = parseIdempotencyKey(request.headers['idempotency-key']);
    const statusOnDeny = parseAuthorizeQuery(request.query);
    if (!call.ok || !idempotencyKey.ok || !statusOnDeny.ok) return false;
    const hangUp = this.service.decide(
      context,
      call.value,
      idempotencyKey.value,
      (decision) => sendDecision(request, reply, decision, statusOnDeny.value),
      (problem) => void reply.send(problem),
    );
    reply.raw.once('close', hangUp);
    return true;
  }
}
