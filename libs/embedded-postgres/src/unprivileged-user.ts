import { createHash } from 'node:crypto';
import { chown, readdir, stat } from 'node:fs/promises';
import path from 'node:path';

/** PostgreSQL refuses to run as root; every Unix knows this id as "nobody". */
const NOBODY = 65_534;

export interface UnprivilegedUser {
  uid: number;
  gid: number;
}

/** Whom the server runs as; undefined where the current user will do. */
export function unprivilegedUser(): UnprivilegedUser | undefined {
  return process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : undefined;
}

/** Hands a directory and all that is in it to the user. */
export async function handOver(directory: string, user: UnprivilegedUser): Promise<void> {
  await chown(directory, user.uid, user.gid);
  for (const entry of await readdir(directory, { withFileTypes: true, recursive: true })) {
    if (!entry.isSymbolicLink()) await chown(path.join(entry.parentPath, entry.name), user.uid, user.gid);
  }
}

const ENTER_BY_OTHERS = 0o001;

/**
 * The directory itself, or a stand-in that the user can get to when a parent is closed to others (a clone under /root).
 * The same directory always gets the same stand-in.
 */
export async function reachableDirectory(directory: string, user: UnprivilegedUser | undefined): Promise<string> {
  const wanted = path.resolve(directory);
  if (!user) return wanted;
  for (let current = path.dirname(wanted); current !== path.dirname(current); current = path.dirname(current)) {
    const found = await stat(current).catch(() => null);
    if (found && (found.mode & ENTER_BY_OTHERS) === 0) {
      const name = createHash('sha256').update(wanted).digest('hex').slice(0, 16);
      return path.join('/var/tmp', `ringfence-${name}`);
    }
  }
  return wanted;
}
