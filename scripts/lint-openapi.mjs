/** `npm run lint:openapi`: holds openapi.json to the rules of Spectral and of Redocly. Anything that they find fails it. */
import { readFileSync } from 'node:fs';
import spectralCore from '@stoplight/spectral-core';
import parsers from '@stoplight/spectral-parsers';
import ruleset from '../spectral.mjs';
import { run } from './ensure-installed.mjs';

const FILE = 'openapi.json';
const SEVERITIES = ['error', 'warning', 'information', 'hint'];

const findings = await bySpectral();
for (const { severity, code, path, message } of findings) {
  console.error(`${FILE} ${SEVERITIES[severity]} ${code} at ${path.join('.')}: ${message}`);
}
const counts = SEVERITIES.map((name, severity) => [findings.filter((one) => one.severity === severity).length, name]);
console.log(`Spectral: ${counts.map(([count, name]) => `${count} ${name}`).join(', ')}`);
if (findings.length > 0) process.exitCode = 1;

// It neither tells its makers what it was used for nor asks whether there is a newer one.
const quiet = { REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' };
await run('redocly', ['lint', FILE], { env: quiet });

function bySpectral() {
  const spectral = new spectralCore.Spectral();
  spectral.setRuleset(new spectralCore.Ruleset(ruleset));
  return spectral.run(new spectralCore.Document(readFileSync(FILE, 'utf8'), parsers.Json, FILE));
}
