import type { FastifyRequest } from 'fastify';
import { ProblemError } from './problem.error.js';

const MAX_DEPTH = 32;

/**
 * Refuses what PostgreSQL cannot store (the character NUL) and JSON so deep that walking it would exhaust the stack,
 * before anything else looks at the request.
 *
 * @throws ProblemError validation_failed, naming the field
 */
export function refuseUnstorableText(request: Pick<FastifyRequest, 'url' | 'params' | 'query' | 'body'>): void {
  if (request.url.includes('%00')) {
    refuseIn(request.params, '', 1);
    refuseIn(request.query, '', 1);
  }
  const { body } = request;
  if (body !== null && typeof body === 'object' && !Buffer.isBuffer(body)) refuseIn(body, '', 1);
}

function refuseIn(value: unknown, path: string, depth: number): void {
  if (typeof value === 'string') {
    if (value.includes('\0')) refuse(path, 'must not contain the character NUL');
    return;
  }
  if (value === null || typeof value !== 'object') return;
  if (depth > MAX_DEPTH) refuse(path.split('.')[0] ?? 'body', `must not be nested deeper than ${MAX_DEPTH} levels`);
  for (const [name, item] of Object.entries(value)) {
    if (name.includes('\0')) refuse(path === '' ? 'body' : path, 'must not have a field name with the character NUL');
    refuseIn(item, path === '' ? name : `${path}.${name}`, depth + 1);
  }
}

function refuse(field: string, message: string): never {
  throw new ProblemError('validation_failed', `${field}: ${message}`, { errors: { [field]: message } });
}
