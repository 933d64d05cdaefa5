import { spawn } from 'node:child_process';
import path from 'node:path';
import { ensureBuilt } from './ensure-built.mjs';
import { ensureInstalled, pinnedNode, root } from './ensure-installed.mjs';

/** `npm run demo:reset`: the next start is the first again. */
await ensureInstalled();
await ensureBuilt();
spawn(pinnedNode, [path.join(root, 'dist/tools/demo/reset-demo.js')], { stdio: 'inherit' }).once('exit', (code) =>
  process.exit(code ?? 1),
);
