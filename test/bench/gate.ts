import os from 'node:os';
import { parseArgs } from 'node:util';
import { asOwner, BenchServers } from './bench-servers.js';
import { batchBodiesOf, type BenchCaller, bodiesOf, seedLedger, seedOrganizations } from './gate-seed.js';
import { type Figure, type LoadTarget, loadTarget, putLoad } from './load.js';
import { Rounds } from './rounds.js';

/**
 * `npm run bench:gate -- [--json] [--seconds 2] [--rounds 7] [--part speed,scale] [--assignments N]
 *   [--ledger rows] [--ledger-days N] [--database-url postgres://…]`
 *
 * Decisions per second and latency of the gate over HTTP, against servers that do nothing, other gates and limiters in
 * the same run, in turns, so that the ratios hold although the machine's speed drifts: rather many short rounds than a few long ones.
 * Commits are durable, the ledger is written.
 */
const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    seconds: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '7' },
    part: { type: 'string', default: 'speed,scale' },
    assignments: { type: 'string', default: '1000000' },
    ledger: { type: 'string', default: '10000000' },
    'ledger-days': { type: 'string', default: '100' },
    'database-url': { type: 'string' },
  },
});
const SECONDS = Number(options.seconds);
const AGENTS = 1_000;
const ORGANIZATIONS = 1_000;
const NUMBERS_OF_AN_AGENT = 4;
const CALLS_OF_A_BATCH = 500;
const AUTHORIZE = '/api/v1/call-gate/authorize';
/** So many bodies stand ready for each connection, so that few calls are the same. */
const BODIES = 400;

const rounds = new Rounds();
const results: Record<string, number> = {};

function targetOf(url: string, caller: BenchCaller, path = AUTHORIZE, bodies = bodiesOf(caller, BODIES)): LoadTarget {
  return loadTarget(url, path, { authorization: `Bearer ${caller.apiKey}` }, bodies);
}

async function run(name: string, connections: number, targets: LoadTarget[], callsOfARequest = 1): Promise<Figure> {
  const figure = await putLoad(targets, { connections, seconds: SECONDS });
  const decided = { ...figure, perSecond: figure.perSecond * callsOfARequest };
  rounds.add(name, decided);
  return decided;
}

async function inRounds(round: () => Promise<void>): Promise<void> {
  for (let number = 1; number <= Number(options.rounds); number += 1) {
    console.log(`round ${number}`);
    await round();
  }
}

/** The gate against servers that do nothing, the naive gate, other limiters, and itself with other callers. */
async function measureSpeed(servers: BenchServers): Promise<void> {
  const url = await servers.database('speed');
  const [spread, several, ...many] = await asOwner(url, async (client) => [
    ...(await seedOrganizations(client, 1, AGENTS)),
    ...(await seedOrganizations(client, 1, AGENTS, 'several-numbers', NUMBERS_OF_AN_AGENT)),
    ...(await seedOrganizations(client, ORGANIZATIONS, 5, 'one-of-many')),
  ]);
  const redisUrl = await servers.redis();
  const api = await servers.api(url, redisUrl ?? undefined);
  const caller = spread!;
  const gate = targetOf(api.url, caller);
  const bare = async (kind: 'fastify' | 'http') => targetOf(await servers.bare(kind), caller, '/');
  const [bareFastify, bareHttp] = [await bare('fastify'), await bare('http')];
  const peer = (name: string) => targetOf(api.url, caller, `/bench/${name}`);
  const hot = targetOf(api.url, { ...caller, agentIds: caller.agentIds.slice(0, 1) });
  const batch = targetOf(api.url, caller, `${AUTHORIZE}-batch`, batchBodiesOf(caller, 40, CALLS_OF_A_BATCH));
  const severalNumbers = targetOf(api.url, several!);
  const organizations = many.map((one) => targetOf(api.url, one, AUTHORIZE, bodiesOf(one, 4)));

  for (const target of [bareFastify, bareHttp, gate]) await putLoad([target], { connections: 64, seconds: SECONDS });
  await inRounds(async () => {
    await run('gate at 1', 1, [gate]);
    await run('bare Fastify at 64', 64, [bareFastify]);
    await run('gate at 64', 64, [gate]);
    await run('bare Fastify at 256', 256, [bareFastify]);
    await run('node:http at 256', 256, [bareHttp]);
    const { perSecond } = await run('gate at 256', 256, [gate]);
    rounds.add(
      'gate at 256, half of the peak',
      await putLoad([gate], { connections: 256, seconds: SECONDS, perSecond: perSecond / 2 }),
    );
    await run('batches of 500 at 4', 4, [batch], CALLS_OF_A_BATCH);
    await run('one hot assignment at 256', 256, [hot]);
    await run('1,000 organizations at 256', 256, organizations);
    await run(`agents of ${NUMBERS_OF_AN_AGENT} numbers at 256`, 256, [severalNumbers]);
    await run('naive gate at 256', 256, [peer('naive')]);
    await run('limiter on PostgreSQL at 256', 256, [peer('limiter-postgres')]);
    if (redisUrl) await run('limiter on Redis at 256', 256, [peer('limiter-redis')]);
  });
  Object.assign(results, {
    ratioNoop256: rounds.ratio('gate at 256', 'bare Fastify at 256'),
    ratioHttp256: rounds.ratio('gate at 256', 'node:http at 256'),
    ratioNoop64: rounds.ratio('gate at 64', 'bare Fastify at 64'),
    ratioNaive: rounds.ratio('gate at 256', 'naive gate at 256'),
    ratioLimiterPostgres: rounds.ratio('gate at 256', 'limiter on PostgreSQL at 256'),
    ...(redisUrl && { ratioLimiterRedis: rounds.ratio('gate at 256', 'limiter on Redis at 256') }),
    ratioBatch: rounds.ratio('batches of 500 at 4', 'gate at 256'),
    ratioHot: rounds.ratio('one hot assignment at 256', 'gate at 256'),
    ratioSeveralNumbers: rounds.ratio(`agents of ${NUMBERS_OF_AN_AGENT} numbers at 256`, 'gate at 256'),
    ratioOrganizations: rounds.ratio('1,000 organizations at 256', 'gate at 256'),
    p99MsHalfPeak: rounds.median('gate at 256, half of the peak').p99Ms,
    p50MsIdle: rounds.median('gate at 1').p50Ms,
    gatePerSecond256: rounds.median('gate at 256').perSecond,
    rssMb: await api.mostRssMb(),
  });
}

/** The gate with few and with many assignments, and with an empty and a full ledger. */
async function measureScale(servers: BenchServers): Promise<void> {
  const sizes = [
    { name: 'small', assignments: AGENTS, ledger: 0 },
    { name: 'many assignments', assignments: Number(options.assignments), ledger: 0 },
    { name: 'full ledger', assignments: AGENTS, ledger: Number(options.ledger) },
  ];
  const targets: [string, LoadTarget][] = [];
  for (const { name, assignments, ledger } of sizes) {
    const url = await servers.database(name.replace(' ', '_'));
    const started = performance.now();
    const caller = await asOwner(url, async (client) => {
      const [one] = await seedOrganizations(client, 1, assignments);
      if (ledger > 0) await seedLedger(client, one!, ledger, Number(options['ledger-days']));
      return one!;
    });
    console.log(`seeded ${name} in ${Math.round((performance.now() - started) / 1_000)} s`);
    const api = await servers.api(url);
    targets.push([name, targetOf(api.url, caller)]);
  }
  for (const [, target] of targets) await putLoad([target], { connections: 64, seconds: SECONDS });
  await inRounds(async () => {
    for (const [name, target] of targets) await run(`${name} at 256`, 256, [target]);
  });
  results['ratioManyAssignments'] = rounds.ratio('many assignments at 256', 'small at 256');
  results['ratioFullLedger'] = rounds.ratio('full ledger at 256', 'small at 256');
}

async function main(): Promise<void> {
  const servers = new BenchServers(options['database-url']);
  const cores = os.availableParallelism();
  console.log(`${os.cpus()[0]?.model}, ${cores} cores, Node ${process.version}; commits are durable`);
  try {
    if (options.part.includes('speed')) await measureSpeed(servers);
    if (options.part.includes('scale')) await measureScale(servers);
  } finally {
    await servers.stop();
  }
  const rounded = Object.fromEntries(
    Object.entries(results).map(([name, value]) => [name, Number(value.toFixed(value > 100 ? 0 : 3))]),
  );
  for (const [name, value] of Object.entries(rounded)) console.log(`${name.padEnd(24)} ${value}`);
  if (options.json) console.log(JSON.stringify(rounded));
}

await main();
