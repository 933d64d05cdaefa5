import type { Readable } from 'node:stream';
import { ProblemError } from '../problems/problem.error.js';

/** How many files an organization may take from one process at once. Each reads chunk by chunk, and shares the pool with lists. */
const MOST_AT_ONCE = 5;
const RETRY_AFTER_S = 5;

const underWay = new Map<string, number>();

/**
 * Counts the export of a file until its stream is closed, whichever way it ends.
 *
 * @throws ProblemError too_many_requests
 */
export function countExport(organizationId: string, open: () => Readable): Readable {
  const others = underWay.get(organizationId) ?? 0;
  if (others >= MOST_AT_ONCE) throw tooManyExports();
  underWay.set(organizationId, others + 1);
  const stream = open();
  stream.once('close', () => {
    const left = underWay.get(organizationId)! - 1;
    if (left > 0) underWay.set(organizationId, left);
    else underWay.delete(organizationId);
  });
  return stream;
}

function tooManyExports(): ProblemError {
  const detail = `Your organization is downloading ${MOST_AT_ONCE} files already. Take the next one when one of them is done.`;
  return new ProblemError('too_many_requests', detail, { headers: { 'retry-after': String(RETRY_AFTER_S) } });
}
