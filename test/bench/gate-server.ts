import type { FastifyInstance } from 'fastify';
import { createApp } from '../../apps/api/src/create-app.js';
import { readEnv } from '../../apps/api/src/config/env.js';
import { naiveGate } from './naive-gate.js';

/**
 * The real API in a process of its own, with two routes beside the gate: one that does nothing (what the server can do
 * at most) and a gate as one would write it first (what batching is worth). Prints its address when it listens.
 */
const env = readEnv();
const app = await createApp(env);
const fastify = app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
const naive = naiveGate(env.DATABASE_URL);

fastify.post('/bench/noop', async () => ({ allowed: false }));
fastify.post('/bench/naive', (request) => naive.authorize(request.body as { agentId: string; destination: string }));

await app.listen(0, '127.0.0.1');
process.send?.({ url: await app.getUrl() });
process.on('message', (message) => {
  if (message === 'memory') process.send?.({ rssMb: Math.round(process.memoryUsage.rss() / 1_048_576) });
});
process.on('SIGTERM', () => {
  void Promise.allSettled([app.close(), naive.close()]).then(() => process.exit(0));
});
