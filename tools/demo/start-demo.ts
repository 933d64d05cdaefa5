import { INVITATION_PATH } from '#contracts';
import { EmbeddedPostgresRefusal, startEmbeddedPostgres } from '#embedded-postgres';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApp } from '../../apps/api/src/create-app.js';
import { readEnv } from '../../apps/api/src/config/env.js';
import { type DemoAccess, writeAccess } from './access.js';
import { createDatabase, migrate, withClient } from './database.js';
import { homeOf, jwtSecret, leave, occupy, StartRefusal } from './home.js';
import { isEmpty, seedDemo } from './seed.js';

/**
 * The product on one command: an embedded PostgreSQL under `.ringfence/`, migrated and filled with demo data the first
 * time, then API and console in this process. It listens on the loopback address only: the demo's password is public.
 */
const LOOPBACK = ['127.0.0.1', 'localhost', '::1'];
const STOP_LIMIT_MS = 20_000;
const APP_STOP_LIMIT_MS = 5_000;

type Undo = () => Promise<unknown>;

async function main(): Promise<void> {
  const undo: Undo[] = [];
  const stopping = new AbortController();
  let exitCode = 0;
  const fail = (error: unknown) => {
    exitCode = 1;
    report(error);
    stopping.abort();
  };
  listenForTheEnd(stopping, fail);
  const ended = new Promise((resolve) => stopping.signal.addEventListener('abort', resolve));
  try {
    await start(undo, stopping.signal);
    await ended;
  } catch (error) {
    if (!stopping.signal.aborted) fail(error);
  }
  for (const step of undo.reverse()) await step().catch(fail);
  process.exit(exitCode);
}

/** Does one thing after the other. What has to be undone in the end is noted as soon as it is done. */
async function start(undo: Undo[], stopping: AbortSignal): Promise<void> {
  const { HOST: host = '127.0.0.1', PORT: port = '3000' } = process.env;
  if (!LOOPBACK.includes(host)) {
    throw new StartRefusal(
      `The demo listens on this machine only, not on ${host}. Set DATABASE_URL to run for others.`,
    );
  }
  const home = homeOf();
  const step = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
    stopping.throwIfAborted();
    return timed(what, work);
  };
  await occupy(home);
  undo.push(() => leave(home));
  const postgres = await step('Starting PostgreSQL', () => startEmbeddedPostgres({ dataDir: home.dataDir }));
  undo.push(() => postgres.stop());
  const databaseUrl = await createDatabase(postgres);
  const logins = await step('Migrating the database', () => migrate(databaseUrl));
  await withClient(databaseUrl, async (client) => {
    if (await isEmpty(client)) await step('Filling in demo data', () => seedDemo(client));
  });

  const env = readEnv({
    LOG_FORMAT: 'pretty',
    LOG_LEVEL: 'warn',
    ...process.env,
    ...logins,
    JWT_SECRET: await jwtSecret(home),
    HOST: host,
    PORT: port,
  });
  const app = await step('Starting API and console', () => createApp(env));
  // An open stream of a browser must not hold up the database's orderly end.
  undo.push(() => Promise.race([app.close(), new Promise((resolve) => setTimeout(resolve, APP_STOP_LIMIT_MS))]));
  const url = await listen(app, env.HOST, env.PORT);
  announce(await withClient(databaseUrl, (client) => writeAccess(client, home.demoFile, url)));
}

async function listen(app: NestFastifyApplication, host: string, port: number): Promise<string> {
  try {
    await app.listen(port, host);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === 'EADDRINUSE' ? 'is taken' : `cannot be used (${code})`;
    throw new StartRefusal(`Port ${port} of ${host} ${why}. Stop what uses it, or take another: PORT=3001 npm start`);
  }
  return app.getUrl();
}

function announce(access: DemoAccess): void {
  const body = JSON.stringify({ agentId: access.agentId, destination: access.destination });
  say(`
Ringfence is ready: ${access.url}
Sign in as admin@demo.test with the password ${access.password}
(or as owner@, manager@, agent@ or platform@demo.test). Stop with Ctrl-C.
${invitationLine(access)}
Ask the call gate:
curl -s ${access.url}/api/v1/call-gate/authorize -H 'Authorization: Bearer ${access.apiKey}' -H 'Content-Type: application/json' -d '${body}'
`);
}

function invitationLine({ url, invitation }: DemoAccess): string {
  if (invitation === null) return '';
  return `\nAccept the invitation of ${invitation.email}:\n${url}${INVITATION_PATH}${invitation.token}\n`;
}

/**
 * Signals often come twice (the terminal sends Ctrl-C to all, npm passes it on), so only the first counts. What was
 * begun is finished first: a database server that is stopped while it starts would be left behind.
 */
function listenForTheEnd(stopping: AbortController, fail: (error: unknown) => void): void {
  const stop = () => {
    if (stopping.signal.aborted) return;
    say('\nStopping …');
    stopping.abort();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
  stopping.signal.addEventListener('abort', () => setTimeout(() => process.exit(1), STOP_LIMIT_MS).unref());
  process.on('uncaughtException', fail);
  // The reader of the output may be gone (npm start | head): no reason to end without stopping the database.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
}

/** The same look as scripts/progress.mjs, which runs before there is anything compiled. */
async function timed<T>(what: string, work: () => Promise<T>): Promise<T> {
  const started = Date.now();
  process.stdout.write(`• ${what} … `);
  try {
    const result = await work();
    say(`${((Date.now() - started) / 1000).toFixed(1)} s`);
    return result;
  } catch (error) {
    say('failed');
    throw error;
  }
}

function report(error: unknown): void {
  const expected = error instanceof StartRefusal || error instanceof EmbeddedPostgresRefusal;
  process.stderr.write(`${expected ? error.message : error instanceof Error ? error.stack : String(error)}\n`);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

await main();
