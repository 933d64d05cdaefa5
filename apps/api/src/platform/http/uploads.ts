import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { IncomingMessage } from 'node:http';
import { ProblemError } from './problem.error.js';

interface UploadConfig {
  uploadBytes?: number;
}

/**
 * Lets a route take uploads: `text/csv` and `text/plain` bodies of at most that many bytes, which it gets as a Buffer,
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
  instance.removeContentTypeParser('text/plain');
  instance.addContentTypeParser(
    ['text/csv', 'text/plain'],
    async (request: FastifyRequest, payload: IncomingMessage) => {
      const { uploadBytes } = request.routeOptions.config as UploadConfig;
      if (uploadBytes === undefined) {
        throw new ProblemError('unsupported_media_type', 'Send the body as application/json.');
      }
      return readAtMost(payload, uploadBytes);
    },
  );
}

async function readAtMost(payload: IncomingMessage, limitBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of payload as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limitBytes) {
      throw new ProblemError('payload_too_large', `The body is larger than ${limitBytes} bytes. Split the file.`, {
        headers: { connection: 'close' },
      });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}
