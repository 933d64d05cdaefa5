import { fieldPath } from '../fields/field-path.js';
import type { FastifyRequest } from 'fastify';
import { ProblemError } from '../problems/problem.error.js';

const LONE_SURROGATE = /\p{Cs}/u;

/**
 * Refuses what PostgreSQL cannot store in the path and the query: the character NUL.
 *
 * @throws ProblemError validation_failed, naming the parameter
 */
export function refuseUnstorableAddress(request: Pick<FastifyRequest, 'url' | 'params' | 'query'>): void {
  if (!request.url.includes('%00')) return;
  refuseUnstorable(request.params, '');
  refuseUnstorable(request.query, '');
}

/**
 * Refuses what PostgreSQL cannot store, wherever it stands in a value of bounded depth: the character NUL, and half of a
 * character (a surrogate without its other half), which JSON can write and UTF-8 cannot.
 *
 * @throws ProblemError validation_failed, naming the field
 */
export function refuseUnstorable(value: unknown, path: string): void {
  if (typeof value === 'string') {
    const fault = faultOf(value);
    if (fault !== null) refuse(path === '' ? 'body' : path, `must not contain ${fault}`);
    return;
  }
  if (value === null || typeof value !== 'object') return;
  if (Array.isArray(value)) {
    value.forEach((item, index) => refuseUnstorable(item, fieldPath(path, index)));
    return;
  }
  for (const [name, item] of Object.entries(value)) {
    const fault = faultOf(name);
    if (fault !== null) refuse(path === '' ? 'body' : path, `must not have a field name with ${fault}`);
    refuseUnstorable(item, fieldPath(path, name));
  }
}

function faultOf(text: string): string | null {
  if (text.includes('\0')) return 'the character NUL';
  return LONE_SURROGATE.test(text) ? 'half of a character (a lone surrogate)' : null;
}

function refuse(field: string, message: string): never {
  throw new ProblemError('validation_failed', `${field}: ${message}`, { errors: { [field]: message } });
}
