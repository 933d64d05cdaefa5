import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { removeEmbeddedPostgres, startEmbeddedPostgres } from '#embedded-postgres';
import { migrationDataSource } from '../../apps/api/src/platform/database/data-source.js';
import { seedBench, type BenchCaller } from './gate-seed.js';
import { putLoad, type Figure } from './load.js';

/**
 * `npm run bench:gate -- [--json] [--seconds 4] [--rounds 3] [--database-url postgres://…]`
 *
 * Decisions per second and latency of the gate over HTTP, against the same server's no-op route and against a naive
 * gate, in turns in one run, so that the ratios hold although the machine's speed drifts. Commits are durable.
 */
const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    seconds: { type: 'string', default: '4' },
    rounds: { type: 'string', default: '3' },
    'database-url': { type: 'string' },
  },
});
const CONNECTIONS = [1, 64, 256] as const;
const ROUTES = ['noop', 'gate', 'naive'] as const;
type Route = (typeof ROUTES)[number];

const PATHS: Record<Route, string> = {
  noop: '/bench/noop',
  gate: '/api/v1/call-gate/authorize',
  naive: '/bench/naive',
};

async function main(): Promise<void> {
  const postgres = await database();
  let server: ChildProcess | undefined;
  try {
    const caller = await prepare(postgres.url);
    const started = await startServer(postgres.url);
    server = started.server;
    say(`${os.cpus()[0]?.model}, ${os.availableParallelism()} cores, Node ${process.version}; commits are durable`);
    const runs = await measure(started.url, caller);
    report(runs, await memoryOf(server));
  } finally {
    if (server) await end(server);
    await postgres.stop();
  }
}

async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null) return;
  const ended = once(server, 'exit');
  server.kill('SIGTERM');
  await ended;
}

/** An empty database: a new embedded server's, or the one that is named on the command line. */
async function database(): Promise<{ url: string; stop(): Promise<void> }> {
  const given = options['database-url'];
  if (given) return { url: given, stop: async () => {} };
  const directory = await mkdtemp(path.join(os.tmpdir(), 'ringfence-bench-'));
  const dataDir = path.join(directory, 'postgres');
  const postgres = await startEmbeddedPostgres({ dataDir });
  const stop = async () => {
    await removeEmbeddedPostgres(dataDir);
    await rm(directory, { recursive: true, force: true });
  };
  return { url: postgres.url, stop };
}

async function prepare(url: string): Promise<BenchCaller> {
  const migrations = migrationDataSource(url);
  await migrations.initialize();
  await migrations.runMigrations();
  await migrations.destroy();
  const client = new pg.Client(url);
  await client.connect();
  const durable = await client.query<{ name: string; setting: string }>(
    `select name, setting from pg_settings where name in ('fsync', 'full_page_writes', 'synchronous_commit')`,
  );
  const off = durable.rows.filter((row) => row.setting !== 'on');
  if (off.length > 0) throw new Error(`${off[0]!.name} is off: the figures would mean nothing`);
  const caller = await seedBench(client);
  await client.end();
  return caller;
}

async function startServer(databaseUrl: string): Promise<{ server: ChildProcess; url: string }> {
  const server = fork(fileURLToPath(new URL('./gate-server.js', import.meta.url)), {
    env: {
      ...process.env,
      DATABASE_URL: databaseUrl,
      JWT_SECRET: 'a secret of the benchmark that signs nothing of worth',
      LOG_LEVEL: 'warn',
      MIDNIGHT_JOB: 'false',
      NODE_ENV: 'production',
    },
  });
  const url = await new Promise<string>((resolve, reject) => {
    server.once('message', (message) => resolve((message as { url: string }).url));
    server.once('exit', (code) => reject(new Error(`The server ended with exit code ${code}`)));
  });
  return { server, url };
}

type Runs = Record<Route, Map<number, Figure[]>>;

async function measure(url: string, caller: BenchCaller): Promise<Runs> {
  const seconds = Number(options.seconds);
  for (const route of ROUTES) await load(url, route, caller, 64, Math.min(2, seconds));
  const runs: Runs = { noop: new Map(), gate: new Map(), naive: new Map() };
  for (let round = 1; round <= Number(options.rounds); round += 1) {
    for (const connections of CONNECTIONS) {
      for (const route of ROUTES) {
        const figure = await load(url, route, caller, connections, seconds);
        runs[route].set(connections, [...(runs[route].get(connections) ?? []), figure]);
        say(`round ${round}  ${route.padEnd(5)} ${String(connections).padStart(3)} connections  ${show(figure)}`);
      }
    }
  }
  return runs;
}

function load(url: string, route: Route, caller: BenchCaller, connections: number, seconds: number): Promise<Figure> {
  const target = {
    url,
    path: PATHS[route],
    headers: { authorization: `Bearer ${caller.apiKey}` },
    bodies: caller.bodies(1_000),
  };
  return putLoad([target], { connections, seconds });
}

function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? NaN;
}

function memoryOf(server: ChildProcess): Promise<number> {
  return new Promise((resolve) => {
    server.once('message', (message) => resolve((message as { rssMb: number }).rssMb));
    server.send('memory');
  });
}

/** Ratios are taken within each round, where both sides met the same machine, and then their median. */
function report(runs: Runs, rssMb: number): void {
  const rates = (route: Route, connections: number) => runs[route].get(connections)!.map((figure) => figure.perSecond);
  const ratio = (against: Route, connections: number) =>
    median(rates('gate', connections).map((rate, round) => rate / rates(against, connections)[round]!));
  const middle = (route: Route, connections: number): Figure => {
    const figures = runs[route].get(connections)!;
    return {
      perSecond: median(figures.map((figure) => figure.perSecond)),
      p50Ms: median(figures.map((figure) => figure.p50Ms)),
      p99Ms: median(figures.map((figure) => figure.p99Ms)),
    };
  };
  say('\nmedian of the rounds');
  for (const route of ROUTES) {
    for (const connections of CONNECTIONS) {
      say(`  ${route.padEnd(5)} ${String(connections).padStart(3)} connections  ${show(middle(route, connections))}`);
    }
  }
  const noop = CONNECTIONS.map((connections) => `${fixed(ratio('noop', connections))} at ${connections}`);
  say(`\ngate against the no-op route: ${noop.join(', ')}`);
  say(`gate against the naive gate at 256 connections: ${fixed(ratio('naive', 256))}`);
  say(`memory of the API after the run: ${rssMb} MB`);
  if (options.json) {
    console.log(
      JSON.stringify({
        ratioNoop1: Number(fixed(ratio('noop', 1))),
        ratioNoop64: Number(fixed(ratio('noop', 64))),
        ratioNoop256: Number(fixed(ratio('noop', 256))),
        ratioNaive: Number(fixed(ratio('naive', 256))),
        gatePerSecond256: Math.round(middle('gate', 256).perSecond),
        gateP99Ms256: middle('gate', 256).p99Ms,
        gateP50Ms1: middle('gate', 1).p50Ms,
        rssMb,
      }),
    );
  }
}

const fixed = (value: number) => value.toFixed(3);
const show = (figure: Figure) =>
  `${String(Math.round(figure.perSecond)).padStart(6)}/s  p50 ${figure.p50Ms.toFixed(2)} ms  p99 ${figure.p99Ms.toFixed(2)} ms`;
const say = (line: string) => console.log(line);

await main();
