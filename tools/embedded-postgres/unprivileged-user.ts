import { chown, readdir } from 'node:fs/promises';
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
