import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { endWithProblem, requestTooSlow } from '../connections/client-errors.js';
import { ProblemError } from '../problems/problem.error.js';
import { superviseUpload } from './slow-uploads.js';

interface UploadConfig {
  uploadBytes?: number;
}

/**
 * Lets a route take uploads: `text/csv` and `text/plain` bodies of at most that many bytes, which it gets as a stream,
 * and multipart, which it reads by `request.file({ limits: { fileSize } })`.
 */
export const AcceptsUpload = (limitBytes: number): MethodDecorator =>
  RouteConfig({ uploadBytes: limitBytes } satisfies UploadConfig);

/** True for a multipart request to a route that takes no uploads. */
export function isUnwantedMultipart(request: FastifyRequest): boolean {
  const type = request.headers['content-type'];
  if (type === undefined || !type.toLowerCase().startsWith('multipart/')) return false;
  return (request.routeOptions.config as UploadConfig).uploadBytes === undefined;
}

/**
 * Reads text bodies for the routes that take them. Every other route answers 415 before a byte is read, and the limit
 * is the route's own: files are larger than anything that comes as JSON.
 */
export function acceptTextBodies(instance: FastifyInstance): void {
  instance.addHook('onRoute', (route) => {
    if ((route.config as UploadConfig | undefined)?.uploadBytes === undefined) return;
    route.onResponse = [letGoBy, ...[route.onResponse ?? []].flat()];
  });
  instance.removeContentTypeParser('text/plain');
  instance.addContentTypeParser(
    ['text/csv', 'text/plain'],
    (request: FastifyRequest, payload: IncomingMessage, done: (error: Error | null, body?: unknown) => void) => {
      const { uploadBytes } = request.routeOptions.config as UploadConfig;
      // ra-data-simple-rest names this type where it deletes, and sends nothing.
      if (uploadBytes === undefined && isEmpty(request)) done(null, undefined);
      else if (uploadBytes === undefined) {
        done(new ProblemError('unsupported_media_type', 'Send the body as application/json.'));
      } else if (Number(request.headers['content-length'] ?? 0) > uploadBytes) done(tooLarge(uploadBytes));
      else done(null, Readable.from(atMost(request, payload, uploadBytes)));
    },
  );
}

function isEmpty({ headers }: FastifyRequest): boolean {
  return headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) === 0;
}

/**
 * Lets the rest of a form go by that was answered before its end, as `atMost` does with text: while a part of a request
 * waits to be read, no later one on the connection is.
 */
function letGoBy({ raw }: FastifyRequest, _reply: FastifyReply, done: () => void): void {
  if (!raw.complete) {
    raw.unpipe();
    raw.resume();
  }
  done();
}

/** Call it when the reading of an upload begins. */
export function endWhenTooSlow(request: FastifyRequest): void {
  superviseUpload(request, (socket) => endWithProblem(socket, requestTooSlow()));
}

export function tooLarge(limitBytes: number): ProblemError {
  return new ProblemError(
    'payload_too_large',
    `The body is larger than ${limitBytes.toLocaleString('en')} bytes. Split the file.`,
    {
      headers: { connection: 'close' },
    },
  );
}

/**
 * Leaves the request open when its reader gives up, so that the answer still gets through, and lets the rest go by.
 */
async function* atMost(request: FastifyRequest, payload: IncomingMessage, limitBytes: number): AsyncGenerator<Buffer> {
  endWhenTooSlow(request);
  let size = 0;
  try {
    for await (const chunk of payload.iterator({ destroyOnReturn: false })) {
      size += (chunk as Buffer).length;
      if (size > limitBytes) throw tooLarge(limitBytes);
      yield chunk as Buffer;
    }
  } finally {
    payload.resume();
  }
}
