import { createReadStream } from 'node:fs';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { newApiKey } from '../../apps/api/src/modules/auth/auth.public.js';
import { asOwner, BenchServers } from './bench-servers.js';
import { type LoadTarget, putLoad } from './load.js';

/**
 * `npm run bench:import -- [--json] [--rows 1000000] [--gate-seconds 10]`
 *
 * Imports a file over HTTP, against COPY of the same rows into the same table with the same indexes and triggers on the
 * same server: first as a dry run, then for real, then once more with calls at the gate beside it.
 */
const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    rows: { type: 'string', default: '1000000' },
    'gate-seconds': { type: 'string', default: '10' },
  },
});
const rows = Number(options.rows);
const gateSeconds = Number(options['gate-seconds']);
const GATE_CALLS_PER_SECOND = 100;
const FIRST_NUMBER = 12_022_000_000;

interface Tenant {
  organizationId: string;
  key: string;
}

async function main(): Promise<void> {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'ringfence-bench-import-'));
  const servers = new BenchServers();
  try {
    const copyMs = await measureCopy(await servers.database('copy'));
    const databaseUrl = await servers.database('import');
    const tenant = await seedTenant(databaseUrl);
    const file = path.join(directory, 'numbers.csv');
    await writeFile(file, Readable.from(csvLines(FIRST_NUMBER, rows)));
    const api = await servers.api(databaseUrl);
    const dryRunMs = await importFile(api.url, tenant, file, '?dryRun=true');
    const importMs = await importFile(api.url, tenant, file, '');
    const { idleP99Ms, busyP99Ms } = await measureGate(api.url, databaseUrl, tenant, directory);
    print({ rows, copyMs, dryRunMs, importMs, rssMb: await api.mostRssMb(), idleP99Ms, busyP99Ms });
  } finally {
    await servers.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

function* csvLines(first: number, count: number): Generator<string> {
  yield 'phoneNumber,provider,countryCode\n';
  let lines = '';
  for (let index = 0; index < count; index += 1) {
    lines += `+${first + index},telnyx,US\n`;
    if (lines.length < 65_536) continue;
    yield lines;
    lines = '';
  }
  yield lines;
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

async function seedTenant(databaseUrl: string): Promise<Tenant> {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  const { key, prefix, keyHash } = newApiKey();
  const { rows: made } = await client.query<{ id: string }>(
    `insert into organizations (slug, name, default_allowed_countries) values ('bench', 'Bench', '{CA}') returning id`,
  );
  const organizationId = made[0]!.id;
  await client.query(
    `insert into api_keys (organization_id, name, prefix, key_hash, scopes)
     values ($1, 'Bench', $2, $3, '{numbers:read,numbers:write,calls:authorize}')`,
    [organizationId, prefix, keyHash],
  );
  await client.end();
  return { organizationId, key };
}

/** From the first byte sent to the end of the import. */
async function importFile(apiUrl: string, { key }: Tenant, file: string, search: string): Promise<number> {
  const started = performance.now();
  const headers = { 'x-api-key': key, 'content-type': 'text/csv', prefer: 'wait=0' };
  const { size } = await stat(file);
  const body = Readable.toWeb(createReadStream(file)) as ReadableStream;
  const sent = await fetch(`${apiUrl}/api/v1/phone-numbers/bulk-upload${search}`, {
    method: 'POST',
    headers: { ...headers, 'content-length': String(size) },
    body,
    duplex: 'half',
  });
  let job = (await sent.json()) as { id: string; status: string; failed: number; finishedAt: string | null };
  while (job.finishedAt === null) {
    await delay(50);
    const asked = await fetch(`${apiUrl}/api/v1/imports/${job.id}`, { headers: { 'x-api-key': key } });
    job = (await asked.json()) as typeof job;
  }
  if (job.status !== 'completed' || job.failed > 0) throw new Error(`The import went wrong: ${JSON.stringify(job)}`);
  return performance.now() - started;
}

async function measureGate(apiUrl: string, databaseUrl: string, tenant: Tenant, directory: string) {
  const target = await gateTarget(apiUrl, databaseUrl, tenant);
  // What the imports before left to the server's own housekeeping is not what an idle gate waits for.
  await asOwner(databaseUrl, async (client) => {
    await client.query('vacuum (analyze) phone_numbers');
    await client.query('checkpoint');
  });
  const shape = { connections: 8, seconds: gateSeconds, perSecond: GATE_CALLS_PER_SECOND };
  await putLoad([target], { ...shape, seconds: 2 });
  const idle = await putLoad([target], shape);
  const file = path.join(directory, 'more.csv');
  await writeFile(file, Readable.from(csvLines(FIRST_NUMBER + 2_000_000, rows)));
  const importing = importFile(apiUrl, tenant, file, '');
  const busy = await putLoad([target], shape);
  await importing;
  return { idleP99Ms: idle.p99Ms, busyP99Ms: busy.p99Ms };
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
  return { url: apiUrl, path: '/api/v1/call-gate/authorize', headers: { 'x-api-key': key }, bodies };
}

interface Measured {
  rows: number;
  copyMs: number;
  dryRunMs: number;
  importMs: number;
  rssMb: number;
  idleP99Ms: number;
  busyP99Ms: number;
}

function print({ copyMs, dryRunMs, importMs, rssMb, idleP99Ms, busyP99Ms }: Measured): void {
  const perSecond = (ms: number) => `${Math.round(rows / (ms / 1_000)).toLocaleString('en')} rows/s`;
  const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`.padStart(9);
  process.stdout.write(
    [
      `${rows.toLocaleString('en')} rows, ${os.cpus().length} cores`,
      `COPY of the same rows  ${seconds(copyMs)}  ${perSecond(copyMs)}`,
      `import, dry run        ${seconds(dryRunMs)}  ${perSecond(dryRunMs)}  ${(dryRunMs / importMs).toFixed(2)} of the import`,
      `import                 ${seconds(importMs)}  ${perSecond(importMs)}  ${(importMs / copyMs).toFixed(2)} of COPY`,
      `memory of the API at most  ${rssMb} MB`,
      `gate p99 idle ${idleP99Ms.toFixed(1)} ms, during an import ${busyP99Ms.toFixed(1)} ms`,
      '',
    ].join('\n'),
  );
  if (!options.json) return;
  const round = (value: number) => Math.round(value * 1_000) / 1_000;
  const figures = {
    rows,
    copyMs: Math.round(copyMs),
    importMs: Math.round(importMs),
    dryRunMs: Math.round(dryRunMs),
    ratioCopy: round(importMs / copyMs),
    ratioDryRun: round(dryRunMs / importMs),
    rssMb,
    gateP99Ratio: round(busyP99Ms / idleP99Ms),
  };
  process.stdout.write(`${JSON.stringify(figures)}\n`);
}

await main();
