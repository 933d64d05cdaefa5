/**
 * What CI runs (`npm run check`): every check, also after one has failed, then a summary. The last line is the count of
 * the tests. Plain JavaScript without dependencies, because it installs them when they are missing.
 */
import { spawn } from 'node:child_process';
import { ensureInstalled } from './ensure-installed.mjs';

const checks = [
  'format:check',
  'lint',
  'lint:deps',
  'lint:tables',
  'lint:events',
  'lint:unused',
  'typecheck',
  'build',
  'schema:check',
  'openapi:check',
  'client:check',
  'lint:openapi',
  'env:check',
  'test',
];

await ensureInstalled();

const results = [];
let closingLine = '';
for (const check of checks) {
  // The tests take minutes, so they are watched; what the others say matters only when they fail.
  const watched = check === 'test';
  if (watched) console.log(`\nnpm test`);
  const startedAt = performance.now();
  const { passed, output } = await run(check, watched);
  const result = { check, passed, seconds: (performance.now() - startedAt) / 1000 };
  results.push(result);
  if (watched)
    closingLine = output.match(/^\d+ passed, \d+ failed.*$/gm)?.at(-1) ?? 'The tests did not get to their end.';
  else console.log(`${describe(result)}${passed ? '' : `\n${output.trimEnd()}\n`}`);
}

console.log(`\nSummary\n${results.map(describe).join('\n')}\n${closingLine}`);
process.exitCode = results.every((result) => result.passed) ? 0 : 1;

/** Runs one npm script; with `watched` its output is passed on as it comes. */
function run(check, watched) {
  return new Promise((resolve) => {
    const chunks = [];
    const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
    const child = spawn(npm, ['run', '--silent', check], {
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32',
      env: { ...process.env, NO_UPDATE_NOTIFIER: '1' },
    });
    const take = (chunk) => {
      chunks.push(chunk);
      if (watched) process.stdout.write(chunk);
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.on('error', (error) => resolve({ passed: false, output: error.message }));
    child.on('close', (code) => resolve({ passed: code === 0, output: Buffer.concat(chunks).toString('utf8') }));
  });
}

function describe({ check, passed, seconds }) {
  return `  ${passed ? 'passed' : 'FAILED'}  ${check.padEnd(14)} ${seconds.toFixed(1).padStart(6)} s`;
}
