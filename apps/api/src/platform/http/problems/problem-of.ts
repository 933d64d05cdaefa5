import { HttpException } from '@nestjs/common';
import type { ProblemCode } from '#contracts';
import { databaseErrorOf } from '../../database/sqlstate.js';
import { isDatabaseUnavailable } from '../../database/unavailable.js';
import { ProblemError } from './problem.error.js';

const CODE_OF_STATUS: Record<number, ProblemCode> = {
  401: 'authentication_required',
  403: 'permission_denied',
  404: 'not_found',
  405: 'method_not_allowed',
  409: 'conflict',
  413: 'payload_too_large',
  415: 'unsupported_media_type',
  429: 'too_many_requests',
  503: 'service_unavailable',
};

const DETAIL_OF_CODE: Partial<Record<ProblemCode, string>> = {
  authentication_required: 'Send an access token or an API key.',
  permission_denied: 'Your role or API key does not permit this.',
  not_found: 'There is nothing at this address. The addresses are listed at /api/docs.',
  payload_too_large: 'The body is larger than this address takes.',
  unsupported_media_type: 'This address does not take bodies of this content type. Send application/json.',
  service_unavailable: 'The service cannot answer right now. Try again in a moment.',
};

// "character not in repertoire" and "untranslatable character": text that passed every check but cannot be stored.
const UNSTORABLE_TEXT = ['22021', '22P05'];

/** The problem that an error of any origin amounts to. */
export function problemOf(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  if (isGivenUp(error)) {
    return new ProblemError('malformed_request', 'The request ended before its body was complete. Send it again.');
  }
  if (isDatabaseUnavailable(error)) {
    return new ProblemError('service_unavailable', 'The database cannot answer right now. Try again in a moment.', {
      headers: { 'retry-after': '1' },
      cause: error,
    });
  }
  if (UNSTORABLE_TEXT.includes(databaseErrorOf(error)?.sqlState ?? '')) {
    return new ProblemError('validation_failed', 'A text has characters that cannot be stored.');
  }
  const status = statusOf(error);
  if (status !== undefined && status >= 400 && (status < 500 || status === 503)) return ofStatus(status, error);
  return new ProblemError(
    'internal_error',
    'Something went wrong on our side. Quote the request id when you report it.',
    { cause: error },
  );
}

/** What Node says of a request whose client has closed the connection in the middle of the body. */
function isGivenUp(error: unknown): boolean {
  return error instanceof Error && error.message === 'aborted' && (error as { code?: unknown }).code === 'ECONNRESET';
}

function statusOf(error: unknown): number | undefined {
  if (error instanceof HttpException) return error.getStatus();
  const { statusCode } = (error ?? {}) as { statusCode?: unknown };
  return typeof statusCode === 'number' ? statusCode : undefined;
}

/** Problems of Nest, Fastify and its plugins: their status says which, their words go along where they help. */
function ofStatus(status: number, error: unknown): ProblemError {
  const code = CODE_OF_STATUS[status] ?? 'malformed_request';
  const message = error instanceof Error ? error.message : '';
  const options = code === 'service_unavailable' ? { headers: { 'retry-after': '1' }, cause: error } : undefined;
  return new ProblemError(code, DETAIL_OF_CODE[code] ?? sentence(message), options);
}

function sentence(message: string): string {
  if (message === '') return 'The request could not be read.';
  return /[.!?]$/.test(message) ? message : `${message}.`;
}
