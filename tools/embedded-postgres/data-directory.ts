import { access, chmod, constants, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { EmbeddedPostgresRefusal } from './refusal.js';

/** What a directory is, seen by a server that wants to keep its data there. */
export type DataDirectoryState = 'empty' | 'initialized';

/**
 * Looks at the directory, and makes it when it is missing.
 *
 * @throws EmbeddedPostgresRefusal when it cannot be written, holds something else, or the data of another version
 */
export async function inspectDataDirectory(directory: string, majorVersion: number): Promise<DataDirectoryState> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await access(directory, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new EmbeddedPostgresRefusal(`${directory} cannot be written (${code}): choose another directory or mend it.`);
  }
  const entries = await readdir(directory);
  if (entries.length === 0) return 'empty';
  const version = await versionOf(directory);
  if (version === null) {
    throw new EmbeddedPostgresRefusal(
      `${directory} holds files that are not PostgreSQL's: move them away or choose another directory.`,
    );
  }
  if (version !== majorVersion) {
    throw new EmbeddedPostgresRefusal(
      `${directory} was made by PostgreSQL ${version}, this is ${majorVersion}: use that version, or start with an empty directory.`,
    );
  }
  // A user who may not change it is told by PostgreSQL what is wrong with the directory.
  await chmod(directory, 0o700).catch(() => {});
  return 'initialized';
}

async function versionOf(directory: string): Promise<number | null> {
  try {
    const version = Number.parseInt(await readFile(path.join(directory, 'PG_VERSION'), 'utf8'), 10);
    return Number.isNaN(version) ? null : version;
  } catch {
    return null;
  }
}

export interface LockFile {
  pid: number;
  port: number;
  /** The server says so itself when it takes connections, if only to read as a standby. */
  ready: boolean;
}

/** What the server's lock file tells (src/include/utils/pidfile.h); null without one. */
export async function readLockFile(directory: string): Promise<LockFile | null> {
  try {
    const lines = (await readFile(path.join(directory, 'postmaster.pid'), 'utf8')).split('\n');
    return { pid: Number(lines[0]), port: Number(lines[3]), ready: /^(ready|standby)\b/.test(lines[7] ?? '') };
  } catch {
    return null;
  }
}

/** Removes a lock that names a process which is no server of this directory. */
export async function removeLockFile(directory: string): Promise<void> {
  await rm(path.join(directory, 'postmaster.pid'), { force: true });
}
