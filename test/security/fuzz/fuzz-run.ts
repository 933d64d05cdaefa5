import http from 'node:http';
import type { Socket } from 'node:net';
import path from 'node:path';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { type ProblemCode, problemTypes } from '#contracts';
import type { Random } from '../../chaos/random.js';
import { isDocumentedProblem, type Operation } from '../operations.js';
import type { ExampleRequest } from '../requests.js';
import type { Watched } from './livez-watch.js';
import { ALWAYS, anyMutations, type Mutation, type WireRequest, wireRequest } from './mutations.js';

const ANSWER_WITHIN_MS = 30_000;
const LIVEZ_LIMIT_MS = 200;
const CONCURRENT = 8;
/** A client that still sends when the refusal comes may not hear it: only with a body that no route takes. */
const MAY_BE_CUT_OFF_BYTES = 64_000;
const MAX_FAULTS = 12;
const MAX_HELD_UP = 3;
const REPEATS = 3;
/** After so many requests those that were under way while /livez was slow are looked at. */
const LOOK_EVERY = 40;

export interface FuzzTarget {
  url: string;
  /** Of the process that answers. */
  pid: number;
  operations: Operation[];
  /** A request to the operation that succeeds, and the headers of a caller who may send it. */
  good(operation: Operation): Promise<{ request: ExampleRequest; headers: Record<string, string> }>;
  isAlive(): boolean;
}

interface Sent {
  operation: Operation;
  mutations: Mutation[];
  request: WireRequest;
  from: number;
  to: number;
}

export interface Answered {
  status: number;
  headers: http.IncomingHttpHeaders;
  text: string;
}

export interface FuzzReport {
  requests: number;
  byStatus: Map<string, number>;
  livez: { asked: number; worstMs: number; slow: number };
  faults: string[];
}

/** Sends what no client means, and finds out what was answered wrongly, and by which of the mutations. */
export class FuzzRun {
  private readonly agent = new http.Agent({ keepAlive: true });
  private readonly watch: Worker;
  private readonly report: FuzzReport = {
    requests: 0,
    byStatus: new Map(),
    livez: { asked: 0, worstMs: 0, slow: 0 },
    faults: [],
  };
  /** Since the last look. */
  private readonly sent: Sent[] = [];
  private heldUp = 0;
  /** The last request that was answered on each connection: what it left behind may spoil the next. */
  private readonly lastOn = new WeakMap<Socket, WireRequest>();

  constructor(
    private readonly target: FuzzTarget,
    private readonly random: Random,
  ) {
    const workerData = { url: target.url, pid: target.pid, limitMs: LIVEZ_LIMIT_MS };
    this.watch = new Worker(path.resolve('dist/test/security/fuzz/livez-watch.js'), { workerData });
  }

  async run(requests: number): Promise<FuzzReport> {
    try {
      await this.sendAll(requests);
    } finally {
      await this.watch.terminate();
      this.agent.destroy();
    }
    if (!this.target.isAlive()) this.report.faults.push('The process has ended.');
    return this.report;
  }

  private async sendAll(requests: number): Promise<void> {
    const plans = this.plans(requests);
    let isDone = false;
    const next = async (): Promise<void> => {
      while (this.sent.length < LOOK_EVERY && this.goesOn()) {
        const plan = plans.next();
        if (plan.done) return void (isDone = true);
        await this.try(...plan.value);
      }
    };
    while (!isDone && this.goesOn()) {
      await Promise.all(Array.from({ length: CONCURRENT }, next));
      await this.findWhatHeldUp(await this.watched());
      this.sent.length = 0;
    }
  }

  private goesOn(): boolean {
    return this.report.faults.length < MAX_FAULTS && this.heldUp < MAX_HELD_UP && this.target.isAlive();
  }

  /** First what is tried on every operation, then chance. */
  private *plans(requests: number): Generator<[Operation, Mutation[]]> {
    let left = requests;
    const { operations } = this.target;
    for (const operation of this.random.shuffled(operations)) {
      if (operation.body === null) continue;
      for (const kind of ALWAYS) {
        left -= 1;
        yield [operation, [{ kind, seed: this.random.between(1, 1_000_000_000) }]];
      }
    }
    while (left > 0) {
      for (const operation of this.random.shuffled(operations)) {
        left -= 1;
        yield [operation, anyMutations(this.random)];
      }
    }
  }

  private async try(operation: Operation, mutations: Mutation[]): Promise<void> {
    const { request: good, headers } = await this.target.good(operation);
    const request = wireRequest(operation, good, headers, mutations);
    const from = now();
    const answer = await this.send(request);
    this.sent.push({ operation, mutations, request, from, to: now() });
    this.report.requests += 1;
    const status = typeof answer === 'string' ? 'cut off' : String(answer.status);
    this.report.byStatus.set(status, (this.report.byStatus.get(status) ?? 0) + 1);
    const fault = faultOf(operation, request, mutations, answer);
    if (fault !== null) await this.tell(operation, mutations, request, fault);
  }

  /** Says the fault with as little of the request as shows it. */
  private async tell(operation: Operation, mutations: Mutation[], request: WireRequest, fault: string): Promise<void> {
    if (mutations.length > 1) {
      for (const mutation of mutations) {
        const { request: good, headers } = await this.target.good(operation);
        const smaller = wireRequest(operation, good, headers, [mutation]);
        const alone = faultOf(operation, smaller, [mutation], await this.send(smaller));
        if (alone !== null) return this.note(alone, [mutation], smaller);
      }
    }
    this.note(fault, mutations, request);
  }

  private note(fault: string, mutations: readonly Mutation[], request: WireRequest): void {
    this.report.faults.push(`${fault}\n  ${mutations.map(({ kind }) => kind).join(', ')}\n  ${shown(request)}`);
  }

  /**
   * Requests that were on their way while /livez was slow are sent again, one at a time: a busy machine is slow once, and a
   * request that holds up the process is so each time.
   */
  private async findWhatHeldUp({ asked, worstMs, slow }: Watched): Promise<void> {
    const { livez } = this.report;
    livez.asked += asked;
    livez.worstMs = Math.max(livez.worstMs, worstMs);
    livez.slow += slow.length;
    const suspects = this.sent.filter(({ from, to }) => slow.some((held) => from < held.to && held.from < to));
    for (const suspect of suspects) {
      if (this.heldUp === MAX_HELD_UP) return;
      const times = [];
      for (let repeat = 0; repeat < REPEATS; repeat += 1) {
        await this.watched();
        await this.send(suspect.request);
        times.push((await this.watched()).worstMs);
        if (times.at(-1)! <= LIVEZ_LIMIT_MS) break;
      }
      if (times.some((ms) => ms <= LIVEZ_LIMIT_MS)) continue;
      const fault = `${suspect.operation.name} holds up the process: /livez took ${times.map(Math.round).join(', ')} ms`;
      this.note(fault, suspect.mutations, suspect.request);
      this.heldUp += 1;
    }
  }

  private async watched(): Promise<Watched> {
    this.watch.postMessage('report');
    const [watched] = (await once(this.watch, 'message')) as [Watched];
    return watched;
  }

  /** In words why not, when there was no answer. */
  private send(request: WireRequest): Promise<Answered | string> {
    return new Promise((resolve) => {
      let tookTooLong = false;
      const sending = this.begin(request, (answer) => {
        clearTimeout(timer);
        resolve(answer);
      });
      const before = () => {
        const earlier = sending.socket ? this.lastOn.get(sending.socket) : undefined;
        return earlier ? `; before it on the connection: ${shown(earlier)}` : '';
      };
      // A timer of its own: the one of the socket does not run while there is none.
      const timer = setTimeout(() => {
        tookTooLong = true;
        resolve(`nothing came for ${ANSWER_WITHIN_MS} ms${before()}`);
        sending.destroy();
      }, ANSWER_WITHIN_MS);
      sending.once('error', (error) => {
        clearTimeout(timer);
        // A server may close a connection between two requests (RFC 9112, 9.3.1); the second is then sent on a new one.
        if (sending.reusedSocket && !tookTooLong) resolve(this.send(request));
        else resolve(`${error.message}${before()}`);
      });
      sending.end(request.body ?? undefined);
    });
  }

  private begin(request: WireRequest, resolve: (answer: Answered | string) => void): http.ClientRequest {
    const { method, path: address, headers, body } = request;
    const { hostname: host, port } = new URL(this.target.url);
    const length: Record<string, number> = body === null ? {} : { 'content-length': body.length };
    const options = { agent: this.agent, host, port, method, path: address, headers: { ...headers, ...length } };
    return http.request(options, (response) => {
      const { socket } = response;
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', (error) => resolve(`${error.message}, when the answer had begun`));
      response.once('end', () => {
        this.lastOn.set(socket, request);
        resolve({ status: response.statusCode!, headers: response.headers, text: Buffer.concat(chunks).toString() });
      });
    });
  }
}

/** What is wrong with an answer, in words; null when nothing is. */
export function faultOf(
  operation: Operation,
  request: WireRequest,
  mutations: readonly Mutation[],
  answer: Answered | string,
): string | null {
  const about = operation.name;
  if (typeof answer === 'string') {
    const large = (request.body?.length ?? 0) > MAY_BE_CUT_OFF_BYTES;
    return large ? null : `${about} was not answered: ${answer}`;
  }
  const { status, headers, text } = answer;
  if (status >= 500) {
    return isBusy(status, headers, text) ? null : `${about} was answered ${status}: ${text.slice(0, 200)}`;
  }
  const elsewhere = mutations.some(({ kind }) => kind === 'part of the path' || kind === 'other method');
  if (status >= 400) {
    if (request.method === 'HEAD') return null;
    return faultOfRefusal(about, request, answer) ?? (elsewhere ? null : faultOfDescription(operation, answer));
  }
  if (status < 200 || status >= 300) return `${about} was answered ${status}`;
  if (!elsewhere && !operation.statuses.includes(String(status))) return `${about}: ${status} is not in openapi.json`;
  return null;
}

/** The gate and whatever else says that it has too much to do says also when to come again. */
function isBusy(status: number, headers: http.IncomingHttpHeaders, text: string): boolean {
  return status === 503 && (headers['retry-after'] !== undefined || text.includes('gate_unavailable'));
}

/** What is said of a body, or of its type, where the operation takes none and the fuzz sent one all the same. */
const OF_BODIES: readonly ProblemCode[] = [
  'validation_failed',
  'malformed_request',
  'payload_too_large',
  'unsupported_media_type',
];

/** A problem that openapi.json does not name for the operation. */
function faultOfDescription(operation: Operation, { status, headers, text }: Answered): string | null {
  if (!headers['content-type']?.startsWith('application/problem+json')) return null;
  const { code } = JSON.parse(text) as { code: ProblemCode };
  if (operation.body === null && OF_BODIES.includes(code)) return null;
  return isDocumentedProblem(operation, status, code)
    ? null
    : `${operation.name}: ${code} is not in openapi.json. Name it in ApiProblems.`;
}

function faultOfRefusal(about: string, request: WireRequest, { status, headers, text }: Answered): string | null {
  const type = headers['content-type'] ?? '';
  if (type.startsWith('application/problem+json')) {
    const { code, status: reported } = JSON.parse(text) as { code: ProblemCode; status: number };
    if (problemTypes[code]?.status === status && reported === status) return null;
    return `${about} was answered ${status} with the code ${code}, which is not of that status`;
  }
  const line = /^(error|deny) (\w+)/.exec(text);
  if (type.startsWith('text/plain') && (line?.[1] === 'deny' || (line?.[2] ?? '') in problemTypes)) return null;
  if (status === 403 && request.path.includes('statusOnDeny=403') && text.includes('"allowed":false')) return null;
  return `${about} was answered ${status} as ${type || 'nothing'}: ${text.slice(0, 200)}`;
}

const now = () => performance.timeOrigin + performance.now();

function shown({ method, path: address, headers, body }: WireRequest): string {
  const { authorization: _credentials, ...others } = headers;
  const text = body === null ? '' : ` ${body.length} bytes: ${JSON.stringify(body.toString().slice(0, 300))}`;
  return `${method} ${address.slice(0, 300)} ${JSON.stringify(others).slice(0, 300)}${text}`;
}
