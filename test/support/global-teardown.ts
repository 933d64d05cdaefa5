import { rm } from 'node:fs/promises';
import { asAdmin, SERVER_URL, TEMPLATE } from './database.js';

/** Stops the server of the run; on a server that was named, drops what the run made. */
export default async function globalTeardown(): Promise<void> {
  const template = process.env[TEMPLATE];
  if (!template) return;
  delete process.env[TEMPLATE];
  const server = globalThis.ringfenceTestServer;
  if (server) {
    await server.postgres.stop();
    await rm(server.directory, { recursive: true, force: true });
    return;
  }
  await asAdmin(process.env[SERVER_URL]!, async (admin) => {
    const left = await admin.query<{ datname: string }>('select datname from pg_database where datname like $1', [
      `${template}%`,
    ]);
    for (const { datname } of left.rows) await admin.query(`drop database if exists "${datname}" with (force)`);
  });
}
