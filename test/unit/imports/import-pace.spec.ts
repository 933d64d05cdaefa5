import { importPace } from '../../../apps/api/src/modules/imports/import-pace.js';
import { hotTraffic } from '../../../apps/api/src/platform/http/hot-traffic.js';

it('an import takes all that it can until calls are decided, then fewer rows, and rests twice as long as it worked', async () => {
  expect([hotTraffic.flows, importPace.chunkRows]).toEqual([false, 2_000]);
  await importPace.rest(3_600_000);

  hotTraffic.answered();
  expect([hotTraffic.flows, importPace.chunkRows]).toEqual([true, 200]);
  const startedMs = performance.now();
  await importPace.rest(20);
  // A timer may fire a millisecond early.
  expect(performance.now() - startedMs).toBeGreaterThanOrEqual(39);
});
