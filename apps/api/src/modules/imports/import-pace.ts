import { setTimeout as delay } from 'node:timers/promises';
import { hotTraffic } from '../../platform/http/hot-traffic.js';

const CHUNK_ROWS = 2_000;
const CHUNK_ROWS_BESIDE_CALLS = 200;
/** How long an import rests, in times that it worked. */
const REST = 2;
const LONGEST_REST_MS = 1_000;

/**
 * How fast an import goes. Alone it takes all that there is. While calls are being decided it takes less rows at a time and
 * rests after them, because a call waits for every process that is at work on a core, and for the log that is written.
 */
export const importPace = {
  /** Rows to one transaction. */
  get chunkRows(): number {
    return hotTraffic.flows ? CHUNK_ROWS_BESIDE_CALLS : CHUNK_ROWS;
  },
  async rest(workedMs: number): Promise<void> {
    if (hotTraffic.flows) await delay(Math.min(workedMs * REST, LONGEST_REST_MS));
  },
};
