import { createHash } from 'node:crypto';
import { lstat, mkdir, readdir, rmdir, stat, symlink } from 'node:fs/promises';
import path from 'node:path';
import type { UnprivilegedUser } from './unprivileged-user.js';

const ENTER_BY_OTHERS = 0o001;

/**
 * The directory itself, or a stand-in that the user can get to when a parent is closed to others (a clone under /root).
 * A symbolic link at the directory's place says that the stand-in holds its data. Without the link, the stand-in is what
 * a directory that was deleted since has left behind, and is discarded.
 */
export async function reachableDirectory(
  directory: string,
  user: UnprivilegedUser | undefined,
  discard: (leftover: string) => Promise<void>,
): Promise<string> {
  const wanted = path.resolve(directory);
  if (!user || (await isReachable(wanted))) return wanted;
  const standIn = path.join('/var/tmp', `ringfence-${createHash('sha256').update(wanted).digest('hex').slice(0, 16)}`);
  const entry = await lstat(wanted).catch(() => null);
  if (entry?.isSymbolicLink()) return standIn;
  try {
    // It is a file, or a directory with other contents: the caller refuses it.
    if (entry && (await readdir(wanted)).length > 0) return wanted;
    await discard(standIn);
    if (entry) await rmdir(wanted);
    await mkdir(path.dirname(wanted), { recursive: true });
    await symlink(standIn, wanted);
    return standIn;
  } catch {
    return wanted;
  }
}

async function isReachable(wanted: string): Promise<boolean> {
  for (let current = path.dirname(wanted); current !== path.dirname(current); current = path.dirname(current)) {
    const entry = await stat(current).catch(() => null);
    if (entry && (entry.mode & ENTER_BY_OTHERS) === 0) return false;
  }
  return true;
}
