import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ensureBuilt } from './ensure-built.mjs';
import { ensureInstalled, pinnedNode, root } from './ensure-installed.mjs';

/**
 * `npm test [-- Jest's arguments]`: whatever is missing is installed and built, then all tests run. A test that could
 * not run for want of something (a browser) leaves a sentence in the file that RINGFENCE_NOT_RUN_FILE names; it is
 * repeated at the end, where it is not overlooked.
 */
await ensureInstalled();
await ensureBuilt();

const notes = mkdtempSync(path.join(os.tmpdir(), 'ringfence-test-notes-'));
const notRun = path.join(notes, 'not-run');
const child = spawn(
  pinnedNode,
  [
    '--experimental-vm-modules',
    '--no-warnings',
    path.join(root, 'node_modules/jest/bin/jest.js'),
    ...process.argv.slice(2),
  ],
  { cwd: root, stdio: 'inherit', env: { ...process.env, RINGFENCE_NOT_RUN_FILE: notRun } },
);
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.once('exit', (code) => {
  if (existsSync(notRun)) process.stdout.write(`\n${readFileSync(notRun, 'utf8')}`);
  rmSync(notes, { recursive: true, force: true });
  process.exit(code ?? 1);
});
