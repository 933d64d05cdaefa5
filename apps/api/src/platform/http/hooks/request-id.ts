import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

const WELL_FORMED = /^[\w.-]{1,64}$/;

// A random part for each process and a counter are unique enough to find a request, and cost nothing next to a UUID.
const processPart = randomBytes(6).toString('hex');
let counter = 0;

/** The caller's X-Request-Id when it is well-formed, else a new one. */
export function requestIdOf(request: Pick<IncomingMessage, 'headers'>): string {
  const given = request.headers['x-request-id'];
  if (typeof given === 'string' && WELL_FORMED.test(given)) return given;
  counter += 1;
  return `${processPart}-${counter.toString(36)}`;
}
