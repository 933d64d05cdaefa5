import { spawnSync } from 'node:child_process';
import { Connection } from './load-connection.js';

/** What one connection sends, time after time. */
export interface LoadTarget {
  url: string;
  path: string;
  requests: readonly Buffer[];
}

export function loadTarget(
  url: string,
  path: string,
  headers: Record<string, string>,
  bodies: readonly string[],
): LoadTarget {
  const fields = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const head = `POST ${path} HTTP/1.1\r\nhost: ${new URL(url).host}\r\ncontent-type: application/json\r\n${fields.join('')}`;
  const requests = bodies.map((body) =>
    Buffer.from(`${head}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`),
  );
  return { url, path, requests };
}

/** Not measured: the server takes in connections and answers all their first requests at once. */
const WARM_UP_MS = 500;

/** At a fixed rate, what a full load before has left behind (writes of the disk, garbage) is not measured either. */
const SETTLE_MS = 2_000;

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
 * as the route that it asked. For the same reason it takes no core from who is at work, and leaves no garbage behind: a
 * collection stopped it and took both cores for as long as a p99 is. When it is late itself, that counts as latency.
 */
export async function putLoad(targets: readonly LoadTarget[], shape: LoadShape): Promise<Figure> {
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
  const targetOf = (index: number) => targets[index % targets.length]!;
  const connections = await Promise.all(
    Array.from({ length: shape.connections }, (_, index) => Connection.to(targetOf(index).url, targetOf(index).path)),
  );
  const latencies = spareLatencies.pop() ?? new Latencies();
  const started = performance.now();
  const warm = started + (shape.perSecond === undefined ? WARM_UP_MS : SETTLE_MS);
  const end = warm + shape.seconds * 1_000;
  const pace = shape.perSecond === undefined ? null : new Pace(started, end, shape.perSecond);
  const measured = (sentAtMs: number, answeredAtMs: number) => {
    if (sentAtMs >= warm) latencies.add(answeredAtMs - sentAtMs);
  };
  try {
    await Promise.all(
      connections.map((connection, index) => drive(connection, targetOf(index).requests, index, end, pace, measured)),
    );
    const elapsed = (performance.now() - warm) / 1_000;
    return { perSecond: latencies.count / elapsed, p50Ms: latencies.at(0.5), p99Ms: latencies.at(0.99) };
  } finally {
    pace?.stop();
    for (const connection of connections) connection.close();
    latencies.clear();
    spareLatencies.push(latencies);
  }
}

/** What one load leaves to the next. */
const spareLatencies: Latencies[] = [];

class Latencies {
  count = 0;
  private values = new Float64Array(1 << 17);

  add(ms: number): void {
    if (this.count === this.values.length) {
      const { values } = this;
      this.values = new Float64Array(2 * values.length);
      this.values.set(values);
    }
    this.values[this.count] = ms;
    this.count += 1;
  }

  /** The latency that this share of all is below. */
  at(share: number): number {
    return this.values.subarray(0, this.count).sort()[Math.floor(this.count * share)] ?? NaN;
  }

  clear(): void {
    this.count = 0;
  }
}

/** Says when requests are due, evenly, to the client that has waited longest for one. */
class Pace {
  private readonly free: ((dueMs: number) => void)[] = [];
  private given = 0;
  private readonly timer = setInterval(() => this.give(performance.now()), 1);

  constructor(
    private readonly startedMs: number,
    private readonly endMs: number,
    private readonly perSecond: number,
  ) {}

  /** Calls `send` once with the time that its request is due at, when that has come, or when all is over. */
  whenDue(send: (dueMs: number) => void, nowMs: number): void {
    this.free.push(send);
    this.give(nowMs);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private give(nowMs: number): void {
    while (this.free.length > 0) {
      const due = this.startedMs + ((this.given + 1) * 1_000) / this.perSecond;
      if (due > nowMs && nowMs < this.endMs) return;
      this.given += 1;
      this.free.shift()!(due);
    }
  }
}

function drive(
  connection: Connection,
  requests: readonly Buffer[],
  first: number,
  endMs: number,
  pace: Pace | null,
  measured: (sentAtMs: number, answeredAtMs: number) => void,
): Promise<void> {
  let next = first;
  return new Promise((resolve, reject) => {
    let sentAt = 0;
    const send = (atMs: number) => {
      if (atMs >= endMs) return resolve();
      sentAt = atMs;
      connection.send(requests[next++ % requests.length]!);
    };
    const go = (nowMs: number) => (pace ? pace.whenDue(send, nowMs) : send(nowMs));
    const answered = () => {
      const nowMs = performance.now();
      measured(sentAt, nowMs);
      go(nowMs);
    };
    connection.listen(answered, reject);
    go(performance.now());
  });
}
