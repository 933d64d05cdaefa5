import type { FastifyReply } from 'fastify';
import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { ProblemError } from '../problems/problem.error.js';

/** How many files an organization may take from one process at once. Each reads chunk by chunk, and shares the pool with lists. */
const MOST_AT_ONCE = 5;
const RETRY_AFTER_S = 5;

const underWay = new Map<string, number>();

/**
 * Counts the export of a file until its stream is closed, whichever way it ends. To a request for the head alone nothing is
 * read: Fastify would read the whole file, and drop it.
 *
 * @throws ProblemError too_many_requests
 */
export function countExport(reply: FastifyReply, organizationId: string, open: () => Readable): Readable {
  if (reply.request.method === 'HEAD') return Readable.from([]);
  const others = underWay.get(organizationId) ?? 0;
  if (others >= MOST_AT_ONCE) throw tooManyExports();
  const stream = open();
  underWay.set(organizationId, others + 1);
  const letGo = closeWithConnection(stream, reply.request.raw.socket);
  stream.once('close', () => {
    letGo();
    const left = underWay.get(organizationId)! - 1;
    if (left > 0) underWay.set(organizationId, left);
    else underWay.delete(organizationId);
  });
  return stream;
}

/**
 * An answer that waits behind others on its connection is told by Node 24 that the connection is gone, and by Node 20 never:
 * its stream would stay open for ever.
 */
function closeWithConnection(stream: Readable, connection: Socket): () => void {
  const close = () => stream.destroy();
  connection.once('close', close);
  if (connection.destroyed) close();
  return () => connection.off('close', close);
}

function tooManyExports(): ProblemError {
  const detail = `Your organization is downloading ${MOST_AT_ONCE} files already. Take the next one when one of them is done.`;
  return new ProblemError('too_many_requests', detail, { headers: { 'retry-after': String(RETRY_AFTER_S) } });
}
