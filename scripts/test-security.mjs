import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ensureBuilt } from './ensure-built.mjs';
import { ensureInstalled, pinnedNode, root } from './ensure-installed.mjs';

/**
 * `npm run test:security -- [--seed S] [--short] [part of a file's name]`: the security tests in their long form, some minutes.
 * The seed is new each time and printed; with `--seed` the same requests are sent again. `--short` is what `npm test` runs.
 */
const { values, positionals } = parseArgs({
  options: { seed: { type: 'string' }, short: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const seed = values.seed ?? String(randomInt(1, 1_000_000_000));

await ensureInstalled();
await ensureBuilt();

const jest = ['--experimental-vm-modules', '--no-warnings', path.join(root, 'node_modules/jest/bin/jest.js')];
const selected = [
  '--selectProjects',
  'security',
  ...(positionals.length > 0 ? ['--testPathPatterns', ...positionals] : []),
];
console.log(`seed ${seed}`);
const child = spawn(pinnedNode, [...jest, ...selected], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, RINGFENCE_SECURITY: values.short ? 'short' : 'long', RINGFENCE_SECURITY_SEED: seed },
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.once('exit', (code) => process.exit(code ?? 1));
