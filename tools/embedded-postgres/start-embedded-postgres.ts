import { spawn } from 'node:child_process';
import { open, readFile, realpath, rm, stat } from 'node:fs/promises';
import { type Binaries, findBinaries } from './binaries.js';
import { inspectDataDirectory, readLockFile, removeLockFile } from './data-directory.js';
import { createDatabase, discardUnfinished, passwordFile, SUPERUSER, unfinishedMark } from './create-database.js';
import { choosePort } from './ports.js';
import { eventually, isAlive, isPostmasterOf } from './processes.js';
import { EmbeddedPostgresRefusal } from './refusal.js';
import { endRemains } from './remains.js';
import { reachableDirectory } from './stand-in.js';
import { handOver, unprivilegedUser, type UnprivilegedUser } from './unprivileged-user.js';

export interface EmbeddedPostgresOptions {
  /** Where the data is kept. Made when it is missing. */
  dataDir: string;
  /** TCP port on 127.0.0.1; when left out that of the last start, or a free one. */
  port?: number;
  /** Settings of the server, such as `{ max_connections: '300' }`. Durability stays on unless it is turned off here. */
  settings?: Record<string, string>;
  /** Told what is being done, for what takes a while. */
  onProgress?: (what: string) => void;
}

export interface EmbeddedPostgres {
  /** Address for the superuser, password included. */
  url: string;
  port: number;
  pid: number;
  /** Ends open connections and stops the server, the data safe on disk. */
  stop(): Promise<void>;
}

const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 30_000;
const REAP_TIMEOUT_MS = 1_000;
const LOG_LINES_SHOWN = 5;

/**
 * Starts a PostgreSQL server of its own, or takes over the one that a killed process left running on the same data.
 * It listens on 127.0.0.1 only and asks for the password that is kept beside the data. Signals of the terminal do not
 * reach it: who started it decides when it stops.
 *
 * @throws EmbeddedPostgresRefusal with one line that says what to do
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const user = unprivilegedUser();
  const binaries = await findBinaries(user);
  const wanted = await reachableDirectory(options.dataDir, user, removeData);
  await discardUnfinished(await realpath(wanted).catch(() => wanted));
  const state = await inspectDataDirectory(wanted, binaries.majorVersion);
  const dataDir = await realpath(wanted);
  if (state === 'empty') {
    options.onProgress?.('Creating the database');
    await createDatabase(binaries, dataDir, user);
  }
  const password = await readPassword(dataDir);
  const running = await runningServer(dataDir);
  const { pid, port } = running ?? (await launch(binaries, dataDir, user && (await ownerOf(dataDir, user)), options));
  return {
    url: `postgres://${SUPERUSER}:${password}@127.0.0.1:${port}/postgres`,
    port,
    pid,
    stop: () => stop(pid, dataDir),
  };
}

/** As root, the server runs as the owner of the data, who can then start it too; what root owns is handed over. */
async function ownerOf(dataDir: string, user: UnprivilegedUser): Promise<UnprivilegedUser> {
  const { uid, gid } = await stat(dataDir);
  if (uid !== 0) return { uid, gid };
  await handOver(dataDir, user);
  return user;
}

async function readPassword(dataDir: string): Promise<string> {
  try {
    return (await readFile(passwordFile(dataDir), 'utf8')).trim();
  } catch {
    const file = passwordFile(dataDir);
    throw new EmbeddedPostgresRefusal(`${file} is missing, so ${dataDir} cannot be opened: put it back or start anew.`);
  }
}

/** The server that a killed process left behind; null when there is none, and then nothing is in the way of a new one. */
async function runningServer(dataDir: string): Promise<{ pid: number; port: number } | null> {
  const lock = await readLockFile(dataDir);
  if (lock === null) return null;
  if (!(await isPostmasterOf(lock.pid, dataDir))) {
    await endRemains(dataDir);
    // The lock of a dead process is PostgreSQL's own to judge; one with the number of another process would stop it.
    if (isAlive(lock.pid)) await removeLockFile(dataDir);
    return null;
  }
  const ready = await eventually(async () => (await readLockFile(dataDir))?.ready ?? false, START_TIMEOUT_MS);
  if (ready) return { pid: lock.pid, port: lock.port };
  throw new EmbeddedPostgresRefusal(
    `A PostgreSQL server (process ${lock.pid}) holds ${dataDir} and does not get ready.`,
  );
}

async function launch(
  binaries: Binaries,
  dataDir: string,
  user: UnprivilegedUser | undefined,
  options: EmbeddedPostgresOptions,
): Promise<{ pid: number; port: number }> {
  options.onProgress?.('Starting PostgreSQL');
  const port = options.port ?? (await choosePort(dataDir));
  const settings = { listen_addresses: '127.0.0.1', unix_socket_directories: '', ...options.settings };
  const args = ['-D', dataDir, '-p', String(port)];
  for (const [name, value] of Object.entries(settings)) args.push('-c', `${name}=${value}`);
  const logFile = `${dataDir}.log`;
  const log = await open(logFile, 'w', 0o600);
  const child = spawn(binaries.postgres, args, {
    cwd: dataDir,
    detached: true,
    stdio: ['ignore', 'ignore', log.fd],
    env: { PATH: process.env['PATH'], LC_ALL: 'C.UTF-8', TZ: 'UTC' },
    ...user,
  });
  await log.close();
  let failure: string | undefined;
  child.once('error', (error) => (failure = error.message));
  child.once('exit', (code) => (failure = `it ended with exit code ${code}`));
  const isReady = async () => {
    const lock = await readLockFile(dataDir);
    return lock?.pid === child.pid && lock?.ready === true;
  };
  await eventually(async () => failure !== undefined || (await isReady()), START_TIMEOUT_MS);
  if (failure !== undefined || !(await isReady())) {
    child.kill('SIGQUIT');
    const said = (await readFile(logFile, 'utf8')).trim().split('\n').slice(-LOG_LINES_SHOWN).join(' | ');
    throw new EmbeddedPostgresRefusal(`PostgreSQL did not start on ${dataDir}: ${said || (failure ?? 'no answer')}`);
  }
  child.unref();
  return { pid: child.pid!, port };
}

/** A fast shutdown (SIGINT): open transactions are rolled back, connections end, everything is written. */
async function stop(pid: number, dataDir: string): Promise<void> {
  for (const signal of ['SIGINT', 'SIGQUIT']) {
    if (!(await isPostmasterOf(pid, dataDir))) break;
    process.kill(pid, signal);
    if (await eventually(async () => !(await isPostmasterOf(pid, dataDir)), STOP_TIMEOUT_MS)) break;
  }
  // It has ended. Its number is free when its parent has asked after it, which not every parent does.
  await eventually(() => !isAlive(pid), REAP_TIMEOUT_MS);
}

/** Stops a server that still runs on the data, and removes data, log and password. */
export async function removeEmbeddedPostgres(directory: string): Promise<void> {
  await removeData(await reachableDirectory(directory, unprivilegedUser(), removeData));
  await rm(directory, { recursive: true, force: true });
}

async function removeData(dataDir: string): Promise<void> {
  const lock = await readLockFile(dataDir);
  if (lock !== null) {
    const served = await realpath(dataDir);
    await stop(lock.pid, served);
    await endRemains(served);
  }
  for (const path of [dataDir, passwordFile(dataDir), unfinishedMark(dataDir), `${dataDir}.log`]) {
    await rm(path, { recursive: true, force: true });
  }
}
