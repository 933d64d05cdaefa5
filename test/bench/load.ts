import { once } from 'node:events';
import net from 'node:net';

/** What one connection sends, time after time. */
export interface LoadTarget {
  url: string;
  path: string;
  headers: Record<string, string>;
  bodies: readonly string[];
}

interface LoadShape {
  connections: number;
  seconds: number;
  /** Requests each second for all connections together; as many as go when it is left out. */
  perSecond?: number;
}

export interface Figure {
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
}

/**
 * Puts load on one route over kept-open connections, one request at a time on each. Every answer must be a 200: a fast
 * error is no decision. With a rate given, latency counts from when the request was due, so that a stalled server does
 * not hide behind requests that were never sent.
 *
 * Our own, because the generator works on the cores that it measures: a general one took as much of them for a request
 * as the route that it asked.
 */
export async function putLoad(targets: readonly LoadTarget[], shape: LoadShape): Promise<Figure> {
  const latenciesMs: number[] = [];
  const sockets = await Promise.all(
    Array.from({ length: shape.connections }, (_, index) => connect(targets[index % targets.length]!)),
  );
  const requests = targets.map((target) => target.bodies.map((body) => requestOf(target, body)));
  const started = performance.now();
  const end = started + shape.seconds * 1_000;
  const pace = shape.perSecond === undefined ? null : new Pace(started, shape.perSecond);
  const driven = sockets.map((socket, index) => {
    const place = index % targets.length;
    return drive(socket, targets[place]!.path, requests[place]!, index, end, pace, (ms) => latenciesMs.push(ms));
  });
  await Promise.all(driven);
  const elapsed = (performance.now() - started) / 1_000;
  latenciesMs.sort((a, b) => a - b);
  const at = (share: number) => latenciesMs[Math.floor(latenciesMs.length * share)] ?? NaN;
  return { perSecond: latenciesMs.length / elapsed, p50Ms: at(0.5), p99Ms: at(0.99) };
}

/** Hands out the times at which requests are due, evenly. */
class Pace {
  private given = 0;

  constructor(
    private readonly startedMs: number,
    private readonly perSecond: number,
  ) {}

  next(): number {
    this.given += 1;
    return this.startedMs + (this.given * 1_000) / this.perSecond;
  }
}

async function connect({ url }: LoadTarget): Promise<net.Socket> {
  const { hostname, port } = new URL(url);
  const socket = net.connect({ host: hostname, port: Number(port), noDelay: true });
  await once(socket, 'connect');
  return socket;
}

function drive(
  socket: net.Socket,
  path: string,
  requests: readonly Buffer[],
  index: number,
  endMs: number,
  pace: Pace | null,
  measured: (ms: number) => void,
): Promise<void> {
  let next = index;
  return new Promise((resolve, reject) => {
    let sentAt = 0;
    let answer = '';
    const write = (dueMs: number) => {
      sentAt = dueMs;
      socket.write(requests[next++ % requests.length]!);
    };
    const send = () => {
      if (performance.now() >= endMs) {
        socket.end();
        resolve();
        return;
      }
      const due = pace?.next();
      if (due === undefined) write(performance.now());
      else setTimeout(write, Math.max(due - performance.now(), 0), due);
    };
    socket.on('error', reject);
    socket.on('close', () => reject(new Error(`${path}: the server closed a connection`)));
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1');
      const length = lengthOf(answer);
      if (length === null || answer.length < length) return;
      if (!answer.startsWith('HTTP/1.1 200')) {
        socket.destroy();
        reject(new Error(`${path}: ${answer}`));
        return;
      }
      answer = '';
      measured(performance.now() - sentAt);
      send();
    });
    send();
  });
}

function requestOf({ url, path, headers }: LoadTarget, body: string): Buffer {
  const lines = [
    `POST ${path} HTTP/1.1`,
    `host: ${new URL(url).host}`,
    'content-type: application/json',
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    `content-length: ${Buffer.byteLength(body)}`,
  ];
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`);
}

/** The length of the whole answer, or null while its head is not complete. */
function lengthOf(answer: string): number | null {
  const head = answer.indexOf('\r\n\r\n');
  if (head < 0) return null;
  const field = answer.indexOf('content-length: ');
  if (field < 0 || field > head) throw new Error(`An answer without a length: ${answer.slice(0, head)}`);
  return head + 4 + Number.parseInt(answer.slice(field + 16, field + 24), 10);
}
