import { createClient, createConfig } from './generated/client/index.js';
import type { Client } from './generated/client/index.js';
import type { Problem } from './generated/types.gen.js';

export type { Client };
export * from './generated/index.js';

export interface RingfenceClientOptions {
  /** Where Ringfence is, without `/api/v1`: `https://ringfence.example.com`. */
  baseUrl: string;
  /** An API key or an access token. A function is asked before each request. */
  apiKey?: string | (() => string | undefined | Promise<string | undefined>);
  /** Sends the requests; the global `fetch` when left out. */
  fetch?: typeof fetch;
}

/** The client that every function of this library takes as `client`. It holds no connection and needs no closing. */
export function createRingfenceClient({ baseUrl, apiKey, fetch }: RingfenceClientOptions): Client {
  return createClient(
    createConfig({
      baseUrl: baseUrl.replace(/\/+$/, ''),
      // The API takes a key in several ways, and the generated client would send it in all of them.
      auth: ({ scheme }) => (scheme === 'bearer' ? keyOf(apiKey) : undefined),
      fetch,
    }),
  );
}

function keyOf(apiKey: RingfenceClientOptions['apiKey']) {
  return typeof apiKey === 'function' ? apiKey() : apiKey;
}

/**
 * Whether an error is an answer of Ringfence (RFC 9457), whose `code` says what is wrong. Others are what `fetch` threw
 * when there was no answer, and the page of a proxy in between as text.
 */
export function isProblem(error: unknown): error is Problem {
  return typeof error === 'object' && error !== null && 'code' in error && 'status' in error && 'detail' in error;
}
