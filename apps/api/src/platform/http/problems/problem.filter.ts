import { type ArgumentsHost, Catch, type ExceptionFilter, Logger } from '@nestjs/common';
import type { Problem } from '#contracts';
import { problemTypes } from '#contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { prefersText } from './accepted-form.js';
import { bodyTooLarge } from '../bodies/bodies.js';
import type { KnownRoutes } from '../hooks/known-routes.js';
import { failureNote, noteInLog } from '../hooks/log-notes.js';
import { ProblemError } from './problem.error.js';
import { problemOf } from './problem-of.js';

/**
 * Turns everything that is thrown into `application/problem+json` (RFC 9457), or into the line `error <code>` for a
 * client that would rather have text. What is unexpected is logged, not told.
 */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('Problem');

  constructor(private readonly routes: KnownRoutes) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    let problem = problemOf(error);
    if (problem.code === 'payload_too_large' && !(error instanceof ProblemError)) problem = bodyTooLarge(request);
    if (problem.code === 'not_found') {
      const methods = this.routes.methodsOf(pathOf(request));
      if (methods.length > 0 && request.method === 'OPTIONS') return answerOptions(reply, methods);
      if (methods.length > 0 && !methods.includes(request.method)) problem = methodNotAllowed(request.method, methods);
    }
    if (problem.status >= 500 && !(error instanceof ProblemError)) this.report(error, problem, request.id);
    if (problem.status >= 500) noteInLog(request, failureNote(problem));
    if (reply.sent || reply.raw.headersSent) return;
    void reply
      .code(problem.status)
      .headers({ ...problem.options.headers, 'x-request-id': request.id, 'cache-control': 'no-store' });
    if (prefersText(request.headers.accept)) {
      void reply.type('text/plain; charset=utf-8').send(`error ${problem.code}\n`);
      return;
    }
    void reply.type('application/problem+json').serializer(JSON.stringify).send(problemBody(problem, request.id));
  }

  private report(error: unknown, problem: ProblemError, requestId: string): void {
    const stack = error instanceof Error ? error.stack : String(error);
    if (problem.code === 'internal_error') this.logger.error({ msg: 'Unexpected error', requestId, stack });
    else this.logger.warn({ msg: problem.detail, requestId, cause: error instanceof Error ? error.message : stack });
  }
}

/** The body of a problem. Its type is the address of a page that this server answers. */
export function problemBody(problem: ProblemError, requestId?: string): Problem {
  const { status, title } = problemTypes[problem.code];
  const { errors } = problem.options;
  return {
    type: `/docs/problems/${problem.code}`,
    code: problem.code,
    title,
    status,
    detail: problem.detail,
    message: problem.detail,
    ...(errors && { errors }),
    ...(requestId !== undefined && { requestId }),
  };
}

function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0] ?? '';
}

function methodNotAllowed(method: string, allowed: string[]): ProblemError {
  const names = allowed.join(', ');
  return new ProblemError('method_not_allowed', `${method} is not possible here. Use ${names}.`, {
    headers: { allow: names },
  });
}

function answerOptions(reply: FastifyReply, methods: string[]): void {
  void reply.code(204).header('allow', methods.join(', ')).send();
}
