import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/**
 * What happens to a request: it is answered 503, it never gets an answer, its connection breaks, or the gate decides it
 * and the answer is lost.
 */
export type Fault = 'unavailable' | 'silent' | 'broken' | 'lost';

interface Passed {
  path: string;
  key: string | undefined;
  body: Record<string, unknown>;
  fault: Fault | null;
}

/** Stands between a dialer and the real gate. */
export class GateProxy {
  readonly requests: Passed[] = [];
  private faults: (Fault | null)[] = [];
  private always: Fault | null = null;
  /** What 503 says, in seconds. */
  retryAfter = '0';

  private constructor(
    private readonly server: Server,
    private readonly target: string,
  ) {}

  static async open(target: string): Promise<GateProxy> {
    const server = createServer((request, response) => void proxy.handle(request, response));
    const proxy = new GateProxy(server, target);
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** The next requests fail so, in this order; null passes. */
  failNext(...faults: (Fault | null)[]): void {
    this.faults = faults;
  }

  fail(fault: Fault): void {
    this.always = fault;
  }

  reset(): void {
    this.requests.length = 0;
    this.faults = [];
    this.always = null;
    this.retryAfter = '0';
    this.server.closeAllConnections();
  }

  /** The keys that authorizations were asked with. */
  keys(): (string | undefined)[] {
    return this.requests.filter(({ path }) => path.endsWith('/authorize')).map(({ key }) => key);
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((closed) => this.server.close(() => closed()));
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    const fault = this.faults.length > 0 ? this.faults.shift()! : this.always;
    // A connection that is kept and then closed would cost the client a request that is seen nowhere.
    response.setHeader('connection', 'close');
    const key = request.headers['idempotency-key'] as string | undefined;
    const path = request.url ?? '';
    this.requests.push({ path, key, body: JSON.parse(body) as Record<string, unknown>, fault });
    if (fault === 'silent') return;
    if (fault === 'broken') return void request.socket.destroy();
    if (fault === 'unavailable') {
      response.writeHead(503, { 'content-type': 'application/problem+json', 'retry-after': this.retryAfter });
      return void response.end('{"code":"gate_unavailable"}');
    }
    const headers = Object.fromEntries(
      ['authorization', 'content-type', 'accept', 'idempotency-key'].flatMap((name) =>
        request.headers[name] === undefined ? [] : [[name, String(request.headers[name])]],
      ),
    );
    const answer = await fetch(`${this.target}${path}`, { method: 'POST', headers, body });
    const answered = await answer.text();
    if (fault === 'lost') return void request.socket.destroy();
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'text/plain' });
    response.end(answered);
  }
}
