import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { projectRoot } from '../../apps/api/src/config/project-root.js';

/** A reason not to start, in one line that says what to do. */
export class StartRefusal extends Error {}

/** Where the demo keeps everything: `.ringfence/` of the clone, or RINGFENCE_HOME. */
export interface Home {
  directory: string;
  dataDir: string;
  /** What scripts need to sign in and to ask the gate. */
  demoFile: string;
  lockFile: string;
}

export function homeOf(
  directory: string = process.env['RINGFENCE_HOME'] || path.join(projectRoot, '.ringfence'),
): Home {
  return {
    directory,
    dataDir: path.join(directory, 'postgres'),
    demoFile: path.join(directory, 'demo.json'),
    lockFile: path.join(directory, 'start.lock'),
  };
}

/** Makes the directory and takes its lock, so that two starts never work on the same data. */
export async function occupy(home: Home): Promise<void> {
  try {
    // Others may enter: as root, PostgreSQL runs as another user. What is secret is readable by the owner only.
    await mkdir(home.directory, { recursive: true, mode: 0o755 });
    const holder = await holderOf(home);
    if (holder !== null) {
      throw new StartRefusal(
        `Ringfence is running already (process ${holder}). Stop it first, or set RINGFENCE_HOME to another directory.`,
      );
    }
    await rm(home.lockFile, { force: true });
    await writeFile(home.lockFile, String(process.pid), { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if (error instanceof StartRefusal) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw new StartRefusal(`${home.directory} cannot be written (${code}): mend it, or set RINGFENCE_HOME to another.`);
  }
}

export async function leave(home: Home): Promise<void> {
  await rm(home.lockFile, { force: true });
}

/** The process that runs the demo in this directory; null when none does, or when it was killed. */
export async function holderOf(home: Home): Promise<number | null> {
  const pid = Number(await readFile(home.lockFile, 'utf8').catch(() => ''));
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return null;
  try {
    process.kill(pid, 0);
  } catch {
    return null;
  }
  const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => 'start-demo');
  return commandLine.includes('start-demo') ? pid : null;
}

/** The secret that signs access tokens: made once, so that sessions outlive a restart. */
export async function jwtSecret(home: Home): Promise<string> {
  const file = path.join(home.directory, 'jwt-secret');
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch {
    const secret = randomBytes(48).toString('base64url');
    await writeFile(file, `${secret}\n`, { mode: 0o600 });
    return secret;
  }
}
