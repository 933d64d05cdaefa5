import { chmod, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import pg from 'pg';
import { EmbeddedPostgresRefusal, type EmbeddedPostgres, startEmbeddedPostgres } from '#embedded-postgres';
import { createApp } from '../apps/api/src/create-app.js';
import { readEnv } from '../apps/api/src/config/env.js';
import { migrationDataSource } from '../apps/api/src/platform/database/data-source.js';
import { type Home, homeOf, jwtSecret, leave, occupy, StartRefusal } from './demo/home.js';
import { type DemoAccess, seedDemo } from './demo/seed.js';

/**
 * The product on one command: an embedded PostgreSQL under `.ringfence/`, migrated and filled with demo data the first
 * time, then API and console in this process. It listens on the loopback address only: the demo's password is public.
 */
const LOOPBACK = ['127.0.0.1', 'localhost', '::1'];
const DATABASE = 'ringfence';

type Undo = () => Promise<unknown>;

async function main(): Promise<void> {
  const undo: Undo[] = [];
  const stop = async (): Promise<void> => {
    for (const step of undo.reverse().splice(0)) await step().catch(report);
  };
  stopOnSignals(stop);
  try {
    await start(homeOf(), undo);
  } catch (error) {
    await stop();
    report(error);
    process.exit(1);
  }
}

async function start(home: Home, undo: Undo[]): Promise<void> {
  const { HOST: host = '127.0.0.1', PORT: port = '3000' } = process.env;
  if (!LOOPBACK.includes(host)) {
    throw new StartRefusal(
      `The demo listens on this machine only, not on ${host}. Set DATABASE_URL to run for others.`,
    );
  }
  await requireFreePort(host, Number(port));
  await occupy(home);
  undo.push(() => leave(home));

  const postgres = await timed('Starting PostgreSQL', () => startEmbeddedPostgres({ dataDir: home.dataDir }));
  undo.push(() => postgres.stop());
  const databaseUrl = await createDatabase(postgres);
  await timed('Migrating', () => migrate(databaseUrl));
  const seeded = await seedOnce(databaseUrl);

  const env = readEnv({
    LOG_FORMAT: 'pretty',
    LOG_LEVEL: 'warn',
    ...process.env,
    DATABASE_URL: databaseUrl,
    JWT_SECRET: await jwtSecret(home),
    HOST: host,
    PORT: port,
  });
  const app = await timed('Starting API and console', () => createApp(env));
  undo.push(() => app.close());
  await app.listen(env.PORT, env.HOST);
  const url = (await app.getUrl()).replace('[::1]', 'localhost');
  await announce(await rememberAccess(home, url, seeded));
}

async function createDatabase(postgres: EmbeddedPostgres): Promise<string> {
  const client = new pg.Client(postgres.url);
  await client.connect();
  try {
    const found = await client.query('select from pg_database where datname = $1', [DATABASE]);
    if (found.rowCount === 0) await client.query(`create database ${DATABASE}`);
  } finally {
    await client.end();
  }
  const url = new URL(postgres.url);
  url.pathname = `/${DATABASE}`;
  return url.toString();
}

async function migrate(databaseUrl: string): Promise<void> {
  const source = migrationDataSource(databaseUrl);
  await source.initialize();
  try {
    await source.runMigrations();
  } finally {
    await source.destroy();
  }
}

async function seedOnce(databaseUrl: string): Promise<DemoAccess | null> {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  try {
    const { rows } = await client.query<{ empty: boolean }>('select not exists (select from users) as empty');
    return rows[0]!.empty ? await timed('Filling in demo data', () => seedDemo(client)) : null;
  } finally {
    await client.end();
  }
}

interface DemoFile extends DemoAccess {
  url: string;
}

/** Keeps what the seed said beside the data, with the address of this start. */
async function rememberAccess(home: Home, url: string, seeded: DemoAccess | null): Promise<DemoFile> {
  const known = seeded ?? (JSON.parse(await readFile(home.demoFile, 'utf8').catch(() => 'null')) as DemoFile | null);
  if (known === null) {
    throw new StartRefusal(`${home.demoFile} is missing. Start over with: npm run demo:reset && npm start`);
  }
  const access = { ...known, url };
  await writeFile(home.demoFile, `${JSON.stringify(access, null, 2)}\n`, { mode: 0o600 });
  await chmod(home.demoFile, 0o600);
  return access;
}

async function announce(access: DemoFile): Promise<void> {
  const body = JSON.stringify({ agentId: access.agentId, destination: access.destination });
  say(`
Ringfence is ready: ${access.url}
Sign in as admin@demo.test with the password ${access.password}
(or as owner@, manager@, agent@ or platform@demo.test). Stop with Ctrl-C.

Ask the call gate:
curl -s ${access.url}/api/v1/call-gate/authorize -H 'Authorization: Bearer ${access.apiKey}' -H 'Content-Type: application/json' -d '${body}'
`);
}

/** Asked before anything is started, so that a taken port costs no time and leaves nothing behind. */
function requireFreePort(host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    if (!Number.isInteger(port) || port < 0 || port > 65_535) {
      return reject(new StartRefusal(`PORT must be a number from 0 to 65535, not ${process.env['PORT']}.`));
    }
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => {
      const why = error.code === 'EADDRINUSE' ? 'is taken' : `cannot be used (${error.code})`;
      reject(new StartRefusal(`Port ${port} of ${host} ${why}. Stop what uses it, or set PORT: PORT=3001 npm start`));
    });
    probe.listen(port, host, () => probe.close(() => resolve()));
  });
}

function stopOnSignals(stop: () => Promise<void>): void {
  let stopping = false;
  const onSignal = () => {
    if (stopping) return;
    stopping = true;
    say('\nStopping …');
    void stop().then(() => process.exit(0));
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
}

async function timed<T>(what: string, work: () => Promise<T>): Promise<T> {
  const started = Date.now();
  const result = await work();
  say(`• ${what}: ${((Date.now() - started) / 1000).toFixed(1)} s`);
  return result;
}

function report(error: unknown): void {
  const expected = error instanceof StartRefusal || error instanceof EmbeddedPostgresRefusal;
  process.stderr.write(`${expected ? error.message : error instanceof Error ? error.stack : String(error)}\n`);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

await main();
