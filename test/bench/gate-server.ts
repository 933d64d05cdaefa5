import type { FastifyInstance } from 'fastify';
import { createApp } from '../../apps/api/src/create-app.js';
import { readEnv } from '../../apps/api/src/config/env.js';
import { letHelperThreadsGiveWay } from '../../apps/api/src/platform/process/helper-threads.js';
import { limiterOnPostgres, limiterOnRedis, type Peer } from './gate-peers.js';
import { naiveGate } from './naive-gate.js';

/**
 * The real API in a process of its own, with routes beside the gate: a gate as one would write it first (what batching is
 * worth), and general rate limiters. Tells its address when
 * it listens, and how much memory it had at most when it is asked.
 */
letHelperThreadsGiveWay();
const env = readEnv();
const app = await createApp(env);
const fastify = app.getHttpAdapter().getInstance() as unknown as FastifyInstance;

// They make tables of their own and know no row-level security.
const ownerUrl = process.env['BENCH_OWNER_URL']!;
const peers: Record<string, Peer> = {
  naive: naiveGate(ownerUrl),
  'limiter-postgres': await limiterOnPostgres(ownerUrl),
};
if (process.env['BENCH_REDIS_URL']) peers['limiter-redis'] = limiterOnRedis(process.env['BENCH_REDIS_URL']);

for (const [name, peer] of Object.entries(peers)) {
  fastify.post(`/bench/${name}`, (request) => peer.authorize(request.body as { agentId: string; destination: string }));
}

await app.listen(0, '127.0.0.1');
process.send?.({ url: await app.getUrl() });

let mostRss = 0;
setInterval(() => (mostRss = Math.max(mostRss, process.memoryUsage.rss())), 100).unref();
process.on('message', (message) => {
  if (message === 'memory') process.send?.({ rssMb: Math.round(mostRss / 1_048_576) });
});
process.on('SIGTERM', () => {
  void Promise.allSettled([app.close(), ...Object.values(peers).map((peer) => peer.close())]).then(() =>
    process.exit(0),
  );
});
