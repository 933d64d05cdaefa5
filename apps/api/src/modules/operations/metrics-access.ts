import type { FastifyRequest } from 'fastify';
import { hash, timingSafeEqual } from 'node:crypto';
import { networkTest } from '../../platform/http/connections/client-network.js';
import { ProblemError } from '../../platform/http/problems/problem.error.js';

/** What proxies add to a request. With one of them it comes from elsewhere, though the proxy is on this machine. */
const MARKS_OF_PROXIES = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'via'];

const isThisMachine = networkTest(['127.0.0.0/8', '::1']);

/**
 * Metrics tell how much each part of the business does, and cost something to collect.
 *
 * @throws ProblemError authentication_required without the token, permission_denied when there is none to send
 */
export function demandMetricsAccess(request: Pick<FastifyRequest, 'headers' | 'socket'>, token?: string): void {
  if (token !== undefined) {
    if (isSame(bearerOf(request.headers.authorization), token)) return;
    throw new ProblemError('authentication_required', 'Send METRICS_TOKEN as Bearer token.', {
      headers: { 'www-authenticate': 'Bearer' },
    });
  }
  const { remoteAddress } = request.socket;
  const isDirect = MARKS_OF_PROXIES.every((name) => request.headers[name] === undefined);
  if (remoteAddress !== undefined && isDirect && isThisMachine(remoteAddress)) return;
  throw new ProblemError(
    'permission_denied',
    'Metrics are told to the machine itself only. Set METRICS_TOKEN, and send it as Bearer token.',
  );
}

function bearerOf(authorization: string | undefined): string {
  return /^bearer +(\S+)$/i.exec(authorization ?? '')?.[1] ?? '';
}

/** The time that the comparison takes tells nothing of the token. */
function isSame(given: string, expected: string): boolean {
  return timingSafeEqual(hash('sha256', given, 'buffer'), hash('sha256', expected, 'buffer'));
}
