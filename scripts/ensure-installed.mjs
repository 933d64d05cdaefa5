import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { refuse, step } from './progress.mjs';

export const root = path.resolve(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), '..');
const MINIMUM = [20, 19];
const STOPS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** The pinned Node, which every script of the project runs on once the packages are there. */
export const pinnedNode = path.join(
  root,
  'node_modules',
  'node',
  'bin',
  process.platform === 'win32' ? 'node.exe' : 'node',
);

/** Installs the packages when some that the lock file names are missing, or are of another version, whoever installed them. */
export async function ensureInstalled() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < MINIMUM[0] || (major === MINIMUM[0] && minor < MINIMUM[1])) {
    refuse(`Ringfence needs Node ${MINIMUM.join('.')} or newer to start; this is ${process.versions.node}.`);
  }
  if (existsSync(pinnedNode) && isInstalled()) return;
  await step('Installing packages (npm ci)', () =>
    run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { stdio: ['inherit', 'ignore', 'inherit'] }),
  );
  if (!existsSync(pinnedNode)) {
    await run(process.execPath, [path.join(root, 'node_modules', 'node', 'installArchSpecificPackage.js')]);
  }
}

/** By what npm itself writes down of what it installed, when it is done. An optional package may be for other machines. */
function isInstalled() {
  const record = path.join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(record)) return false;
  const packagesOf = (file) => JSON.parse(readFileSync(file, 'utf8')).packages;
  const installed = packagesOf(record);
  const wanted = packagesOf(path.join(root, 'package-lock.json'));
  // The one without a place is the project itself.
  delete wanted[''];
  return Object.entries(wanted).every(([directory, { version, optional, devOptional }]) =>
    directory in installed ? installed[directory].version === version : optional || devOptional,
  );
}

/** Runs a command in the project's folder, on the pinned Node where it is there. Ends the process when it fails. */
export function run(command, args, options = {}) {
  const bin = path.join(root, 'node_modules', '.bin');
  const env = { ...process.env, PATH: `${bin}${path.delimiter}${process.env.PATH}`, ...options.env };
  return new Promise((resolve) => {
    const { stdio = 'inherit' } = options;
    const child = spawn(command, args, { cwd: root, env, stdio, shell: process.platform === 'win32' });
    child.once('error', (error) => refuse(`${command} could not be run: ${error.message}`));
    const stop = (signal) => child.kill(signal);
    for (const signal of STOPS) process.on(signal, stop);
    child.once('exit', (code, signal) => {
      for (const each of STOPS) process.off(each, stop);
      if (code === 0) return resolve();
      refuse(`${command} ${args.join(' ')} ended with ${signal ?? `exit code ${code}`}.`);
    });
  });
}
