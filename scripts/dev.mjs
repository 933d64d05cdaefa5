import { spawn } from 'node:child_process';
import path from 'node:path';
import { ensureBuilt } from './ensure-built.mjs';
import { ensureInstalled, pinnedNode, root } from './ensure-installed.mjs';
import { checkSettings, environmentOfServer } from './start-settings.mjs';

/**
 * `npm run dev`: compiles the API on every change and starts it again, and serves the console by Vite, which passes /api
 * on to it. Data and sign-ins are those of `npm start`.
 */
await checkSettings();
await ensureInstalled();
await ensureBuilt();

const bin = (name) => path.join(root, 'node_modules', '.bin', name);
const entry = process.env.DATABASE_URL ? 'dist/apps/api/src/main.js' : 'dist/tools/demo/start-demo.js';
const children = [
  spawn(
    bin('swc'),
    ['apps/api/src', 'libs', 'migrations', 'scripts', 'tools', '-d', 'dist', '--watch', '--quiet'],
    options(),
  ),
  spawn(pinnedNode, ['--enable-source-maps', '--watch', '--watch-preserve-output', entry], options()),
  spawn(bin('vite'), ['apps/console'], options()),
];

const stop = () => children.forEach((child) => child.kill('SIGTERM'));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, stop);
// One of them alone is of no use.
for (const child of children) child.once('exit', stop);

function options() {
  return { cwd: root, stdio: 'inherit', shell: process.platform === 'win32', env: environmentOfServer() };
}
