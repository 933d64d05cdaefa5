import { execFile } from 'node:child_process';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * Whether the process is the PostgreSQL server of that directory, and not one that got the number of a dead one. A dead
 * process whose parent does not ask after it (process 1 of a container) keeps its number, but no command line.
 */
export async function isPostmasterOf(pid: number, directory: string): Promise<boolean> {
  if (!isAlive(pid)) return false;
  try {
    if (process.platform !== 'linux') return (await commandLineOf(pid)).includes(directory);
    return (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0').includes(directory);
  } catch {
    return false;
  }
}

async function commandLineOf(pid: number): Promise<string> {
  const [command, ...args] =
    process.platform === 'win32'
      ? ['powershell', '-NoProfile', '-Command', `(Get-CimInstance Win32_Process -Filter ProcessId=${pid}).CommandLine`]
      : ['ps', '-ww', '-o', 'command=', '-p', String(pid)];
  return (await promisify(execFile)(command!, args)).stdout;
}

/** The processes of PostgreSQL that work in the directory; none where the system does not tell. */
export async function serversIn(directory: string): Promise<number[]> {
  if (process.platform !== 'linux') return [];
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const matches = await Promise.all(
    pids.map(async (pid) => {
      try {
        const isServer = ['postgres', 'initdb'].includes((await readFile(`/proc/${pid}/comm`, 'utf8')).trim());
        return isServer && (await readlink(`/proc/${pid}/cwd`)) === directory ? [Number(pid)] : [];
      } catch {
        // It ended meanwhile, or is another user's.
        return [];
      }
    }),
  );
  return matches.flat();
}

/** Waits until the condition holds; false when it does not within the time. */
export async function eventually(condition: () => boolean | Promise<boolean>, timeoutMs: number): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  while (!(await condition())) {
    if (Date.now() > deadline) return false;
    await delay(20);
  }
  return true;
}
