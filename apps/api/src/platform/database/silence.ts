import type { Socket } from 'node:net';
import type { ClientBase, Connection } from 'pg';

/** The longest that a statement of a request may run. */
export const STATEMENT_TIMEOUT_MS = 30_000;
/** The longest that a statement of work in the background on very many rows may run. */
export const LONG_STATEMENT_TIMEOUT_MS = 600_000;
/** The server ends a statement at its limit and says so. So much later, it or the way to it is gone. */
const MARGIN_MS = 5_000;

/**
 * After ten quiet seconds TCP asks the other side whether it is still there, and Node gives it ten more to say so. With
 * `keepAlive` alone Linux would ask after two hours.
 */
export const KEEP_ALIVE = { keepAlive: true, keepAliveInitialDelayMillis: 10_000 } as const;

/**
 * What every pool has against a server that vanishes without a word, by a power failure or a firewall that forgets. What
 * was sent to it is sent again for a quarter of an hour; when it had confirmed the request, nothing would ever happen.
 *
 * @param silenceMs when a connection that is waited for, or that idles, is given up
 */
export function silenceRules(silenceMs = STATEMENT_TIMEOUT_MS + MARGIN_MS) {
  return {
    ...KEEP_ALIVE,
    onConnect: (client: ClientBase) => {
      const socket = socketOf(client);
      socket.setTimeout(silenceMs);
      socket.on('timeout', () => breakOff(client, `The database said nothing for ${socket.timeout} ms`));
    },
  };
}

/** From now on the server may be silent for as long as such a statement may run. */
export function expectStatementsOf(client: ClientBase, statementTimeoutMs: number): void {
  socketOf(client).setTimeout(statementTimeoutMs + MARGIN_MS);
}

/** Destroys the connection. The statement that waits for it gets an error that counts as an unavailable database. */
export function breakOff(client: ClientBase, reason: string): void {
  socketOf(client).destroy(Object.assign(new Error(reason), { code: 'ETIMEDOUT' }));
}

/** The driver's types do not know it. With TLS it is the encrypted one, which passes on time limits and errors alike. */
function socketOf(client: ClientBase): Socket {
  return (client as ClientBase & { connection: Connection }).connection.stream as Socket;
}
