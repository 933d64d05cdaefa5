import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';

type Direction = 'request' | 'reply';

/** One connection through the proxy. */
interface Link {
  client: Socket;
  upstream: Socket;
  /** Has lost bytes: it can only be ended any more. */
  broken: boolean;
}

/**
 * Stands between two processes and spoils their connections: cuts them, delays what they say, loses replies after the
 * requests got through, or goes silent in both directions while the connections stay open. What is delayed is lost when
 * either side ends, so nothing arrives from a dead process.
 */
export class TcpProxy {
  private readonly links = new Set<Link>();
  private readonly sockets = new Set<Socket>();
  private delayMs = 0;
  private losing: readonly Direction[] = [];
  private losingAfter: string | null = null;
  private refusing = false;

  private constructor(
    private readonly server: Server,
    private targetPort: number,
  ) {
    server.on('connection', (client) => this.join(client));
  }

  static async listen(targetPort: number): Promise<TcpProxy> {
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', resolve);
    });
    return new TcpProxy(server, targetPort);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Where new connections lead from now on. */
  retarget(port: number): void {
    this.targetPort = port;
  }

  /** Resets every connection, in the middle of whatever is said. */
  cut(): void {
    for (const link of [...this.links]) this.end(link, true);
  }

  refuse(): void {
    this.refusing = true;
    this.cut();
  }

  delay(ms: number): void {
    this.delayMs = ms;
  }

  /** Requests get through, their replies do not. */
  loseReplies(): void {
    this.losing = ['reply'];
  }

  /** The same, from the first request on that says this: those before it are answered. */
  loseRepliesFrom(text: string): void {
    this.losingAfter = text;
  }

  /** Nothing gets through, and neither side hears of it. */
  goSilent(): void {
    this.losing = ['request', 'reply'];
  }

  /** Ends every fault. Connections that have lost something are reset. */
  heal(): void {
    this.delayMs = 0;
    this.losing = [];
    this.losingAfter = null;
    this.refusing = false;
    for (const link of [...this.links]) if (link.broken) this.end(link, true);
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    this.cut();
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  private join(client: Socket): void {
    if (this.refusing) {
      client.resetAndDestroy();
      return;
    }
    const upstream = connect({ port: this.targetPort, host: '127.0.0.1', noDelay: true });
    client.setNoDelay(true);
    const link: Link = { client, upstream, broken: false };
    this.links.add(link);
    this.carry(link, client, upstream, 'request');
    this.carry(link, upstream, client, 'reply');
  }

  private carry(link: Link, from: Socket, to: Socket, direction: Direction): void {
    let last: Promise<void> = Promise.resolve();
    let waiting = 0;
    this.sockets.add(from);
    from.on('close', () => this.sockets.delete(from));
    from.on('error', () => this.end(link, true));
    from.on('close', () => this.end(link, false));
    from.on('data', (chunk) => {
      if (direction === 'request' && this.losingAfter !== null && chunk.includes(this.losingAfter)) this.loseReplies();
      if (this.losing.includes(direction)) {
        link.broken = true;
        return;
      }
      if (link.broken) return;
      if (this.delayMs === 0 && waiting === 0) {
        to.write(chunk);
        return;
      }
      const due = new Promise<void>((resolve) => setTimeout(resolve, this.delayMs));
      waiting += 1;
      last = Promise.all([last, due]).then(() => {
        waiting -= 1;
        if (!link.broken && !to.destroyed) to.write(chunk);
      });
    });
  }

  private end(link: Link, reset: boolean): void {
    if (!this.links.delete(link)) return;
    for (const socket of [link.client, link.upstream]) {
      // A socket that is closing or has yet to connect has no peer to send a reset to. Resetting one that is saying goodbye
      // fails without a word, and Node then waits for it forever when the process ends.
      if (!reset && !socket.destroyed) socket.destroySoon();
      else if (socket.destroyed || socket.connecting || socket.writableEnded) socket.destroy();
      else socket.resetAndDestroy();
    }
    link.broken = true;
  }
}
