import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { problemBody } from '../problems/problem.filter.js';
import { problemOf } from '../problems/problem-of.js';
import { ProblemError } from '../problems/problem.error.js';
import { requestIdOf } from '../hooks/request-id.js';
import { isSupervisedUpload } from '../uploads/slow-uploads.js';

/**
 * Answers what never became a request: a header that is too large, no HTTP at all, or a request that does not arrive in
 * time. Then the connection is closed.
 */
export function answerUnreadable(error: NodeJS.ErrnoException, socket: Socket): void {
  const isLate = error.code === 'ERR_HTTP_REQUEST_TIMEOUT';
  if (isLate && isSupervisedUpload(socket)) return;
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable || hasAnswer(socket)) {
    socket.destroy();
    return;
  }
  endWithProblem(socket, isLate ? requestTooSlow() : unreadable(error));
}

function unreadable({ code }: NodeJS.ErrnoException): ProblemError {
  const tooLarge = code === 'HPE_HEADER_OVERFLOW';
  const detail = tooLarge ? 'The headers are too large.' : 'This is not an HTTP request that the server can read.';
  return new ProblemError('malformed_request', detail);
}

export function requestTooSlow(): ProblemError {
  return new ProblemError('request_timeout', 'The request did not arrive in time. Send it again, without pauses.');
}

/** Node keeps the answer that a connection waits for here, and offers no other way to ask whether it has begun. */
function hasAnswer(socket: Socket): boolean {
  return (socket as { _httpMessage?: ServerResponse })._httpMessage?.headersSent ?? false;
}

/** Writes an answer where there is no request to reply to, and closes the connection. */
export function endWithProblem(socket: Socket, problem: ProblemError): void {
  const requestId = requestIdOf({ headers: {} });
  const body = JSON.stringify(problemBody(problem, requestId));
  const head = [
    `HTTP/1.1 ${problem.status} ${REASONS[problem.status] ?? 'Refused'}`,
    'content-type: application/problem+json',
    `content-length: ${Buffer.byteLength(body)}`,
    `x-request-id: ${requestId}`,
    ...Object.entries(problem.options.headers ?? {}).map(([name, value]) => `${name}: ${value}`),
    'connection: close',
  ];
  socket.write(`${head.join('\r\n')}\r\n\r\n${body}`);
  socket.destroySoon();
}

const REASONS: Record<number, string> = {
  400: 'Bad Request',
  408: 'Request Timeout',
  429: 'Too Many Requests',
};

/** Answers an address that the router cannot even read, such as a percent sign without its digits. */
export function answerUnroutable(error: Error, request: FastifyRequest, reply: FastifyReply): void {
  const problem = problemOf(error);
  void reply
    .code(problem.status)
    .headers({ 'x-request-id': request.id, 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' })
    .type('application/problem+json')
    .serializer(JSON.stringify)
    .send(problemBody(problem, request.id));
}
