import { Logger } from '@nestjs/common';
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { connectionMetrics } from '../../metrics/metrics.js';
import { ProblemError } from '../problems/problem.error.js';
import { endWithProblem } from './client-errors.js';
import { clientNetwork } from './client-network.js';

interface ConnectionRules {
  /** Open connections in all. One more is closed without a word. */
  most: number;
  /** Open connections of one client. One more is told so, and closed. */
  mostPerClient: number;
  /** A proxy brings the requests of many clients: it has no share. */
  isProxy: (address: string) => boolean;
}

const WARN_EVERY_MS = 60_000;

/** Bounds the connections of the server, so that one client cannot take the room of the others. */
export function boundConnections(server: Server, { most, mostPerClient, isProxy }: ConnectionRules): void {
  const openOf = new Map<string, number>();
  const warn = rareWarning();
  server.maxConnections = most;
  server.on('drop', () => {
    connectionMetrics.refused('all');
    warn(`Connections are refused: ${most} are open (MAX_CONNECTIONS).`);
  });
  server.on('connection', (socket: Socket) => {
    connectionMetrics.opened();
    socket.once('close', () => connectionMetrics.closed());
    const { remoteAddress } = socket;
    if (remoteAddress === undefined || isProxy(remoteAddress)) return;
    const client = clientNetwork(remoteAddress);
    const open = (openOf.get(client) ?? 0) + 1;
    openOf.set(client, open);
    socket.once('close', () => {
      const left = openOf.get(client)! - 1;
      if (left === 0) openOf.delete(client);
      else openOf.set(client, left);
    });
    if (open <= mostPerClient) return;
    connectionMetrics.refused('client');
    warn(`Connections of ${client} are refused: it has ${mostPerClient} open (MAX_CONNECTIONS_PER_ADDRESS).`);
    endWithProblem(socket, tooManyConnections(mostPerClient));
    // Its request must not be decided when nothing is left to answer it on.
    socket.destroy();
  });
}

function tooManyConnections(most: number): ProblemError {
  const detail = `Your address has ${most.toLocaleString('en')} connections open. Close some, or use them again.`;
  return new ProblemError('too_many_requests', detail, { headers: { 'retry-after': '1' } });
}

function rareWarning(): (line: string) => void {
  const logger = new Logger('Connections');
  let warnedAtMs = -Infinity;
  return (line) => {
    if (performance.now() - warnedAtMs < WARN_EVERY_MS) return;
    warnedAtMs = performance.now();
    logger.warn(line);
  };
}
