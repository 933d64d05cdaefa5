import { rm } from 'node:fs/promises';
import path from 'node:path';
import { removeEmbeddedPostgres } from '#embedded-postgres';
import { asAdmin, SERVER_URL, TEMPLATE } from './database.js';

/** Stops the server of the run; on a server that was named, drops what the run made. */
export default async function globalTeardown(): Promise<void> {
  const template = process.env[TEMPLATE];
  if (!template) return;
  delete process.env[TEMPLATE];
  const directory = globalThis.ringfenceTestServer;
  if (directory) {
    await removeEmbeddedPostgres(path.join(directory, 'postgres'));
    await rm(directory, { recursive: true, force: true });
    return;
  }
  await asAdmin(process.env[SERVER_URL]!, async (admin) => {
    const left = await admin.query<{ datname: string }>('select datname from pg_database where datname like $1', [
      `${template}%`,
    ]);
    for (const { datname } of left.rows) await admin.query(`drop database if exists "${datname}" with (force)`);
  });
}
