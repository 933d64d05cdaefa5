import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { endWithProblem, requestTooSlow } from '../connections/client-errors.js';
import { ProblemError } from '../problems/problem.error.js';
import { superviseUpload } from './slow-uploads.js';

type Done = (error: Error | null, body?: unknown) => void;

interface UploadConfig {
  uploadBytes?: number;
  uploadsForms?: boolean;
}

/** Types of texts, and those that programs give to files of CSV. What the file is, its bytes say. */
const FILE_TYPES = [
  'text/csv',
  'text/plain',
  'application/csv',
  'application/octet-stream',
  'application/vnd.ms-excel',
  'text/comma-separated-values',
  'text/tab-separated-values',
  'text/x-csv',
];
const FORM_TYPE = 'multipart/form-data';
/** ra-data-simple-rest names this type where it deletes, and sends nothing. */
const TYPE_OF_NOTHING = 'text/plain';

/**
 * Lets a route take uploads of at most that many bytes: CSV, which it gets as a stream, and the file of a form when `forms`
 * is set, which it reads by `uploadedFile`.
 */
export const AcceptsUpload = (limitBytes: number, { forms = false } = {}): MethodDecorator =>
  RouteConfig({ uploadBytes: limitBytes, uploadsForms: forms } satisfies UploadConfig);

const configOf = (request: FastifyRequest) => request.routeOptions.config as UploadConfig;

/** How many bytes the route takes as an upload. */
export function uploadBytesOf(request: FastifyRequest): number {
  return configOf(request).uploadBytes ?? 0;
}

/**
 * Reads files and forms for the routes that take them. Every other route answers 415 before a byte is read, and the limit
 * is the route's own: files are larger than anything that comes as JSON.
 */
export function acceptUploads(instance: FastifyInstance): void {
  instance.addHook('onRoute', (route) => {
    if ((route.config as UploadConfig | undefined)?.uploadBytes === undefined) return;
    route.onRequest = [...[route.onRequest ?? []].flat(), refuseOtherTypes];
    route.onResponse = [letGoBy, ...[route.onResponse ?? []].flat()];
  });
  instance.removeContentTypeParser('text/plain');
  instance.addContentTypeParser(FILE_TYPES, (request: FastifyRequest, payload: IncomingMessage, done: Done) => {
    const { uploadBytes } = configOf(request);
    if (uploadBytes === undefined) {
      const isNothing = typeOf(request) === TYPE_OF_NOTHING && isEmpty(request);
      done(isNothing ? null : jsonIsDue(), undefined);
    } else if (Number(request.headers['content-length'] ?? 0) > uploadBytes) done(tooLarge(uploadBytes));
    else done(null, Readable.from(atMost(request, payload, uploadBytes)));
  });
  instance.addContentTypeParser(FORM_TYPE, (request: FastifyRequest, payload: IncomingMessage, done: Done) => {
    if (configOf(request).uploadBytes === undefined) done(jsonIsDue());
    else done(null, new UploadedForm(payload));
  });
}

function jsonIsDue(): ProblemError {
  return new ProblemError('unsupported_media_type', 'Send the body as application/json.');
}

/** The parsers know the types of all routes, and would read JSON here. */
function refuseOtherTypes(request: FastifyRequest, _reply: FastifyReply, done: (error?: Error) => void): void {
  const type = typeOf(request);
  const takesForms = configOf(request).uploadsForms === true;
  const isTaken = type === null ? isEmpty(request) : FILE_TYPES.includes(type) || (takesForms && type === FORM_TYPE);
  if (isTaken) return done();
  const form = takesForms ? ', or as `file` in multipart/form-data' : '';
  done(
    new ProblemError(
      'unsupported_media_type',
      `Send the file as text/csv${form}. With curl: -H 'Content-Type: text/csv' --data-binary @file.csv`,
    ),
  );
}

/** In small letters, without parameters; null for none. */
function typeOf({ headers }: FastifyRequest): string | null {
  return headers['content-type']?.split(';', 1)[0]!.trim().toLowerCase() ?? null;
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

/** The body of a form, of which nothing was read yet. */
export class UploadedForm {
  constructor(readonly payload: IncomingMessage) {}
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
