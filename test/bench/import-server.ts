import { createApp } from '../../apps/api/src/create-app.js';
import { readEnv } from '../../apps/api/src/config/env.js';

/** The real API in a process of its own. Tells its address when it listens, and how much memory it had at most when asked. */
const env = readEnv();
const app = await createApp(env);
await app.listen(0, '127.0.0.1');
process.send?.({ url: await app.getUrl() });

let mostRss = 0;
setInterval(() => (mostRss = Math.max(mostRss, process.memoryUsage.rss())), 50).unref();
process.on('message', () => process.send?.({ rssMb: Math.round(mostRss / 1_048_576) }));
process.on('SIGTERM', () => void app.close().then(() => process.exit(0)));
