import pg from 'pg';
import { databaseErrorOf } from '../../../platform/database/sqlstate.js';

/**
 * One connection that is kept open. A pool would hand it out with a promise, and so a turn later than the batch is
 * ready: here the statement leaves in the same turn, while the answers of the batch before are still being written.
 */
export class GateConnection {
  private client: pg.Client | null = null;

  constructor(
    private readonly config: pg.ClientConfig,
    /** Makes a new connection ready before anything is decided on it; what it throws closes the connection. */
    private readonly onConnect: (client: pg.Client) => Promise<void>,
    private readonly onLost: (error: Error) => void,
  ) {}

  /**
   * Runs the prepared statement, connecting first when there is no connection (any more). Answers its one row, as text,
   * after commit. `onExecuted` is called before: then the server has the row and only makes it durable.
   *
   * @throws Error when there is no reply in time; the connection is closed then. An error while connecting is never one of
   * PostgreSQL's, for no statement is at fault
   */
  async run(statement: string, values: (string | null)[], onExecuted: () => void): Promise<TextRow> {
    const client = this.client ?? (await this.open());
    try {
      return await new Promise((resolve, reject) => {
        client.query(new PreparedRun(statement, values, onExecuted, resolve, reject));
      });
    } catch (error) {
      // An error of the statement leaves the connection usable; after any other its next reply could belong to an earlier statement.
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
    try {
      return await this.connect();
    } catch (error) {
      throw new Error(`No connection: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
  }

  private async connect(): Promise<pg.Client> {
    // A statement may be sent while the one before is committed.
    const client = new pg.Client({ ...this.config, pipeline: true });
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

/** A row as the server wrote it, a text for each column. */
export type TextRow = readonly (string | null)[];

/**
 * One run of a prepared statement that answers one row. Bind, Execute, Flush and Sync leave together: Flush makes the
 * server send the row as soon as it is there, Sync makes it commit and say so (PostgreSQL's manual, "Message Flow"). The
 * driver's own query has no Flush, so that its row comes after the commit; a pipelined connection takes no queries but the
 * driver's and what extends them.
 *
 * What it calls is known when it is made: V8 kept the texts of a batch until the next full collection when the driver's
 * query got its callback later (ADR 9).
 */
class PreparedRun extends pg.Query {
  private row: TextRow = [];
  private limit: NodeJS.Timeout | undefined;

  constructor(
    private readonly statement: string,
    private readonly values: (string | null)[],
    private readonly onExecuted: () => void,
    private readonly resolve: (row: TextRow) => void,
    private readonly reject: (error: Error) => void,
  ) {
    super(statement);
  }

  override submit = (connection: pg.Connection): void => {
    const { stream } = connection;
    this.limit = setTimeout(() => stream.destroy(new Error('The database did not reply in time')), REPLY_TIMEOUT_MS);
    stream.cork();
    connection.bind({ statement: this.statement, values: this.values }, true);
    connection.execute(null, true);
    connection.flush();
    connection.sync();
    stream.uncork();
  };

  handleDataRow({ fields }: { fields: TextRow }): void {
    this.row = fields;
  }

  handleCommandComplete(): void {
    this.onExecuted();
  }

  handleReadyForQuery(): void {
    clearTimeout(this.limit);
    this.resolve(this.row);
  }

  handleError(error: Error): void {
    clearTimeout(this.limit);
    this.reject(error);
  }
}
