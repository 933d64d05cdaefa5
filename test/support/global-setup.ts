import { access, chmod, constants, mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { removeEmbeddedPostgres, startEmbeddedPostgres } from '#embedded-postgres';
import { asAdmin, databaseUrl, SERVER_URL, TEMPLATE } from './database.js';
import globalTeardown from './global-teardown.js';
import { migrateWithLogins } from './logins.js';

declare global {
  /** Where the server of this run keeps its data, when it is the run's own. */
  var ringfenceTestServer: string | undefined;
}

/**
 * Starts one server for the whole run, unless TEST_DATABASE_URL names one, and migrates the template that every test
 * file clones. The logins of the API are made once, for they belong to the server. Jest calls this once for each project: the first call does the work.
 */
export default async function globalSetup(): Promise<void> {
  if (process.env[TEMPLATE]) return;
  const template = `ringfence_test_${process.pid}`;
  process.env[TEMPLATE] = template;
  process.env[SERVER_URL] = process.env['TEST_DATABASE_URL'] ?? (await startServer());
  try {
    await migrateTemplate(process.env[SERVER_URL], template);
  } catch (error) {
    // Jest tears down only what was set up.
    await globalTeardown();
    throw error;
  }
}

async function migrateTemplate(serverUrl: string, template: string): Promise<void> {
  await asAdmin(serverUrl, async (admin) => {
    await admin.query(`drop database if exists "${template}" with (force)`);
    await admin.query(`create database "${template}"`);
  });
  await migrateWithLogins(databaseUrl(serverUrl, template));
}

/** Durable as in production, but in memory where the system offers that: the disk is what tests would wait for. */
async function startServer(): Promise<string> {
  const shared = await access('/dev/shm', constants.W_OK).then(
    () => '/dev/shm',
    () => os.tmpdir(),
  );
  await removeLeftovers(shared);
  const directory = await mkdtemp(path.join(shared, `ringfence-test-${process.pid}-`));
  await chmod(directory, 0o755);
  globalThis.ringfenceTestServer = directory;
  stopWithTheRun();
  const dataDir = path.join(directory, 'postgres');
  return (await startEmbeddedPostgres({ dataDir, settings: { max_connections: '300' } })).url;
}

/** Ctrl-C in the terminal comes once from there and once from npm; the server is stopped once. */
function stopWithTheRun(): void {
  let stopping: Promise<void> | undefined;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      stopping ??= globalTeardown().finally(() => process.exit(1));
    });
  }
}

/** A run that was killed leaves its server running. The directory's name says which process that run was. */
async function removeLeftovers(shared: string): Promise<void> {
  for (const name of await readdir(shared)) {
    const pid = Number(/^ringfence-test-(\d+)-/.exec(name)?.[1]);
    if (!pid || isAlive(pid)) continue;
    const directory = path.join(shared, name);
    try {
      await removeEmbeddedPostgres(path.join(directory, 'postgres'));
      await rm(directory, { recursive: true, force: true });
    } catch {
      // Another user's, or another run is just removing it.
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
