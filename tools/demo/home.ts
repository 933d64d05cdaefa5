import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { projectRoot } from '../../apps/api/src/config/project-root.js';

/** A reason not to start, in one line that says what to do. */
export class StartRefusal extends Error {}

/** Where the demo keeps everything: `.ringfence/` of the clone, or RINGFENCE_HOME. */
export interface Home {
  directory: string;
  dataDir: string;
  /** What scripts need to sign in and to ask the gate. */
  demoFile: string;
  secretFile: string;
  /** Holds the id of the process that works on the data. */
  lockFile: string;
}

/** How long a start waits for another one that is about to end. */
const PATIENCE_MS = 3_000;

export function homeOf(
  directory: string = path.resolve(process.env['RINGFENCE_HOME'] || path.join(projectRoot, '.ringfence')),
): Home {
  return {
    directory,
    dataDir: path.join(directory, 'postgres'),
    demoFile: path.join(directory, 'demo.json'),
    secretFile: path.join(directory, 'jwt-secret'),
    lockFile: path.join(directory, 'start.lock'),
  };
}

/** Makes the directory and takes its lock, so that two starts never work on the same data. */
export async function occupy(home: Home): Promise<void> {
  try {
    // Others may enter: as root, PostgreSQL runs as another user. What is secret is readable by the owner only.
    await mkdir(home.directory, { recursive: true, mode: 0o755 });
    await takeLock(home);
  } catch (error) {
    if (error instanceof StartRefusal) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw new StartRefusal(`${home.directory} cannot be written (${code}): mend it, or set RINGFENCE_HOME to another.`);
  }
}

async function takeLock(home: Home): Promise<void> {
  for (const deadline = Date.now() + PATIENCE_MS; ; await delay(100)) {
    const holder = await holderOf(home);
    if (holder === null) {
      await rm(home.lockFile, { force: true });
      const taken = await writeFile(home.lockFile, `${process.pid}\n`, { flag: 'wx', mode: 0o600 }).then(
        () => true,
        (error: NodeJS.ErrnoException) => {
          // Another start was faster; the next round finds it.
          if (error.code === 'EEXIST') return false;
          throw error;
        },
      );
      if (taken) return;
    }
    if (Date.now() > deadline) {
      throw new StartRefusal(
        `Ringfence is running already (process ${holder}). Stop it first, or set RINGFENCE_HOME to another directory.`,
      );
    }
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
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return null;
  }
  // The number may belong to another process by now.
  const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => 'start-demo');
  return commandLine.includes('start-demo') ? pid : null;
}

/** The secret that signs access tokens: made once, so that sessions outlive a restart. */
export async function jwtSecret(home: Home): Promise<string> {
  const known = (await readFile(home.secretFile, 'utf8').catch(() => '')).trim();
  if (known.length >= 32) return known;
  const secret = randomBytes(48).toString('base64url');
  await writeFile(home.secretFile, `${secret}\n`, { mode: 0o600 });
  return secret;
}
