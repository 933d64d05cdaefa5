import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import type { Logger } from 'pino';
import { maskPhoneNumbers } from '../../logging/mask-phone-numbers.js';
import { maskSecretsInUrl } from '../../logging/mask-secrets.js';
import { routeTimer } from '../../metrics/metrics.js';
import { refuseUnstorableAddress } from '../bodies/unstorable-text.js';
import { ProblemError } from '../problems/problem.error.js';
import { hotTraffic } from './hot-traffic.js';
import { notedInLog } from './log-notes.js';
import { type SecurityHeaders } from './security-headers.js';

interface RequestHookRules {
  /** Routes that do their own checks and are not logged: each microsecond of them counts. */
  hotRoutes: readonly string[];
  /** Routes that are asked every few seconds and would drown the log. */
  unloggedRoutes: readonly string[];
  headers: SecurityHeaders;
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
    if (request.url.length > SHORT_ADDRESS) boundParameters(request.url);
    if (request.is404) reply.headers(rules.headers);
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
    if (!hot) addPoliteHooks(route, rules.headers);
    addTo(route, 'onResponse', (request: FastifyRequest, reply: FastifyReply, done: () => void) => {
      timer(reply.statusCode, reply.elapsedTime);
      if (hot) hotTraffic.answered();
      // What could not be answered is logged on hot routes too: it is rare, and an operator looks for its request id.
      if (logged || (hot && reply.statusCode >= 500)) logRequest(logger, request, reply);
      done();
    });
  });
}

function addPoliteHooks(route: RouteOptions, headers: SecurityHeaders): void {
  addTo(route, 'onRequest', (_request: FastifyRequest, reply: FastifyReply, done: () => void) => {
    reply.headers(headers);
    done();
  });
  addTo(route, 'preValidation', (request: FastifyRequest, _reply: FastifyReply, done: () => void) => {
    refuseUnstorableAddress(request);
    done();
  });
}

/** No route takes so many parameters. The work for each would be small, but 8,000 fit into an address. */
const MAX_PARAMETERS = 100;
/** Most addresses are shorter, and not worth a look. */
const SHORT_ADDRESS = 512;

/** @throws ProblemError validation_failed */
function boundParameters(url: string): void {
  let parameters = 1;
  for (let at = url.indexOf('&'); at >= 0; at = url.indexOf('&', at + 1)) parameters += 1;
  if (parameters <= MAX_PARAMETERS) return;
  const message = `must not have more than ${MAX_PARAMETERS} parameters`;
  throw new ProblemError('validation_failed', `The query ${message}.`, { errors: { query: message } });
}

/** A route's hook may be one function or several. */
function addTo(route: RouteOptions, name: 'onRequest' | 'preValidation' | 'onResponse', hook: unknown): void {
  const given: unknown = route[name];
  const others: unknown[] = given === undefined ? [] : [given].flat();
  Object.assign(route, { [name]: [hook, ...others] });
}

/** Enough to find a request by; masking a longer address would take more time than the request. */
const MAX_LOGGED_ADDRESS = 2_000;

function shown(url: string): string {
  return url.length > MAX_LOGGED_ADDRESS ? `${url.slice(0, MAX_LOGGED_ADDRESS)}…` : url;
}

function logRequest(logger: Logger, request: FastifyRequest, reply: FastifyReply): void {
  const url = maskPhoneNumbers(maskSecretsInUrl(shown(request.url)));
  const ms = Math.round(reply.elapsedTime * 10) / 10;
  const note = notedInLog(request);
  const fields = { requestId: request.id, method: request.method, url, status: reply.statusCode, ms, ...note };
  logger[note ? 'warn' : 'info'](fields, `${request.method} ${url} ${reply.statusCode}`);
}
