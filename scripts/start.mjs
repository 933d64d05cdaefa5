import { spawn } from 'node:child_process';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureBuilt } from './ensure-built.mjs';
import { ensureInstalled, pinnedNode, root } from './ensure-installed.mjs';
import { onNpmGone } from './npm-watch.mjs';
import { checkSettings, environmentOfServer } from './start-settings.mjs';

/**
 * `npm start`: whatever is missing is installed and built, then the product runs on the pinned Node. With DATABASE_URL
 * that is the API alone; without, the demo with an embedded PostgreSQL.
 */
await checkSettings();
await ensureInstalled();
await ensureBuilt();

const entry = process.env.DATABASE_URL ? 'apps/api/src/main.js' : 'tools/demo/start-demo.js';
const stopWithParent = pathToFileURL(path.join(root, 'scripts/stop-with-parent.mjs')).href;
// Why these: docs/operating.md, Memory.
const memory = ['--max-old-space-size=1024', '--max-semi-space-size=16', '--no-allocation-site-pretenuring'];
const child = spawn(
  pinnedNode,
  ['--enable-source-maps', ...memory, '--import', stopWithParent, path.join(root, 'dist', entry)],
  {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: environmentOfServer(),
  },
);
child.once('exit', (code) => process.exit(code ?? 1));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
onNpmGone(() => child.kill('SIGTERM'));
