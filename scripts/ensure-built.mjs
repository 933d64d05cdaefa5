import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root, run } from './ensure-installed.mjs';
import { step } from './progress.mjs';

const PARTS = [
  {
    name: 'API',
    script: 'build:api',
    quietly: ['--quiet'],
    sources: ['apps/api', 'libs', 'migrations', 'scripts', 'tools', 'test', '.swcrc'],
  },
  {
    name: 'console',
    script: 'build:console',
    quietly: ['--logLevel', 'error'],
    sources: ['apps/console', 'libs/contracts'],
  },
];
const SHARED = ['package-lock.json', 'package.json', 'tsconfig.json'];

/** Builds what has changed since the last build. */
export async function ensureBuilt() {
  for (const { name, script, quietly, sources } of PARTS) {
    const stamp = path.join(root, 'dist', `.${script.replace(':', '-')}-stamp`);
    const state = fingerprint([...sources, ...SHARED]);
    if (existsSync(stamp) && readFileSync(stamp, 'utf8') === state) continue;
    await step(`Building the ${name}`, () => run('npm', ['run', '--silent', script, '--', ...quietly]));
    mkdirSync(path.dirname(stamp), { recursive: true });
    writeFileSync(stamp, state);
  }
}

/** Changes when any file does: by path, size and time of change, which is enough on one machine. */
function fingerprint(sources) {
  const digest = createHash('sha256');
  for (const source of sources) {
    const full = path.join(root, source);
    const files = statSync(full).isDirectory() ? filesBelow(full) : [full];
    for (const file of files.sort()) {
      const { size, mtimeMs } = statSync(file);
      digest.update(`${path.relative(root, file)} ${size} ${mtimeMs}\n`);
    }
  }
  return digest.digest('hex');
}

function filesBelow(directory) {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const full = path.join(directory, entry.name);
    return entry.isDirectory() ? filesBelow(full) : [full];
  });
}
