import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { root } from './ensure-installed.mjs';
import { refuse } from './progress.mjs';

const LOOPBACK = ['127.0.0.1', 'localhost', '::1'];
/** A start that was killed a moment ago may still be letting go of the port. */
const PATIENCE_MS = 2_000;

/** Reads `.env` and refuses what cannot work, before minutes go into installing and building. */
export async function checkSettings() {
  const file = path.join(root, '.env');
  if (existsSync(file)) process.loadEnvFile?.(file);
  const { DATABASE_URL, SYSTEM_DATABASE_URL, JWT_SECRET, HOST = '127.0.0.1', PORT = '3000' } = process.env;
  if (DATABASE_URL && !JWT_SECRET) {
    refuse(
      'JWT_SECRET is missing: with DATABASE_URL set, it signs access tokens. Take the output of openssl rand -hex 32',
    );
  }
  if (DATABASE_URL && !SYSTEM_DATABASE_URL) {
    refuse(
      'SYSTEM_DATABASE_URL is missing: with DATABASE_URL set, it names the same database with a login that may become ringfence_system only.',
    );
  }
  if (!DATABASE_URL && !LOOPBACK.includes(HOST)) {
    refuse(
      `The demo listens on this machine only, not on ${HOST}: its passwords are public. Set DATABASE_URL to run for others.`,
    );
  }
  if (!/^\d{1,5}$/.test(PORT) || Number(PORT) > 65_535) refuse(`PORT must be a number from 0 to 65535, not ${PORT}.`);
  const trouble = await troubleWithPort(Number(PORT), HOST);
  if (trouble) refuse(`Port ${PORT} of ${HOST} ${trouble}. Stop what uses it, or take another: PORT=3001 npm start`);
}

/** Only migrating needs the owner of the tables: a server that does not migrate does not get that address. */
export function environmentOfServer() {
  const env = { ...process.env };
  if (env.AUTO_MIGRATE !== 'true') delete env.MIGRATION_DATABASE_URL;
  return env;
}

async function troubleWithPort(port, host) {
  for (const deadline = Date.now() + PATIENCE_MS; ; await delay(200)) {
    const code = await tryPort(port, host);
    if (code === null) return null;
    if (code !== 'EADDRINUSE') return `cannot be used (${code})`;
    if (Date.now() > deadline) return 'is taken';
  }
}

function tryPort(port, host) {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', ({ code }) => resolve(code));
    probe.listen(port, host, () => probe.close(() => resolve(null)));
  });
}
