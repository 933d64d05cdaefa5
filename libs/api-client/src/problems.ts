import type { Problem } from './generated/types.gen.js';

/**
 * Whether an error is an answer of Ringfence (RFC 9457), whose `code` says what is wrong. Others are what `fetch` threw
 * when there was no answer, and the page of a proxy in between as text.
 */
export function isProblem(error: unknown): error is Problem {
  return typeof error === 'object' && error !== null && 'code' in error && 'status' in error && 'detail' in error;
}
