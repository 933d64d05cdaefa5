import { createClient, createConfig } from './generated/client/index.js';
import type { Client } from './generated/client/index.js';

export type { Client };
export * from './generated/index.js';
export type { Patience, Refusal, Silence } from './answers.js';
export { isProblem } from './problems.js';
export { settle, type Settlement, type SettlementReport } from './settle.js';
export {
  type Authorization,
  type CallOutcome,
  type Dial,
  type DialResult,
  NotDialedError,
  withAuthorization,
  type WithAuthorizationOptions,
} from './with-authorization.js';

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
