import { randomInt } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { type ChaosResult, runChaos } from './chaos-run.js';
import type { Attempt } from './record.js';
import { groupBy } from './grouping.js';
import { Cluster } from './cluster.js';

/**
 * `npm run test:chaos -- [--minutes 10] [--seed S] [--callers 256]`
 *
 * Three API processes on one PostgreSQL that lose replies, stop, die and start again under load, while admins change what
 * the decisions go by. An independent checker then holds the ledger against what callers were told.
 */
const { values: options } = parseArgs({
  options: {
    minutes: { type: 'string', default: '1' },
    seed: { type: 'string' },
    callers: { type: 'string', default: '256' },
  },
});

async function main(): Promise<void> {
  const seed = options.seed === undefined ? randomInt(1, 1_000_000_000) : Number(options.seed);
  const minutes = Number(options.minutes);
  say(`seed ${seed}, ${minutes} minutes, ${options.callers} callers, 3 API processes`);
  const cluster = await Cluster.start({ apis: 3 });
  let stopping: Promise<void> | undefined;
  const stop = () => (stopping ??= cluster.close());
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => void stop().finally(() => process.exit(1)));
  }
  try {
    const result = await runChaos(cluster, {
      seed,
      lengthMs: minutes * 60_000,
      callers: Number(options.callers),
      thinkMs: 600,
      faultEveryMs: 3_000,
      changeEveryMs: 400,
    });
    report(result);
    if (result.violations.total > 0) {
      say(`The record is kept in ${await keep(result)}; repeat with --seed ${seed}`);
      process.exitCode = 1;
    }
  } finally {
    await stop();
  }
}

function report({ record, evidence, violations }: ChaosResult): void {
  const attempts = record.calls.flatMap((call) => call.attempts);
  const count = (condition: (attempt: (typeof attempts)[number]) => boolean) => attempts.filter(condition).length;
  say('\nfaults');
  for (const [kind, times] of Object.entries(record.faults).sort()) say(`  ${kind.padEnd(24)} ${times}`);
  say(`  ${'clocks of APIs skewed'.padEnd(24)} +26 h, -26 h`);
  say(`\ncalls                ${record.calls.length}`);
  say(
    `decisions            ${evidence.ledger.length}, ${evidence.ledger.filter(({ allowed }) => allowed).length} allowed`,
  );
  const parts = groupBy(evidence.ledger, ({ partition }) => partition);
  say(`by partition         ${[...parts].map(([name, rows]) => `${name} ${rows.length}`).join(', ')}`);
  say(`voids                ${evidence.ledger.filter(({ voided }) => voided).length}`);
  say(`completions          ${evidence.ledger.filter(({ completed }) => completed).length}`);
  say(`attempts             ${attempts.length}, retries and duplicates ${attempts.length - record.calls.length}`);
  say(`retries denied       ${count(({ reported }) => reported?.replayed === true && !reported.allowed)}`);
  say(`answers 503 or 429   ${count(({ status }) => status === 503 || status === 429)}`);
  say(`answers lost         ${count(({ status }) => status === 0)}`);
  say(`longest time without an answer 200: ${longestSilence(attempts)}`);
  say(`key reused, 422      ${count(({ status }) => status === 422)}`);
  say(`lost acknowledgements ${violations.counts.get('lost acknowledgement') ?? 0}`);
  say(`violations           ${violations.total}`);
  for (const [rule, times] of violations.counts) say(`  ${rule.padEnd(24)} ${times}`);
  for (const line of violations.shown) say(`  ${line}`);
}

/** For each API process, and for all of them together: what callers had to bear while things were broken. */
function longestSilence(attempts: readonly Attempt[]): string {
  const answered = attempts.filter(({ status }) => status === 200);
  const longest = (of: readonly Attempt[]) => {
    const times = of.map(({ endedMs }) => endedMs).sort((a, b) => a - b);
    const gaps = times.slice(1).map((time, index) => time - times[index]!);
    return `${(gaps.reduce((most, gap) => Math.max(most, gap), 0) / 1_000).toFixed(1)} s`;
  };
  const apis = [...new Set(answered.map(({ api }) => api))].sort();
  return `${longest(answered)}, by process ${apis.map((api) => longest(answered.filter((one) => one.api === api))).join(', ')}`;
}

async function keep({ record, evidence, violations }: ChaosResult): Promise<string> {
  const file = path.resolve('test-output', `chaos-${record.seed}.json`);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, JSON.stringify({ violations: violations.shown, record, evidence }));
  return file;
}

const say = (line: string) => console.log(line);

await main();
