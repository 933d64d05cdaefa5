import { createApp } from '../../apps/api/src/create-app.js';
import { readEnv } from '../../apps/api/src/config/env.js';

/** The real API in a process of its own. Tells its address when it listens. */
const app = await createApp(readEnv());
await app.listen(0, '127.0.0.1');
process.send?.({ url: await app.getUrl() });
process.on('SIGTERM', () => void app.close().finally(() => process.exit(0)));
