import { ImportPace } from '../../../apps/api/src/modules/imports/take/import-pace.js';
import type { Database } from '../../../apps/api/src/platform/database/database.js';
import { hotTraffic } from '../../../apps/api/src/platform/http/hooks/hot-traffic.js';

const nobodyElse = { asSystem: () => Promise.resolve([{ decided: '0' }]) } as unknown as Database;

it('an import takes all that it can until calls are decided, then fewer rows, and rests twice as long as it worked', async () => {
  const pace = new ImportPace(nobodyElse);
  expect([hotTraffic.flows, pace.chunkRows]).toEqual([false, 2_000]);
  await pace.rest(3_600_000);

  hotTraffic.answered();
  expect([hotTraffic.flows, pace.chunkRows]).toEqual([true, 200]);
  const startedMs = performance.now();
  await pace.rest(20);
  // A timer may fire a millisecond early.
  expect(performance.now() - startedMs).toBeGreaterThanOrEqual(39);
});
