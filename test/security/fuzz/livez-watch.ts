import { readFileSync } from 'node:fs';
import http from 'node:http';
import { parentPort, workerData } from 'node:worker_threads';

/**
 * Asks /livez again and again from a thread of its own, so that what the test does between its requests is not taken for the
 * API's fault. Answers each message with the slow answers since the last one.
 *
 * An answer counts as slow when the API's main thread was at work for as long as the limit meanwhile: on a machine that has no time
 * for the API it waits instead.
 */
export interface Slow {
  /** Milliseconds of `performance.timeOrigin` and `now` together, the same clock in every thread. */
  from: number;
  to: number;
}

export interface Watched {
  asked: number;
  /** The longest that the API was at work before it answered. */
  worstMs: number;
  slow: Slow[];
}

const EVERY_MS = 25;
/** What the kernel counts processor time in. */
const TICK_MS = 10;
const { url, pid, limitMs } = workerData as { url: string; pid: number; limitMs: number };
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
let watched: Watched = { asked: 0, worstMs: 0, slow: [] };

const now = () => performance.timeOrigin + performance.now();

/** Processor time of the thread that has the process's number, which is the one of its event loop; null where nothing tells. */
function mainThreadMs(): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/task/${pid}/stat`, 'utf8');
    const [user, system] = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .slice(11, 13);
    return (Number(user) + Number(system)) * TICK_MS;
  } catch {
    return null;
  }
}

function ask(): void {
  const from = now();
  const workedBefore = mainThreadMs();
  const answered = () => {
    const to = now();
    const worked = mainThreadMs();
    const heldUpMs = Math.min(to - from, worked === null || workedBefore === null ? Infinity : worked - workedBefore);
    watched.asked += 1;
    watched.worstMs = Math.max(watched.worstMs, heldUpMs);
    if (heldUpMs > limitMs) watched.slow.push({ from, to });
    setTimeout(ask, EVERY_MS);
  };
  const request = http.get(`${url}/livez`, { agent }, (response) => response.resume().once('end', answered));
  request.once('error', answered);
}

parentPort!.on('message', () => {
  parentPort!.postMessage(watched);
  watched = { asked: 0, worstMs: 0, slow: [] };
});
ask();
