import pg from 'pg';
import { databaseErrorOf } from '../../platform/database/sqlstate.js';

/**
 * One connection that is kept open. A pool would hand it out with a promise, and so a turn later than the batch is
 * ready: here the statement leaves in the same turn, while the answers of the batch before are still being written.
 */
export class GateConnection {
  private client: pg.Client | null = null;

  constructor(
    private readonly config: pg.ClientConfig,
    /** Looks at a new connection before anything is decided on it; what it throws closes the connection. */
    private readonly onConnect: (client: pg.Client) => Promise<void>,
    private readonly onLost: (error: Error) => void,
  ) {}

  /**
   * Runs the statement, connecting first when there is no connection (any more). Answers the rows in array mode.
   *
   * @throws Error when there is no reply in time; the connection is closed then
   */
  async query(statement: pg.QueryConfig): Promise<unknown[][]> {
    const client = this.client ?? (await this.open());
    try {
      return await replyTo(client, statement);
    } catch (error) {
      // An error of the statement leaves the connection usable; after any other nobody knows what it will answer next.
      if (databaseErrorOf(error) === null) this.drop(client);
      throw error;
    }
  }

  async close(): Promise<void> {
    const { client } = this;
    this.client = null;
    await client?.end();
  }

  private async open(): Promise<pg.Client> {
    const client = new pg.Client(this.config);
    client.on('error', (error) => {
      this.drop(client);
      this.onLost(error);
    });
    await client.connect();
    try {
      await this.onConnect(client);
    } catch (error) {
      this.drop(client);
      throw error;
    }
    this.client = client;
    return client;
  }

  private drop(client: pg.Client): void {
    if (this.client === client) this.client = null;
    client.end().catch(() => {});
  }
}

/** A reply that is later than this is lost: the network broke without saying so. */
export const REPLY_TIMEOUT_MS = 5_000;

/**
 * The driver gets the callback with the query. When it makes a promise, or sets a time limit of its own, it gives the query
 * another callback later, and V8 then kept what belonged to the batch until the next full collection (ADR 9).
 */
function replyTo(client: pg.Client, statement: pg.QueryConfig): Promise<unknown[][]> {
  return new Promise((resolve, reject) => {
    const limit = setTimeout(() => reject(new Error('The database did not reply in time')), REPLY_TIMEOUT_MS);
    client.query<unknown[]>({ ...statement, rowMode: 'array' }, (error: Error | null, result) => {
      clearTimeout(limit);
      if (error) reject(error);
      else resolve(result.rows);
    });
  });
}
