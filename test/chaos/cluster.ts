import { access, chmod, constants, mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import { type EmbeddedPostgres, removeEmbeddedPostgres, startEmbeddedPostgres } from '#embedded-postgres';
import { type ApiProcess, startApiProcess } from '../support/api-process.js';
import type { Row, TestDatabase } from '../support/database.js';
import { loginSettings, migrateWithLogins } from '../support/logins.js';
import { KEEP_HISTORY } from './history.js';
import { TcpProxy } from './tcp-proxy.js';

const PRELOAD = pathToFileURL(path.resolve('dist/test/chaos/skewed-clock.js')).href;
const HOUR_MS = 3_600_000;
/** Hours by which the clocks of the API processes are wrong. */
const SKEW_HOURS = [0, 26, -26];
const PATIENCE_MS = 60_000;

/** A place for an API process: proxies and skew stay while processes come and go. */
export interface ApiSlot {
  index: number;
  skewHours: number;
  /** To the database. */
  inner: TcpProxy;
  /** To the API. */
  outer: TcpProxy;
  process: ApiProcess | null;
}

interface ClusterOptions {
  apis: number;
  /** Keep the data in memory, where the system offers that. A killed server loses the same as on a disk. */
  inMemory?: boolean;
  /** More settings of the server. */
  settings?: Record<string, string>;
}

/** A PostgreSQL server of its own and API processes on it, each behind proxies. Everything is gone after `close`. */
export class Cluster {
  readonly slots: ApiSlot[] = [];
  private pool!: pg.Pool;
  private closing = false;

  private constructor(
    private readonly directory: string,
    private readonly options: ClusterOptions,
    private postgres: EmbeddedPostgres,
  ) {}

  static async start(options: ClusterOptions): Promise<Cluster> {
    const parent = await parentDirectory(options);
    await removeLeftovers(parent);
    const directory = await mkdtemp(path.join(parent, `ringfence-chaos-${process.pid}-`));
    await chmod(directory, 0o755);
    let cluster: Cluster | undefined;
    try {
      cluster = new Cluster(directory, options, await startPostgres(directory, options));
      cluster.pool = newPool(cluster.postgres.url);
      await migrateWithLogins(cluster.postgres.url);
      await cluster.query(KEEP_HISTORY);
      for (let index = 0; index < options.apis; index += 1) {
        const inner = await TcpProxy.listen(cluster.postgres.port);
        const outer = await TcpProxy.listen(1);
        const skewHours = SKEW_HOURS[index % SKEW_HOURS.length]!;
        cluster.slots.push({ index, skewHours, inner, outer, process: null });
      }
      await Promise.all(cluster.slots.map((slot) => cluster!.startApi(slot)));
      return cluster;
    } catch (error) {
      if (cluster) await cluster.close();
      else await removeDirectory(directory);
      throw error;
    }
  }

  /** What the fixtures of the tests write with: the owner of the tables, past every proxy. */
  get database(): TestDatabase {
    const { DATABASE_URL: appUrl, SYSTEM_DATABASE_URL: systemUrl } = loginSettings(this.postgres.url);
    return {
      url: this.postgres.url,
      appUrl,
      systemUrl,
      query: (sql, parameters) => this.query(sql, parameters),
      connect: () => this.connect(),
      drop: () => Promise.resolve(),
    };
  }

  /** Asks again until the server answers. Only for statements that may run twice. */
  async query(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      try {
        return (await this.pool.query<Row>(sql, [...parameters])).rows;
      } catch (error) {
        if (isOfStatement(error) || Date.now() > deadline) throw error;
        await delay(50);
      }
    }
  }

  async connect(): Promise<pg.Client> {
    const client = new pg.Client(this.postgres.url);
    client.on('error', () => {});
    await client.connect();
    return client;
  }

  /** Starts the process of a slot, again and again until the database is there. */
  async startApi(slot: ApiSlot): Promise<void> {
    const url = new URL(this.postgres.url);
    url.port = String(slot.inner.port);
    const env = {
      NODE_OPTIONS: `--import=${PRELOAD}`,
      CHAOS_CLOCK_SKEW_MS: String(slot.skewHours * HOUR_MS),
      MIDNIGHT_JOB: 'true',
      IDEMPOTENCY_RETENTION_HOURS: '8760',
    };
    const deadline = Date.now() + PATIENCE_MS;
    while (!this.closing) {
      try {
        slot.process = await startApiProcess(url.toString(), env);
        if (this.closing) return await this.killApi(slot);
        // What it says in the log is not read any more; the pipe must not fill.
        slot.process.process.stdout?.resume();
        slot.process.process.stderr?.resume();
        slot.outer.retarget(Number(new URL(slot.process.url).port));
        return;
      } catch (error) {
        if (Date.now() > deadline) throw error;
        await delay(200);
      }
    }
  }

  async killApi(slot: ApiSlot): Promise<void> {
    const ended = slot.process?.process;
    slot.process = null;
    if (!ended || ended.exitCode !== null || ended.signalCode !== null) return;
    await new Promise<void>((resolve) => {
      ended.once('exit', () => resolve());
      ended.kill('SIGKILL');
    });
  }

  /** Kills the postmaster; its processes end by themselves when they notice. Then starts it on the same data. */
  async crashPostgres(): Promise<void> {
    const { pid } = this.postgres;
    process.kill(pid, 'SIGKILL');
    // A server that is about to die would be taken for a running one.
    while (isAlive(pid)) await delay(5);
    this.postgres = await startPostgres(this.directory, this.options, this.postgres.port);
  }

  async close(): Promise<void> {
    this.closing = true;
    for (const slot of this.slots) slot.process?.process.kill('SIGCONT');
    await Promise.all(this.slots.map((slot) => this.killApi(slot)));
    await Promise.all(this.slots.flatMap((slot) => [slot.inner.close(), slot.outer.close()]));
    await this.pool?.end().catch(() => {});
    await removeDirectory(this.directory);
  }
}

async function parentDirectory({ inMemory }: ClusterOptions): Promise<string> {
  if (!inMemory) return os.tmpdir();
  return access('/dev/shm', constants.W_OK).then(
    () => '/dev/shm',
    () => os.tmpdir(),
  );
}

function startPostgres(directory: string, options: ClusterOptions, port?: number): Promise<EmbeddedPostgres> {
  return startEmbeddedPostgres({
    dataDir: path.join(directory, 'postgres'),
    port,
    // The server's own record of the order of commits is what the checker goes by.
    settings: { track_commit_timestamp: 'on', ...options.settings },
  });
}

/** A run that was killed leaves its server running. The directory's name says which process that run was. */
async function removeLeftovers(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const pid = Number(/^ringfence-chaos-(\d+)-/.exec(name)?.[1]);
    if (!pid || isAlive(pid)) continue;
    // Another user's, or another run is just removing it.
    await removeDirectory(path.join(parent, name)).catch(() => {});
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

async function removeDirectory(directory: string): Promise<void> {
  await removeEmbeddedPostgres(path.join(directory, 'postgres'));
  await rm(directory, { recursive: true, force: true });
}

function newPool(connectionString: string): pg.Pool {
  const pool = new pg.Pool({ connectionString, max: 4, application_name: 'chaos' });
  pool.on('error', () => {});
  return pool;
}

/** An error of the statement itself; class 57 says that the server goes down or comes up. */
function isOfStatement(error: unknown): boolean {
  const { code } = error as { code?: string };
  return code !== undefined && /^[0-9A-Z]{5}$/.test(code) && !code.startsWith('57') && !code.startsWith('08');
}
