import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { access, chown, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Binaries } from './binaries.js';
import { EmbeddedPostgresRefusal } from './refusal.js';
import { endRemains } from './remains.js';
import { handOver, type UnprivilegedUser } from './unprivileged-user.js';

export const SUPERUSER = 'postgres';

/** The superuser's password stands beside the data, readable by its owner only. */
export const passwordFile = (dataDir: string) => `${dataDir}.password`;

/** Stands beside the data while it is being created: a process that is killed meanwhile leaves half a database. */
export const unfinishedMark = (dataDir: string) => `${dataDir}.unfinished`;

/** Empties a directory in which the creation was begun and not finished; nothing was ever kept in it. */
export async function discardUnfinished(dataDir: string): Promise<void> {
  const begun = await access(unfinishedMark(dataDir)).then(
    () => true,
    () => false,
  );
  if (!begun) return;
  await endRemains(dataDir);
  await empty(dataDir);
}

async function empty(dataDir: string): Promise<void> {
  for (const entry of await readdir(dataDir)) await rm(path.join(dataDir, entry), { recursive: true, force: true });
  await rm(passwordFile(dataDir), { force: true });
  await rm(unfinishedMark(dataDir), { force: true });
}

/**
 * Fills an empty directory with a new database cluster: UTF-8, the C.UTF-8 locale, checksums, password sign-in.
 *
 * @throws EmbeddedPostgresRefusal with what initdb said; the directory is empty again
 */
export async function createDatabase(
  binaries: Binaries,
  dataDir: string,
  user: UnprivilegedUser | undefined,
): Promise<void> {
  const password = randomBytes(24).toString('base64url');
  const handover = await mkdtemp(path.join(os.tmpdir(), 'ringfence-initdb-'));
  const file = path.join(handover, 'password');
  try {
    await writeFile(unfinishedMark(dataDir), '');
    await writeFile(passwordFile(dataDir), `${password}\n`, { mode: 0o600 });
    await writeFile(file, `${password}\n`, { mode: 0o600 });
    if (user) {
      await chown(file, user.uid, user.gid);
      await chown(handover, user.uid, user.gid);
      await handOver(dataDir, user);
    }
    const options = ['-U', SUPERUSER, '-A', 'scram-sha-256', '-E', 'UTF8', '--locale=C.UTF-8', `--pwfile=${file}`];
    await initdb(binaries.initdb, ['-D', dataDir, ...options], dataDir, user);
    await rm(unfinishedMark(dataDir));
  } catch (error) {
    await empty(dataDir);
    if (error instanceof EmbeddedPostgresRefusal) throw error;
    throw new EmbeddedPostgresRefusal(`The database could not be created in ${dataDir}: ${(error as Error).message}`);
  } finally {
    await rm(handover, { recursive: true, force: true });
  }
}

function initdb(binary: string, args: string[], cwd: string, user: UnprivilegedUser | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(binary, args, {
      cwd,
      env: { PATH: process.env['PATH'], LC_ALL: 'C.UTF-8', TZ: 'UTC' },
      stdio: ['ignore', 'ignore', 'pipe'],
      ...user,
    });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const refuse = (why: string) =>
      reject(new EmbeddedPostgresRefusal(`The database could not be created in ${cwd}: ${why}`));
    child.once('error', (error) => refuse(error.message));
    child.once('close', (code) => (code === 0 ? resolve() : refuse(said.trim().split('\n').slice(-3).join(' | '))));
  });
}
