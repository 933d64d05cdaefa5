import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { removeEmbeddedPostgres, startEmbeddedPostgres } from '#embedded-postgres';
import { loginSettings, migrateWithLogins } from '../support/logins.js';
import { type ListsCaller, seedLists } from './lists-seed.js';

/**
 * `npm run bench:lists -- [--json] [--numbers 1000000] [--requests 40] [--database-url postgres://…]`
 *
 * Latency of lists over HTTP, with their totals, one request at a time, against the same route's list of an organization
 * with 25 numbers on the same server. With `--database-url` the database must be empty, or seeded by an earlier run.
 */
const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    numbers: { type: 'string', default: '1000000' },
    requests: { type: 'string', default: '40' },
    'database-url': { type: 'string' },
  },
});

/** As far from both ends as a list is read whose rows no counter places. */
const FAR = 10_000;

interface Case {
  name: string;
  resource: string;
  filter?: object;
  sort?: [string, 'ASC' | 'DESC'];
  offset?: number;
}

interface Figure {
  p50Ms: number;
  p95Ms: number;
  total: number;
}

function casesOf(numbers: number, { agentId, clientId }: ListsCaller): Case[] {
  const list = (name: string, filter: object = {}, others: Partial<Case> = {}): Case => ({
    name,
    resource: 'phone-numbers',
    filter,
    ...others,
  });
  const orders = ['phoneNumber', 'countryCode', 'provider', 'label', 'lifecycle', 'status', 'agentName'];
  return [
    list('my numbers'),
    list('available', { inPool: true }),
    list('country', { countryCode: 'US' }),
    list('country, oldest rows', { countryCode: 'GB' }),
    list('two countries', { countryCode: ['GB', 'DE'] }),
    list('region', { region: 'Region 7' }),
    list('provider', { provider: 'telnyx' }),
    list('rare provider, oldest rows', { provider: 'bandwidth' }),
    list('country and provider', { countryCode: 'GB', provider: 'telnyx' }),
    list('country, provider and region', { countryCode: 'GB', provider: 'telnyx', region: 'Region 7' }),
    list('status connected', { status: 'connected' }),
    list('status assigned', { status: 'assigned' }),
    list('status available', { status: 'available' }),
    list('status reserved', { status: 'reserved' }),
    list('inactive', { lifecycle: 'inactive' }),
    list('with an agent', { assignment: 'assigned' }),
    list('without an agent', { assignment: 'unassigned' }),
    list('one agent', { agentId }),
    list('common tag', { tag: 'campaign' }),
    list('rare tag', { tag: 'vip' }),
    list('label', { label: 'desk 12345' }),
    list('search: end of a number', { q: '5-4321' }),
    list('search: national form', { q: '(202) 212-34' }),
    list('search: one number', { q: '+1 202 2123456' }),
    list('search: what all have', { q: '202' }),
    list('search: a label', { q: 'Desk 98' }),
    list('search: nothing', { q: '98989898' }),
    list('search in a country', { q: '1234', countryCode: 'GB' }),
    ...orders.flatMap((field) => [
      list(`by ${field}`, {}, { sort: [field, 'ASC'] }),
      list(`by ${field}, last first`, {}, { sort: [field, 'DESC'] }),
    ]),
    list('country, by number', { countryCode: 'GB' }, { sort: ['phoneNumber', 'DESC'] }),
    list('country, oldest first', { countryCode: 'US' }, { sort: ['createdAt', 'ASC'] }),
    list('two countries, by agent', { countryCode: ['GB', 'DE'] }, { sort: ['agentName', 'ASC'] }),
    list('search by an agent’s number, by agent', { q: '1234' }, { sort: ['agentName', 'ASC'] }),
    list('common tag in a country', { tag: 'campaign', countryCode: 'GB' }),
    list('a client', { clientId }),
    list('a client, by number', { clientId }, { sort: ['phoneNumber', 'ASC'] }),
    list('the middle of the list', {}, { offset: Math.floor(numbers / 2) }),
    list('the middle, by number', {}, { sort: ['phoneNumber', 'ASC'], offset: Math.floor(numbers / 2) }),
    list('the middle, by agent', {}, { sort: ['agentName', 'ASC'], offset: Math.floor(numbers * 0.4) }),
    list('country, far down', { countryCode: 'US' }, { offset: FAR }),
    list('assigned, far down by number', { status: 'assigned' }, { sort: ['phoneNumber', 'ASC'], offset: FAR }),
    list('common tag, far down', { tag: 'campaign' }, { offset: FAR }),
    list('by provider, far down', {}, { sort: ['provider', 'ASC'], offset: FAR }),
    list('the end of the list', {}, { offset: numbers - 25 }),
    { name: 'agents', resource: 'agents' },
    { name: 'agents, searched', resource: 'agents', filter: { q: 'agent 00123' } },
    { name: 'assignments', resource: 'agent-assignments' },
    { name: 'assignments by number', resource: 'agent-assignments', sort: ['phoneNumber', 'ASC'] },
    { name: 'assignments, the middle', resource: 'agent-assignments', offset: Math.floor(numbers * 0.4) },
    {
      name: 'assignments by number, far down',
      resource: 'agent-assignments',
      sort: ['phoneNumber', 'ASC'],
      offset: FAR,
    },
    {
      name: 'assignments by age, far down',
      resource: 'agent-assignments',
      sort: ['createdAt', 'ASC'],
      offset: FAR,
    },
    { name: 'assignments of an agent', resource: 'agent-assignments', filter: { agentId } },
    { name: 'assignments, paused', resource: 'agent-assignments', filter: { paused: true } },
    { name: 'assignments, oldest first', resource: 'agent-assignments', sort: ['createdAt', 'ASC'] },
    { name: 'assignments of a provider', resource: 'agent-assignments', filter: { provider: 'bandwidth' } },
    {
      name: 'assignments, paused, by number',
      resource: 'agent-assignments',
      filter: { paused: true },
      sort: ['phoneNumber', 'ASC'],
    },
    {
      name: 'assignments, paused, of a provider',
      resource: 'agent-assignments',
      filter: { paused: true, provider: 'telnyx' },
    },
    {
      name: 'assignments, paused, newest first',
      resource: 'agent-assignments',
      filter: { paused: true },
      sort: ['createdAt', 'DESC'],
    },
    { name: 'assignments by agents searched', resource: 'agent-assignments', filter: { q: 'agent 0012' } },
    { name: 'assignments by last agents searched', resource: 'agent-assignments', filter: { q: 'agent 0099' } },
    {
      name: 'assignments by agents searched, by number',
      resource: 'agent-assignments',
      filter: { q: 'agent 0099' },
      sort: ['phoneNumber', 'DESC'],
    },
    { name: 'assignments, searched', resource: 'agent-assignments', filter: { q: '212-3456' } },
  ];
}

async function main(): Promise<void> {
  const postgres = await database();
  let server: ChildProcess | undefined;
  try {
    const numbers = Number(options.numbers);
    const caller = await prepare(postgres.url, numbers);
    const started = await startServer(postgres.url);
    server = started.server;
    console.log(
      `${os.cpus()[0]?.model}, ${os.availableParallelism()} cores, Node ${process.version}; ${numbers} numbers`,
    );
    const trivial: Case = { name: 'a list of 25 numbers', resource: 'phone-numbers' };
    const figures = [[trivial, await measure(started.url, caller.smallKey, trivial)] as const];
    for (const each of casesOf(numbers, caller)) {
      const figure = await measure(started.url, caller.apiKey, each);
      figures.push([each, figure]);
      console.log(
        `${each.name.padEnd(42)} p50 ${figure.p50Ms.toFixed(1).padStart(7)} ms  p95 ${figure.p95Ms.toFixed(1).padStart(7)} ms  total ${figure.total}`,
      );
    }
    report(figures);
  } finally {
    if (server && server.exitCode === null) {
      const ended = once(server, 'exit');
      server.kill('SIGTERM');
      await ended;
    }
    await postgres.stop();
  }
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

async function prepare(url: string, numbers: number): Promise<ListsCaller> {
  await migrateWithLogins(url);
  const client = new pg.Client(url);
  await client.connect();
  const caller = await seedLists(client, numbers);
  await client.end();
  return caller;
}

async function startServer(databaseUrl: string): Promise<{ server: ChildProcess; url: string }> {
  const server = fork(fileURLToPath(new URL('./lists-server.js', import.meta.url)), {
    env: {
      ...process.env,
      ...loginSettings(databaseUrl),
      JWT_SECRET: 'a secret of the benchmark that signs nothing of worth',
      LOG_LEVEL: 'warn',
      MIDNIGHT_JOB: 'false',
      LEDGER_JOB: 'false',
      NODE_ENV: 'production',
    },
  });
  const url = await new Promise<string>((resolve, reject) => {
    server.once('message', (message) => resolve((message as { url: string }).url));
    server.once('exit', (code) => reject(new Error(`The server ended with exit code ${code}`)));
  });
  return { server, url };
}

async function measure(url: string, apiKey: string, asked: Case): Promise<Figure> {
  const { resource, filter = {}, sort, offset = 0 } = asked;
  const search = new URLSearchParams({
    filter: JSON.stringify(filter),
    range: JSON.stringify([offset, offset + 24]),
    ...(sort && { sort: JSON.stringify(sort) }),
  });
  const latenciesMs: number[] = [];
  let total = NaN;
  // The first requests warm caches and connections up.
  for (let request = -3; request < Number(options.requests); request += 1) {
    const startedMs = performance.now();
    const response = await fetch(`${url}/api/v1/${resource}?${search}`, {
      headers: { authorization: `Bearer ${apiKey}` },
    });
    const body = await response.text();
    if (!response.ok) throw new Error(`${asked.name}: ${response.status} ${body}`);
    total = Number(response.headers.get('x-total-count'));
    const ms = performance.now() - startedMs;
    if (request >= 0) latenciesMs.push(ms);
    // A list that is far too slow is known by a few requests.
    if (ms > 500 && request >= 3) break;
  }
  latenciesMs.sort((a, b) => a - b);
  const at = (share: number) => latenciesMs[Math.floor(latenciesMs.length * share)] ?? NaN;
  return { p50Ms: at(0.5), p95Ms: at(0.95), total };
}

function report(figures: (readonly [Case, Figure])[]): void {
  const [[, trivial]] = figures as [readonly [Case, Figure]];
  const [slowest, worst] = figures.reduce((most, each) => (each[1].p95Ms > most[1].p95Ms ? each : most));
  console.log(`\n25 numbers only: p50 ${trivial.p50Ms.toFixed(1)} ms, p95 ${trivial.p95Ms.toFixed(1)} ms`);
  console.log(`slowest: ${slowest.name}, p95 ${worst.p95Ms.toFixed(1)} ms`);
  if (!options.json) return;
  const rounded = (ms: number) => Number(ms.toFixed(2));
  const lists = Object.fromEntries(
    figures.map(([{ name }, { p50Ms, p95Ms }]) => [name, { p50Ms: rounded(p50Ms), p95Ms: rounded(p95Ms) }]),
  );
  console.log(
    JSON.stringify({
      numbers: Number(options.numbers),
      slowest: slowest.name,
      slowestP95Ms: rounded(worst.p95Ms),
      trivialP50Ms: rounded(trivial.p50Ms),
      ratioTrivial: rounded(worst.p50Ms / trivial.p50Ms),
      lists,
    }),
  );
}

await main();
