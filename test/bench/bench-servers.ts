import { type ChildProcess, fork, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { removeEmbeddedPostgres, startEmbeddedPostgres } from '#embedded-postgres';
import { loginSettings, migrateWithLogins } from '../support/logins.js';

/** Something to stop when the benchmark ends, the last started first. */
type Stop = () => Promise<void>;

/** The servers of one benchmark. Commits are durable, as they are in production. */
export class BenchServers {
  private readonly stops: Stop[] = [];
  private serverUrl: string | undefined;

  /** @param given a server to use instead of a new embedded one; its databases named bench_… are made anew */
  constructor(private readonly given?: string) {}

  async stop(): Promise<void> {
    for (const stop of this.stops.reverse()) await stop();
  }

  /** A new, migrated database. */
  async database(name: string): Promise<string> {
    this.serverUrl ??= this.given ?? (await this.postgres());
    const database = `bench_${name}`;
    await asOwner(this.serverUrl, async (client) => {
      await requireDurability(client);
      await client.query(`drop database if exists "${database}" with (force)`);
      await client.query(`create database "${database}"`);
    });
    const url = new URL(this.serverUrl);
    url.pathname = `/${database}`;
    await migrateWithLogins(url.href);
    return url.href;
  }

  /** The API in a process of its own, as it runs in production. */
  async api(databaseUrl: string, redisUrl?: string): Promise<{ url: string; mostRssMb(): Promise<number> }> {
    const server = fork(fileURLToPath(new URL('./gate-server.js', import.meta.url)), {
      execArgv: ['--max-old-space-size=1024', '--max-semi-space-size=16', '--no-allocation-site-pretenuring'],
      env: {
        ...process.env,
        ...loginSettings(databaseUrl),
        BENCH_OWNER_URL: databaseUrl,
        JWT_SECRET: 'a secret of the benchmark that signs nothing of worth',
        LOG_LEVEL: 'warn',
        MIDNIGHT_JOB: 'false',
        LEDGER_JOB: 'false',
        NODE_ENV: 'production',
        ...(redisUrl && { BENCH_REDIS_URL: redisUrl }),
      },
    });
    const url = await this.addressOf(server);
    const mostRssMb = async () => {
      server.send('memory');
      const [answer] = (await once(server, 'message')) as [{ rssMb: number }];
      return answer.rssMb;
    };
    return { url, mostRssMb };
  }

  /** A server that does nothing, in a process of its own: Fastify as it comes, or node:http. */
  bare(kind: 'fastify' | 'http'): Promise<string> {
    const script = fileURLToPath(new URL('./bare-server.js', import.meta.url));
    return this.addressOf(fork(script, [kind], { env: { ...process.env, NODE_ENV: 'production' } }));
  }

  private addressOf(server: ChildProcess): Promise<string> {
    this.stops.push(() => end(server));
    return new Promise<string>((resolve, reject) => {
      server.once('message', (message) => resolve((message as { url: string }).url));
      server.once('exit', (code) => reject(new Error(`The server ended with exit code ${code}`)));
    });
  }

  /** Redis that writes its log to disk every second; null where it is not installed. */
  async redis(): Promise<string | null> {
    if (spawnSync('redis-server', ['--version']).status !== 0) return null;
    const directory = await mkdtemp(path.join(os.tmpdir(), 'ringfence-bench-redis-'));
    const port = await freePort();
    const options = ['--port', String(port), '--dir', directory, '--save', ''];
    const server = spawn('redis-server', [...options, '--appendonly', 'yes', '--appendfsync', 'everysec']);
    this.stops.push(async () => {
      await end(server);
      await rm(directory, { recursive: true, force: true });
    });
    for await (const line of server.stdout) if (String(line).includes('Ready to accept')) break;
    return `redis://127.0.0.1:${port}`;
  }

  private async postgres(): Promise<string> {
    const directory = await mkdtemp(path.join(os.tmpdir(), 'ringfence-bench-'));
    const dataDir = path.join(directory, 'postgres');
    const postgres = await startEmbeddedPostgres({ dataDir, settings: LOG_SETTINGS });
    this.stops.push(async () => {
      await removeEmbeddedPostgres(dataDir);
      await rm(directory, { recursive: true, force: true });
    });
    await asOwner(postgres.url, fillLog);
    return postgres.url;
  }
}

/** As docs/operating.md advises. */
const LOG_SETTINGS = { min_wal_size: '1GB', max_wal_size: '4GB' };
const LOG_SEGMENTS = 64;

/** Makes the log segments of a server that has been in use; a new server would make them while it is measured. */
async function fillLog(client: pg.Client): Promise<void> {
  await client.query('create table log_filler (id integer)');
  for (let segment = 0; segment < LOG_SEGMENTS; segment += 1) {
    await client.query('insert into log_filler values (1)');
    await client.query('select pg_switch_wal()');
  }
  await client.query('drop table log_filler');
  await client.query('checkpoint');
}

export async function asOwner<Result>(url: string, work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

async function requireDurability(client: pg.Client): Promise<void> {
  const off = await client.query<{ name: string }>(
    `select name from pg_settings where name in ('fsync', 'full_page_writes', 'synchronous_commit') and setting <> 'on'`,
  );
  if (off.rows.length > 0) throw new Error(`${off.rows[0]!.name} is not on: the figures would mean nothing`);
}

async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null) return;
  const ended = once(server, 'exit');
  server.kill('SIGTERM');
  await ended;
}

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
