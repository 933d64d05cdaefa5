import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { problemOf } from '../../../platform/http/problems/problem-of.js';
import { gateMetrics } from '../engine/gate-metrics.js';
import { gateUnavailable } from '../engine/gate-unavailable.js';

/**
 * Before a call is decided the guard finds out who calls, and that may fail as well. The dialer then gets the one answer
 * that it knows as "do not dial, ask again". Whatever else was thrown goes on as it is.
 */
@Catch()
export class GateProblemFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    void host.switchToHttp().getResponse<FastifyReply>().send(answerTo(error));
  }
}

function answerTo(error: unknown): Error {
  const problem = problemOf(error);
  if (problem.code !== 'service_unavailable') return error instanceof Error ? error : problem;
  gateMetrics.unavailable('access', 1);
  return gateUnavailable('what you may do could not be looked up', problem.cause ?? problem);
}
