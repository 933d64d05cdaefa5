import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync } from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { projectRoot } from '../../apps/api/src/config/project-root.js';

const NAME = 'python3';
const CLIENT = path.join(projectRoot, 'clients/python');

/**
 * Whether Python is installed in a version that the client is for.
 *
 * @returns false when it is not; then a sentence for the end of the run is left behind
 * @throws Error under CI=true when it is not
 */
export function hasPython(): boolean {
  const isNewEnough = 'import sys; sys.exit(sys.version_info < (3, 9))';
  if (spawnSync(NAME, ['-c', isNewEnough]).status === 0) return true;
  const notRun = 'The tests of clients/python did NOT run: python3 of version 3.9 or later was not found.';
  if (process.env['CI'] === 'true') throw new Error(notRun);
  const notes = process.env['RINGFENCE_NOT_RUN_FILE'];
  if (notes) appendFileSync(notes, `${notRun} Install it (apt-get install python3).\n`);
  return false;
}

interface PythonRun {
  status: number;
  output: string;
  errors: string;
}

/** Runs a program that may import the client. */
export async function runPython(args: string[], input = '', env: Record<string, string> = {}): Promise<PythonRun> {
  const program = spawn(NAME, ['-W', 'error', ...args], {
    env: { ...process.env, PYTHONPATH: CLIENT, PYTHONDONTWRITEBYTECODE: '1', ...env },
  });
  program.stdin.end(input);
  const [output, errors, [status]] = await Promise.all([
    text(program.stdout),
    text(program.stderr),
    once(program, 'close') as Promise<[number]>,
  ]);
  return { status, output, errors };
}
