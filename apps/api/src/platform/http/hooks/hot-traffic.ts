/** Traffic counts as flowing for so long after an answer. */
const FLOWS_MS = 250;

let answeredAtMs = -Infinity;

/**
 * Whether requests to the hot routes are being answered at the moment, so that work in the background can step back.
 * One process knows of its own requests only.
 */
export const hotTraffic = {
  answered(): void {
    answeredAtMs = performance.now();
  },
  get flows(): boolean {
    return performance.now() - answeredAtMs < FLOWS_MS;
  },
};
