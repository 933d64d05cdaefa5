import type { Problem } from './generated/types.gen.js';
import { isProblem } from './problems.js';

/** How long a function tries to get an answer. */
export interface Patience {
  /** Milliseconds that one request may take: 3,000 when left out, because the gate itself gives up after 2,000. */
  timeoutMs?: number;
  /** Milliseconds that all tries may take together, waiting included: 12,000 when left out. */
  totalMs?: number;
  /** Ends the tries. What was allowed by then is not dialed. */
  signal?: AbortSignal;
}

/** What the request was refused with: asking again with the same body does not help. */
export interface Refusal {
  status: number;
  /** Null when something in between answered instead of Ringfence. */
  problem: Problem | null;
  /** What happened and what to do. */
  message: string;
}

/** Why there is no answer: the server could not say, or could not be reached. */
export interface Silence {
  message: string;
  /** The problem of the last answer, its text, or what was thrown. */
  cause: unknown;
}

type Judgement<Data> =
  | { kind: 'answered'; data: Data }
  | ({ kind: 'refused' } & Refusal)
  | ({ kind: 'unanswered'; retryAfterMs: number } & Silence);

export type Answer<Data> = Judgement<Data> & {
  /** Requests that were sent. */
  attempts: number;
};

interface Reply {
  data?: unknown;
  error?: unknown;
  response?: Response;
}

/** Patience with its defaults, and with the end of its time. */
export interface Limits {
  timeoutMs: number;
  /** On the clock of `performance.now()`. */
  deadline: number;
  signal?: AbortSignal;
}

const LONGEST_PAUSE_MS = 2_000;

/** @throws RangeError for times that are not above zero */
export function limitsOf({ timeoutMs = 3_000, totalMs = 12_000, signal }: Patience): Limits {
  for (const [name, value] of Object.entries({ timeoutMs, totalMs })) {
    if (!(value > 0 && value < 2 ** 31)) throw new RangeError(`${name} must be milliseconds above 0, not ${value}.`);
  }
  return { timeoutMs, deadline: performance.now() + totalMs, signal };
}

/**
 * Sends a request until it is answered or refused, or until the time is over. It must be one that may be sent twice.
 *
 * @param isAnswer whether the body of a success is what the operation answers, and not the page of a proxy
 */
export async function ask<Data>(
  send: (signal: AbortSignal) => Promise<Reply>,
  isAnswer: (data: unknown) => data is Data,
  limits: Limits,
): Promise<Answer<Data>> {
  for (let attempts = 1; ; attempts++) {
    const judgement = judge(await attempt(send, limits), isAnswer);
    if (judgement.kind !== 'unanswered') return { ...judgement, attempts };
    const pauseMs = Math.max(judgement.retryAfterMs, backoffMs(attempts));
    if (performance.now() + pauseMs >= limits.deadline) return { ...judgement, attempts };
    await pause(pauseMs, limits.signal);
    if (limits.signal?.aborted) return { ...judgement, attempts };
  }
}

function judge<Data>({ data, error, response }: Reply, isAnswer: (data: unknown) => data is Data): Judgement<Data> {
  if (response === undefined) return unanswered(error, messageOf(error));
  const { status } = response;
  if (response.ok && isAnswer(data)) return { kind: 'answered', data };
  const message = isProblem(error) ? error.detail : `HTTP ${status} from something that is not Ringfence`;
  const isFinal = status >= 400 && status < 500 && !mayPass(status, error);
  if (isFinal) return { kind: 'refused', status, problem: isProblem(error) ? error : null, message };
  return { ...unanswered(error ?? data, message), retryAfterMs: retryAfterMs(response) };
}

const unanswered = (cause: unknown, message: string) => ({
  kind: 'unanswered' as const,
  retryAfterMs: 0,
  message,
  cause,
});

/** Refusals of a moment. The limit of voids holds for the day. */
function mayPass(status: number, error: unknown): boolean {
  return [408, 425, 429].includes(status) && !(isProblem(error) && error.code === 'void_limit_reached');
}

/** One request, ended when its time is over even if `fetch` does not heed the signal. */
async function attempt(send: (signal: AbortSignal) => Promise<Reply>, limits: Limits): Promise<Reply> {
  const { signal } = limits;
  if (signal?.aborted) return { error: signal.reason };
  const timeoutMs = Math.max(1, Math.min(limits.timeoutMs, limits.deadline - performance.now()));
  const controller = new AbortController();
  let end: (error: unknown) => void = () => undefined;
  const ended = new Promise<Reply>((resolve) => {
    end = (error) => {
      resolve({ error });
      controller.abort(error);
    };
  });
  const timer = setTimeout(() => end(new Error(`No answer within ${Math.round(timeoutMs)} ms`)), timeoutMs);
  const abort = () => end(signal?.reason);
  signal?.addEventListener('abort', abort);
  try {
    return await Promise.race([send(controller.signal).catch((error: unknown) => ({ error })), ended]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
  }
}

/** Seconds or a date (RFC 9110); zero without either. */
function retryAfterMs({ headers }: Response): number {
  const value = headers.get('retry-after') ?? '';
  const ms = /^\d+$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - Date.now();
  return ms > 0 ? ms : 0;
}

/** Doubles with each try, and differs between clients that began together. */
function backoffMs(attempts: number): number {
  return Math.min(LONGEST_PAUSE_MS, 100 * 2 ** attempts) * (0.5 + Math.random() / 2);
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal?.addEventListener('abort', end);
  });
}

/** What `fetch` throws says "fetch failed", and why in its cause. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${messageOf(error.cause)}` : error.message || error.name;
}
