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

  /** Runs the statement, connecting first when there is no connection (any more). Answers the rows in array mode. */
  async query(statement: pg.QueryConfig): Promise<unknown[][]> {
    const client = this.client ?? (await this.open());
    try {
      const result = await client.query<unknown[]>({ ...statement, rowMode: 'array' });
      return result.rows;
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
