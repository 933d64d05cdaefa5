import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import type { Logger } from 'pino';
import { maskPhoneNumbers } from '../logging/mask-phone-numbers.js';
import { routeTimer } from '../metrics/metrics.js';
import { hotTraffic } from './hot-traffic.js';
import { notedInLog } from './log-notes.js';
import { ProblemError } from './problem.error.js';
import { securityHeaders } from './security-headers.js';
import { refuseUnstorableAddress } from './unstorable-text.js';
import { isUnwantedMultipart } from './uploads.js';

interface RequestHookRules {
  /** Routes that do their own checks and are not logged: each microsecond of them counts. */
  hotRoutes: readonly string[];
  /** Routes that are asked every few seconds and would drown the log. */
  unloggedRoutes: readonly string[];
}

/**
 * What happens around every request. The hooks are put on each route when it is registered, so that a hot route does
 * not even pass the ones that it skips.
 */
export function addRequestHooks(instance: FastifyInstance, logger: Logger, rules: RequestHookRules): void {
  const unmatched = routeTimer('ANY', 'unmatched');
  instance.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id);
    reply.header('x-content-type-options', 'nosniff');
    reply.header('cache-control', 'no-store');
    if (request.is404) reply.headers(securityHeaders);
    done();
  });
  instance.addHook('onResponse', (request, reply, done) => {
    if (request.is404) {
      unmatched(reply.statusCode, reply.elapsedTime);
      logRequest(logger, request, reply);
    }
    done();
  });
  instance.addHook('onRoute', (route) => {
    const timer = routeTimer([route.method].flat().join(','), route.url);
    const hot = rules.hotRoutes.includes(route.url);
    const logged = !hot && !rules.unloggedRoutes.includes(route.url);
    if (!hot) addPoliteHooks(route);
    addTo(route, 'onResponse', (request: FastifyRequest, reply: FastifyReply, done: () => void) => {
      timer(reply.statusCode, reply.elapsedTime);
      if (hot) hotTraffic.answered();
      // What could not be answered is logged on hot routes too: it is rare, and an operator looks for its request id.
      if (logged || (hot && reply.statusCode >= 500)) logRequest(logger, request, reply);
      done();
    });
  });
}

function addPoliteHooks(route: RouteOptions): void {
  addTo(route, 'onRequest', (_request: FastifyRequest, reply: FastifyReply, done: () => void) => {
    reply.headers(securityHeaders);
    done();
  });
  addTo(route, 'preValidation', (request: FastifyRequest, _reply: FastifyReply, done: () => void) => {
    if (isUnwantedMultipart(request))
      throw new ProblemError('unsupported_media_type', 'Send the body as application/json.');
    refuseUnstorableAddress(request);
    done();
  });
}

/** A route's hook may be one function or several. */
function addTo(route: RouteOptions, name: 'onRequest' | 'preValidation' | 'onResponse', hook: unknown): void {
  const given: unknown = route[name];
  const others: unknown[] = given === undefined ? [] : [given].flat();
  Object.assign(route, { [name]: [hook, ...others] });
}

function logRequest(logger: Logger, request: FastifyRequest, reply: FastifyReply): void {
  const url = maskPhoneNumbers(request.url);
  const ms = Math.round(reply.elapsedTime * 10) / 10;
  const note = notedInLog(request);
  const fields = { requestId: request.id, method: request.method, url, status: reply.statusCode, ms, ...note };
  logger[note ? 'warn' : 'info'](fields, `${request.method} ${url} ${reply.statusCode}`);
}
