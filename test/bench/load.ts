import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';

/** What one connection sends, time after time. */
export interface LoadTarget {
  url: string;
  path: string;
  headers: Record<string, string>;
  bodies: readonly string[];
}

/** Not measured: the server takes in connections and answers all their first requests at once. */
const WARM_UP_MS = 500;

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
 * as the route that it asked. For the same reason it takes no core from the server while it sends as much as goes.
 */
export async function putLoad(targets: readonly LoadTarget[], shape: LoadShape): Promise<Figure> {
  if (shape.perSecond !== undefined) return load(targets, shape);
  schedule('batch');
  try {
    return await load(targets, shape);
  } finally {
    schedule('other');
  }
}

/**
 * As `batch`, this process waits for a core until the one that has it lets go. As `other`, each answer that the API
 * writes wakes it up and gives it the core, before the API has written the next one: callers over a network do not do
 * that. Of Linux (sched(7)); elsewhere nothing changes. Children inherit it, so it is for the time of a load only.
 */
function schedule(policy: 'batch' | 'other'): void {
  spawnSync('chrt', [`--${policy}`, '--pid', '0', String(process.pid)]);
}

async function load(targets: readonly LoadTarget[], shape: LoadShape): Promise<Figure> {
  const latenciesMs: number[] = [];
  const connections = await Promise.all(
    Array.from({ length: shape.connections }, (_, index) => Connection.to(targets[index % targets.length]!)),
  );
  const requests = targets.map((target) => target.bodies.map((body) => requestOf(target, body)));
  const started = performance.now();
  const warm = started + WARM_UP_MS;
  const end = warm + shape.seconds * 1_000;
  const pace = shape.perSecond === undefined ? null : new Pace(started, shape.perSecond);
  const measured = (sentAtMs: number, answeredAtMs: number) => {
    if (sentAtMs >= warm) latenciesMs.push(answeredAtMs - sentAtMs);
  };
  await Promise.all(
    connections.map((connection, index) =>
      drive(connection, requests[index % targets.length]!, index, end, pace, measured),
    ),
  );
  const elapsed = (performance.now() - warm) / 1_000;
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

const MEMORY_OF_A_CONNECTION = 65_536;

/** What closed connections leave to the next ones: memory to give back made this process stop for 30 ms in every load. */
const spareMemory: Buffer[] = [];

/** A connection that reads into one piece of memory: a new one for every answer would be most of its work. */
class Connection {
  private readonly memory = spareMemory.pop() ?? Buffer.allocUnsafeSlow(MEMORY_OF_A_CONNECTION);
  private readonly answer = new Answer();
  private readonly socket: net.Socket;
  private onAnswer = () => {};
  private onError = (_error: Error) => {};

  private constructor(
    host: string,
    port: number,
    private readonly path: string,
  ) {
    const callback = (length: number) => {
      this.read(length);
      return true;
    };
    this.socket = net.connect({ host, port, noDelay: true, onread: { buffer: this.memory, callback } });
    this.socket.on('error', (error) => this.onError(error));
    this.socket.on('close', () => this.onError(new Error(`${path}: the server closed a connection`)));
  }

  static async to({ url, path }: LoadTarget): Promise<Connection> {
    const { hostname, port } = new URL(url);
    const connection = new Connection(hostname, Number(port), path);
    await once(connection.socket, 'connect');
    return connection;
  }

  listen(onAnswer: () => void, onError: (error: Error) => void): void {
    this.onAnswer = onAnswer;
    this.onError = onError;
  }

  send(request: Buffer): void {
    this.socket.write(request);
  }

  close(): void {
    this.onError = () => {};
    this.socket.destroy();
    this.socket.once('close', () => spareMemory.push(this.memory));
  }

  private read(length: number): void {
    if (!this.answer.isWholeWith(this.memory, length)) return;
    if (this.answer.isOk) this.onAnswer();
    else this.onError(new Error(`${this.path}: ${this.memory.toString('latin1', 0, length)}`));
  }
}

const OK = Buffer.from('HTTP/1.1 200 ');
const LENGTH_FIELD = Buffer.from('\r\ncontent-length: ');
const END_OF_HEAD = Buffer.from('\r\n\r\n');
const ZERO = 48;
const NINE = 57;

/** One answer after the other, of which the status and the length are read, as bytes: a text of each would be garbage. */
class Answer {
  isOk = false;
  private missing = 0;

  /** Takes the next bytes; true when the answer is whole. */
  isWholeWith(bytes: Buffer, length: number): boolean {
    if (this.missing > 0) {
      this.missing -= length;
      return this.missing === 0;
    }
    const end = bytes.indexOf(END_OF_HEAD);
    if (end < 0 || end > length) throw new Error('An answer whose head comes in parts');
    this.isOk = OK.compare(bytes, 0, OK.length) === 0;
    this.missing = end + END_OF_HEAD.length + lengthOfBody(bytes, end) - length;
    return this.missing === 0;
  }
}

function lengthOfBody(bytes: Buffer, end: number): number {
  const field = bytes.indexOf(LENGTH_FIELD);
  if (field < 0 || field > end) throw new Error(`An answer without a length: ${bytes.toString('latin1', 0, end)}`);
  let value = 0;
  for (let at = field + LENGTH_FIELD.length; bytes[at]! >= ZERO && bytes[at]! <= NINE; at += 1) {
    value = value * 10 + bytes[at]! - ZERO;
  }
  return value;
}

function drive(
  connection: Connection,
  requests: readonly Buffer[],
  index: number,
  endMs: number,
  pace: Pace | null,
  measured: (sentAtMs: number, answeredAtMs: number) => void,
): Promise<void> {
  let next = index;
  return new Promise((resolve, reject) => {
    let sentAt = 0;
    const write = (dueMs: number) => {
      sentAt = dueMs;
      connection.send(requests[next++ % requests.length]!);
    };
    const send = (nowMs: number) => {
      if (nowMs >= endMs) {
        connection.close();
        resolve();
        return;
      }
      const due = pace?.next();
      if (due === undefined) write(nowMs);
      else setTimeout(write, Math.max(due - nowMs, 0), due);
    };
    const answered = () => {
      const nowMs = performance.now();
      measured(sentAt, nowMs);
      send(nowMs);
    };
    connection.listen(answered, (error) => {
      connection.close();
      reject(error);
    });
    send(performance.now());
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
