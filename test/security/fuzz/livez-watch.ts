import http from 'node:http';
import { parentPort, workerData } from 'node:worker_threads';

/**
 * Asks /livez again and again from a thread of its own, so that what the test does between its requests is not taken for the
 * API's fault. Answers each message with the slow answers since the last one.
 */
export interface Slow {
  /** Milliseconds of `performance.timeOrigin` and `now` together, the same clock in every thread. */
  from: number;
  to: number;
}

export interface Watched {
  asked: number;
  worstMs: number;
  slow: Slow[];
}

const EVERY_MS = 25;
const { url, limitMs } = workerData as { url: string; limitMs: number };
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
let watched: Watched = { asked: 0, worstMs: 0, slow: [] };

const now = () => performance.timeOrigin + performance.now();

function ask(): void {
  const from = now();
  const answered = () => {
    const to = now();
    watched.asked += 1;
    watched.worstMs = Math.max(watched.worstMs, to - from);
    if (to - from > limitMs) watched.slow.push({ from, to });
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
