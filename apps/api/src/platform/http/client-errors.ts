import type { Socket } from 'node:net';
import { problemBody } from './problem.filter.js';
import { ProblemError } from './problem.error.js';

/** Answers what is no HTTP request at all, such as a header that is too large, before there is a request to speak of. */
export function answerUnreadable(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) return;
  const tooLarge = error.code === 'HPE_HEADER_OVERFLOW';
  const detail = tooLarge ? 'The headers are too large.' : 'This is not an HTTP request that the server can read.';
  const body = JSON.stringify(problemBody(new ProblemError('malformed_request', detail)));
  const head = [
    'HTTP/1.1 400 Bad Request',
    'content-type: application/problem+json',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
