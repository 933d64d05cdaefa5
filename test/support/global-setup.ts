import { access, chmod, constants, mkdtemp } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '#embedded-postgres';
import { migrationDataSource } from '../../apps/api/src/platform/database/data-source.js';
import { asAdmin, databaseUrl, SERVER_URL, TEMPLATE } from './database.js';

export interface TestServer {
  directory: string;
  postgres: EmbeddedPostgres;
}

declare global {
  var ringfenceTestServer: TestServer | undefined;
}

/**
 * Starts one server for the whole run, unless TEST_DATABASE_URL names one, and migrates the template that every test
 * file clones. Jest calls this once for each project: the first call does the work.
 */
export default async function globalSetup(): Promise<void> {
  if (process.env[TEMPLATE]) return;
  const template = `ringfence_test_${process.pid}`;
  process.env[TEMPLATE] = template;
  process.env[SERVER_URL] = process.env['TEST_DATABASE_URL'] ?? (await startServer());
  const serverUrl = process.env[SERVER_URL];
  await asAdmin(serverUrl, async (admin) => {
    await admin.query(`drop database if exists "${template}"`);
    await admin.query(`create database "${template}"`);
  });
  const migrations = migrationDataSource(databaseUrl(serverUrl, template));
  await migrations.initialize();
  await migrations.runMigrations();
  await migrations.destroy();
}

/** Durable as in production, but in memory where the system offers that: the disk is what tests would wait for. */
async function startServer(): Promise<string> {
  const shared = await access('/dev/shm', constants.W_OK).then(
    () => '/dev/shm',
    () => os.tmpdir(),
  );
  const directory = await mkdtemp(path.join(shared, 'ringfence-test-'));
  await chmod(directory, 0o755);
  const postgres = await startEmbeddedPostgres({
    dataDir: path.join(directory, 'postgres'),
    settings: { max_connections: '300' },
  });
  globalThis.ringfenceTestServer = { directory, postgres };
  return postgres.url;
}
