import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { problemOf } from '../../../platform/http/problems/problem-of.js';
import { ProblemError } from '../../../platform/http/problems/problem.error.js';
import { gateMetrics } from '../engine/gate-metrics.js';
import { gateUnavailable } from '../engine/gate-unavailable.js';

/** One header each (RFC 9110, section 11.6.1): a list in one line is read by fewer clients. */
const CHALLENGES = ['Bearer realm="ringfence"', 'Basic realm="ringfence"'];

/**
 * Answers a dialer's requests that fail before they reach the gate. Who calls may be impossible to look up: that is the one
 * answer that the dialer knows as "do not dial, ask again". And a client that sends its password only once it is challenged
 * (libcurl with CURLAUTH_ANY) is challenged. Whatever else was thrown goes on as it is.
 */
@Catch()
export class GateProblemFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    void http.getResponse<FastifyReply>().send(answerTo(error, http.getRequest<FastifyRequest>()));
  }
}

function answerTo(error: unknown, request: FastifyRequest): Error {
  const problem = problemOf(error);
  if (problem.code === 'authentication_required') return withBasicChallenge(problem, request);
  if (problem.code !== 'service_unavailable') return error instanceof Error ? error : problem;
  gateMetrics.unavailable('access', 1);
  return gateUnavailable('what you may do could not be looked up', problem.cause ?? problem);
}

/** A browser that reads Basic asks for a password in a window of its own. With a POST it names its origin (Fetch, section 3.1). */
function withBasicChallenge(problem: ProblemError, { headers }: FastifyRequest): ProblemError {
  if (headers.origin !== undefined) return problem;
  return new ProblemError(problem.code, problem.detail, {
    ...problem.options,
    headers: { ...problem.options.headers, 'www-authenticate': CHALLENGES },
  });
}
