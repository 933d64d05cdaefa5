import { applyDecorators } from '@nestjs/common';
import { ApiExtension } from '@nestjs/swagger';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ProblemError } from '../problems/problem.error.js';
import { readJson } from './json-reader.js';

interface BodyConfig {
  bodyBytes?: number;
}

/** Bytes of a body by the kind of route. A route that declares nothing takes a record. */
export const BODY_BYTES = {
  /** Credentials and a single call. Any client may send these, signed in or not. */
  small: 16_384,
  record: 65_536,
  /** Thousands of ids, or 500 calls. */
  many: 524_288,
} as const;

/** How a route's limit stands in the description of the API. */
export const BODY_LIMIT_EXTENSION = 'x-body-limit';

/** Bounds the JSON body of a route. */
export const BodyLimit = (kind: keyof typeof BODY_BYTES): MethodDecorator =>
  applyDecorators(
    RouteConfig({ bodyBytes: BODY_BYTES[kind] } satisfies BodyConfig),
    ApiExtension(BODY_LIMIT_EXTENSION, BODY_BYTES[kind]),
  );

/** Reads the JSON bodies of all routes, each of at most as many bytes as its route declares. */
export function acceptJsonBodies(instance: FastifyInstance): void {
  instance.addHook('onRoute', (route) => {
    const { bodyBytes } = (route.config ?? {}) as BodyConfig;
    if (bodyBytes !== undefined) route.bodyLimit = bodyBytes;
  });
  instance.removeContentTypeParser('application/json');
  instance.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (_request, text, done) => {
    try {
      done(null, read(text));
    } catch (error) {
      done(error as Error);
    }
  });
}

const BYTE_ORDER_MARK = 0xfeff;

function read(text: string): unknown {
  if (text === '') throw new ProblemError('malformed_request', 'The body is empty. Send JSON, or no Content-Type.');
  try {
    return readJson(text.charCodeAt(0) === BYTE_ORDER_MARK ? text.slice(1) : text);
  } catch (error) {
    if (error instanceof ProblemError) throw error;
    throw new ProblemError('malformed_request', 'The body is not JSON. Check quotes, commas and brackets.');
  }
}

/** Says what is too large and where the limit lies, which the errors of Fastify do not. */
export function bodyTooLarge(request: FastifyRequest): ProblemError {
  const limit = request.routeOptions.bodyLimit.toLocaleString('en');
  return new ProblemError(
    'payload_too_large',
    `The body is larger than the ${limit} bytes of JSON that this address takes. Send less at once.`,
  );
}
