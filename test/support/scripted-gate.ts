import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the server does with a request: answer, close the connection, or keep silent until the client is gone. */
export type Step = { status: number; body?: unknown; headers?: Record<string, string> } | 'reset' | 'silent' | 'cut';

interface SeenRequest {
  /** The end of the path: authorize, complete or void. */
  operation: string;
  key: string | undefined;
  body: Record<string, unknown>;
}

export const AUTHORIZATION_ID = '01970000-0000-7000-8000-000000000001';

export const allowed = {
  status: 200,
  body: {
    allowed: true,
    authorizationId: AUTHORIZATION_ID,
    reasonCode: 'allowed',
    message: 'The call may be placed.',
    from: {
      phoneNumberId: 'n',
      phoneNumber: '+14165550199',
      provider: 'telnyx',
      platform: null,
      platformNumberId: null,
    },
    destination: { phoneNumber: '+14165550123', countryCode: 'CA', type: 'FIXED_LINE_OR_MOBILE' },
    limit: 5,
    used: 1,
    remaining: 4,
    resetsAt: '2026-12-01T05:00:00.000Z',
    expiresAt: '2026-11-30T12:00:00.000Z',
  },
};
export const denied = (reasonCode: string) => ({
  status: 200,
  body: { ...allowed.body, allowed: false, reasonCode, message: `Denied: ${reasonCode}`, from: null },
});
export const problem = (status: number, code: string, headers: Record<string, string> = {}) => ({
  status,
  body: { type: 'about:blank', code, title: code, status, detail: `Detail of ${code}`, message: `Detail of ${code}` },
  headers,
});
export const unavailable = problem(503, 'gate_unavailable', { 'retry-after': '0' });
export const settled = (status: 'completed' | 'voided') => ({
  status: 200,
  body: { id: AUTHORIZATION_ID, decision: 'allowed', status },
});

/** An HTTP server that answers each operation as its script says, and the last step for ever. */
export class ScriptedGate {
  readonly requests: SeenRequest[] = [];
  private script: Record<string, Step[]> = {};

  private constructor(
    private readonly server: http.Server,
    readonly url: string,
  ) {}

  static async start(): Promise<ScriptedGate> {
    const server = http.createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const gate = new ScriptedGate(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    server.on('request', (request: http.IncomingMessage, response: http.ServerResponse) => {
      void gate.serve(request, response);
    });
    return gate;
  }

  /** Replaces the script, and forgets what was asked. */
  plays(script: { authorize?: Step[]; complete?: Step[]; void?: Step[] }): void {
    this.requests.length = 0;
    this.script = { complete: [settled('completed')], void: [settled('voided')], ...script };
  }

  asked(operation: string): SeenRequest[] {
    return this.requests.filter((request) => request.operation === operation);
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private async serve(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const operation = request.url!.split('/').at(-1)!;
    const key = request.headers['idempotency-key'] as string | undefined;
    const body = JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>;
    this.requests.push({ operation, key, body });
    const steps = this.script[operation] ?? [];
    const step = steps.length > 1 ? steps.shift()! : steps[0];
    if (step === undefined || step === 'reset') return void request.socket.destroy();
    if (step === 'silent') return;
    if (step === 'cut') {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': 1_000 });
      response.write(JSON.stringify(allowed.body).slice(0, 40), () => request.socket.destroy());
      return;
    }
    const isText = typeof step.body === 'string';
    const type = isText ? 'text/html' : step.status < 400 ? 'application/json' : 'application/problem+json';
    response.writeHead(step.status, { 'content-type': type, ...step.headers });
    response.end(isText ? step.body : JSON.stringify(step.body));
  }
}
