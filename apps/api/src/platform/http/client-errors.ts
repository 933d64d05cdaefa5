import type { Socket } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { problemBody } from './problem.filter.js';
import { problemOf } from './problem-of.js';
import { ProblemError } from './problem.error.js';
import { requestIdOf } from './request-id.js';

/** Answers what is no HTTP request at all, such as a header that is too large, before there is a request to speak of. */
export function answerUnreadable(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) return;
  const tooLarge = error.code === 'HPE_HEADER_OVERFLOW';
  const detail = tooLarge ? 'The headers are too large.' : 'This is not an HTTP request that the server can read.';
  const requestId = requestIdOf({ headers: {} });
  const body = JSON.stringify(problemBody(new ProblemError('malformed_request', detail), requestId));
  const head = [
    'HTTP/1.1 400 Bad Request',
    'content-type: application/problem+json',
    `content-length: ${Buffer.byteLength(body)}`,
    `x-request-id: ${requestId}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

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
