import type { FastifyRequest } from 'fastify';
import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** What a client must bring for each second of the server's request timeout: a tenth of an old modem. */
const LEAST_BYTES_PER_SECOND = 1_024;

const supervised = new WeakSet<Socket>();

/** Whether the request that arrives there is an upload, which the server's request timeout leaves alone. */
export function isSupervisedUpload(socket: Socket): boolean {
  return supervised.has(socket);
}

/**
 * Gives an upload as long as it takes, as long as it goes on: in each span of the server's request timeout it must bring
 * some bytes. Call it when reading begins. What was sent and waits to be read is not held against the client.
 *
 * @param end closes the connection of a client that is too slow
 */
export function superviseUpload(request: FastifyRequest, end: (socket: Socket) => void): void {
  const { raw, socket } = request;
  const spanMs = (request.server.server as Server).requestTimeout;
  if (spanMs === 0 || raw.complete || supervised.has(socket)) return;
  const leastBytes = (spanMs / 1_000) * LEAST_BYTES_PER_SECOND;
  let seen = socket.bytesRead;
  supervised.add(socket);
  const timer = setInterval(() => {
    const arrived = socket.bytesRead - seen;
    seen = socket.bytesRead;
    if (raw.complete || raw.readableLength > 0 || arrived >= leastBytes) return;
    end(socket);
  }, spanMs).unref();
  raw.once('close', () => {
    clearInterval(timer);
    supervised.delete(socket);
  });
}
