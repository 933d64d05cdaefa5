import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { asOwner, BenchServers } from './bench-servers.js';
import { csvLines, ended, importFile, seedTenant, sendFile, type Tenant, writeCsv } from './import-upload.js';
import { type LoadTarget, loadTarget, putLoad } from './load.js';
import { Rounds } from './rounds.js';

/**
 * `npm run bench:import -- [--json] [--rows 1000000] [--gate-seconds 10] [--gate-rounds 3]`
 *
 * Imports a file over HTTP, against COPY of the same rows into the same table with the same indexes and triggers on the
 * same server: first as a dry run, then for real. Then puts calls on the gate, by turns alone and beside an import.
 *
 * `npm run bench:import -- --series [--json]`
 *
 * Imports 10,000, 100,000 and 1,000,000 rows, each into an empty database: what a row costs shall not grow with them.
 */
const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    rows: { type: 'string', default: '1000000' },
    'gate-seconds': { type: 'string', default: '10' },
    'gate-rounds': { type: 'string', default: '3' },
    series: { type: 'boolean', default: false },
  },
});
const rows = Number(options.rows);
const gateSeconds = Number(options['gate-seconds']);
const gateRounds = Number(options['gate-rounds']);
const SERIES = [10_000, 100_000, 1_000_000];
const WARM_UP_ROWS = 10_000;
const GATE_CALLS_PER_SECOND = 100;
/** More than an import takes in a second: it shall not end before the calls do. */
const ROWS_PER_GATE_SECOND = 40_000;
const IDLE = 'gate alone';
const BUSY = 'gate beside an import';
const FIRST_NUMBER = 12_022_000_000;

async function main(): Promise<void> {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'ringfence-bench-import-'));
  const servers = new BenchServers();
  try {
    if (options.series) printSeries(await measureSeries(servers, directory));
    else print(await measureAll(servers, directory));
  } finally {
    await servers.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

async function measureAll(servers: BenchServers, directory: string): Promise<Measured> {
  const copyMs = await measureCopy(await servers.database('copy'));
  const databaseUrl = await servers.database('import');
  const tenant = await seedTenant(databaseUrl);
  const file = path.join(directory, 'numbers.csv');
  await writeCsv(file, FIRST_NUMBER, rows);
  const api = await servers.api(databaseUrl);
  const dryRunMs = await importFile(api.url, tenant, file, '?dryRun=true');
  const importMs = await importFile(api.url, tenant, file);
  const gate = await measureGate(api.url, databaseUrl, tenant, directory);
  return { copyMs, dryRunMs, importMs, rssMb: await api.mostRssMb(), gate };
}

/** How long the import of so many rows takes, for each number of rows, once the API is warm. */
async function measureSeries(servers: BenchServers, directory: string): Promise<Map<number, number>> {
  const durationsMs = new Map<number, number>();
  const [warmUp, file] = [path.join(directory, 'warm-up.csv'), path.join(directory, 'numbers.csv')];
  await writeCsv(warmUp, FIRST_NUMBER, WARM_UP_ROWS);
  for (const size of SERIES) {
    const databaseUrl = await servers.database(`series_${size}`);
    const tenant = await seedTenant(databaseUrl);
    const api = await servers.api(databaseUrl);
    await importFile(api.url, tenant, warmUp, '?dryRun=true');
    await writeCsv(file, FIRST_NUMBER, size);
    durationsMs.set(size, await importFile(api.url, tenant, file));
  }
  return durationsMs;
}

/** What psql's \copy does, with the organization before each row. */
async function measureCopy(databaseUrl: string): Promise<number> {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  const { rows: made } = await client.query<{ id: string }>(
    `insert into organizations (slug, name) values ('copy', 'Copy') returning id`,
  );
  const organizationId = made[0]!.id;
  const started = performance.now();
  const copy = client.query(
    copyFrom('copy phone_numbers (organization_id, e164, provider, country_code) from stdin (format csv)'),
  );
  const lines = function* () {
    for (const chunk of csvLines(FIRST_NUMBER, rows)) {
      if (chunk.startsWith('+')) yield chunk.replaceAll('+', `${organizationId},+`);
    }
  };
  await pipeline(Readable.from(lines()), copy);
  const ms = performance.now() - started;
  await client.end();
  return ms;
}

/** By turns, for the machine is not the same from one minute to the next. The import of a turn is called off at its end. */
async function measureGate(apiUrl: string, databaseUrl: string, tenant: Tenant, directory: string): Promise<Rounds> {
  const target = await gateTarget(apiUrl, databaseUrl, tenant);
  const shape = { connections: 8, seconds: gateSeconds, perSecond: GATE_CALLS_PER_SECOND };
  const rounds = new Rounds();
  const file = path.join(directory, 'more.csv');
  await putLoad([target], { ...shape, seconds: 2 });
  for (let round = 1; round <= gateRounds; round += 1) {
    // What the imports before left to the server's own housekeeping is not what an idle gate waits for.
    await asOwner(databaseUrl, async (client) => {
      await client.query('vacuum (analyze) phone_numbers');
      await client.query('checkpoint');
    });
    rounds.add(IDLE, await putLoad([target], shape));
    await writeCsv(file, FIRST_NUMBER + round * 2_000_000, gateSeconds * ROWS_PER_GATE_SECOND);
    const { id } = await sendFile(apiUrl, tenant, file);
    rounds.add(BUSY, await putLoad([target], shape));
    await requireStillRunning(apiUrl, tenant, id);
  }
  return rounds;
}

/** Calls the import off. One that has ended before was not there all the time. */
async function requireStillRunning(apiUrl: string, tenant: Tenant, id: string): Promise<void> {
  const { key } = tenant;
  const answer = await fetch(`${apiUrl}/api/v1/imports/${id}/cancel`, {
    method: 'POST',
    headers: { 'x-api-key': key },
  });
  if (answer.status !== 200) throw new Error('The import ended before the calls did');
  await ended(apiUrl, tenant, id);
}

async function gateTarget(apiUrl: string, databaseUrl: string, { organizationId, key }: Tenant): Promise<LoadTarget> {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  const bodies: string[] = [];
  for (let index = 0; index < 50; index += 1) {
    const { rows: agents } = await client.query<{ id: string }>(
      `insert into agents (organization_id, name, kind) values ($1, $2, 'ai') returning id`,
      [organizationId, `Agent ${index}`],
    );
    await client.query(
      `insert into agent_phone_numbers (organization_id, agent_id, phone_number_id, daily_limit, last_reset_date)
       select $1, $2, id, 1000000, now() from phone_numbers where organization_id = $1 order by id offset $3 limit 1`,
      [organizationId, agents[0]!.id, index],
    );
    bodies.push(JSON.stringify({ agentId: agents[0]!.id, destination: '+14165550123' }));
  }
  await client.end();
  return loadTarget(apiUrl, '/api/v1/call-gate/authorize', { 'x-api-key': key }, bodies);
}

interface Measured {
  copyMs: number;
  dryRunMs: number;
  importMs: number;
  rssMb: number;
  gate: Rounds;
}

const perSecond = (count: number, ms: number): string =>
  `${Math.round(count / (ms / 1_000)).toLocaleString('en')} rows/s`;
const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`.padStart(9);
const rounded = (value: number): number => Math.round(value * 1_000) / 1_000;

function print({ copyMs, dryRunMs, importMs, rssMb, gate }: Measured): void {
  const [idle, busy] = [gate.median(IDLE), gate.median(BUSY)];
  const gateP99Ratio = gate.ratioOfP99(BUSY, IDLE);
  const cost = (ms: number) => `${seconds(ms)}  ${perSecond(rows, ms)}`;
  process.stdout.write(
    [
      `${rows.toLocaleString('en')} rows, ${os.cpus().length} cores`,
      `COPY of the same rows  ${cost(copyMs)}`,
      `import, dry run        ${cost(dryRunMs)}  ${(dryRunMs / importMs).toFixed(2)} of the import`,
      `import                 ${cost(importMs)}  ${(importMs / copyMs).toFixed(2)} of COPY`,
      `memory of the API at most  ${rssMb} MB`,
      `gate p99 idle ${idle.p99Ms.toFixed(1)} ms, during an import ${busy.p99Ms.toFixed(1)} ms: ${gateP99Ratio.toFixed(2)} times`,
      '',
    ].join('\n'),
  );
  if (!options.json) return;
  const figures = {
    rows,
    copyMs: Math.round(copyMs),
    importMs: Math.round(importMs),
    dryRunMs: Math.round(dryRunMs),
    ratioCopy: rounded(importMs / copyMs),
    ratioDryRun: rounded(dryRunMs / importMs),
    rssMb,
    gateIdleP99Ms: rounded(idle.p99Ms),
    gateBusyP99Ms: rounded(busy.p99Ms),
    gateP99Ratio: rounded(gateP99Ratio),
  };
  process.stdout.write(`${JSON.stringify(figures)}\n`);
}

function printSeries(durationsMs: Map<number, number>): void {
  const rates = [...durationsMs].map(([size, ms]) => ({ rows: size, rowsPerSecond: Math.round(size / (ms / 1_000)) }));
  const linearity = rates.at(-1)!.rowsPerSecond / rates[0]!.rowsPerSecond;
  for (const [size, ms] of durationsMs) {
    process.stdout.write(`${size.toLocaleString('en').padStart(9)} rows  ${seconds(ms)}  ${perSecond(size, ms)}\n`);
  }
  process.stdout.write(`a row of the largest costs ${(1 / linearity).toFixed(2)} times a row of the smallest\n`);
  if (options.json) process.stdout.write(`${JSON.stringify({ series: rates, linearity: rounded(linearity) })}\n`);
}

await main();
