import type { FastifyRequest } from 'fastify';
import { reasonOf } from '../../logging/reason-of.js';
import type { ProblemError } from '../problems/problem.error.js';

const notes = new WeakMap<FastifyRequest, object>();

/**
 * Puts fields into the line that the log has of this request, and makes the line a warning. Operators find it by the
 * request id that the caller was told.
 */
export function noteInLog(request: FastifyRequest, fields: object): void {
  notes.set(request, fields);
}

export function notedInLog(request: FastifyRequest): object | undefined {
  return notes.get(request);
}

/** Why a request failed: what its caller was told, and what lies behind it. */
export function failureNote({ code, detail, cause }: ProblemError) {
  return { code, reason: detail, ...(cause !== undefined && { cause: reasonOf(cause) }) };
}
