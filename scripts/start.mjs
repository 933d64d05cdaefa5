import { spawn } from 'node:child_process';
import path from 'node:path';
import { ensureBuilt } from './ensure-built.mjs';
import { ensureInstalled, pinnedNode, root } from './ensure-installed.mjs';

/**
 * `npm start`: whatever is missing is installed and built, then the product runs on the pinned Node. With DATABASE_URL
 * that is the API alone; without, the demo with an embedded PostgreSQL.
 */
await ensureInstalled();
await ensureBuilt();

const entry = process.env.DATABASE_URL ? 'apps/api/src/main.js' : 'scripts/start-demo.js';
const child = spawn(pinnedNode, ['--enable-source-maps', path.join(root, 'dist', entry)], { stdio: 'inherit' });

// Ctrl-C reaches the whole process group: the child stops by itself, and this process only has to wait for it.
process.on('SIGINT', () => {});
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill('SIGTERM'));
child.once('exit', (code) => process.exit(code ?? 1));
