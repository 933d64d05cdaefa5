import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface Received {
  method: string;
  path: string;
  headers: Record<string, string | string[] | undefined>;
  /** JSON, or the fields of a form. */
  body: Record<string, unknown>;
}

export interface Reply {
  status: number;
  body: unknown;
}

/** The HTTP server of a platform: it notes what it is asked, and answers as it is told. */
export class StubPlatform {
  readonly requests: Received[] = [];
  reply: (request: Received) => Reply = () => ({ status: 500, body: {} });

  private constructor(private readonly server: Server) {}

  static async open(): Promise<StubPlatform> {
    const server = createServer((request, response) => {
      void text(request).then((body) => {
        const received: Received = {
          method: request.method ?? '',
          path: request.url ?? '',
          headers: request.headers,
          body: parse(body, request.headers['content-type'] ?? ''),
        };
        stub.requests.push(received);
        const { status, body: answer } = stub.reply(received);
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
      });
    });
    const stub = new StubPlatform(server);
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    return stub;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  reset(): void {
    this.requests.length = 0;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((closed) => this.server.close(() => closed()));
  }
}

function parse(body: string, contentType: string): Record<string, unknown> {
  if (contentType.includes('x-www-form-urlencoded')) return Object.fromEntries(new URLSearchParams(body));
  return body === '' ? {} : (JSON.parse(body) as Record<string, unknown>);
}
