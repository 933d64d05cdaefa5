/**
 * Writes down which numbering plans this version knows, and since when they are public: the library that carries them does
 * not say. Asks the registry; to be run after an update of the library (`npm run phone-metadata:generate`).
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';

const LIBRARY = 'libphonenumber-js';
const FILE = new URL('../libs/phone/src/phone-metadata.ts', import.meta.url);

const installed = new URL(`../node_modules/${LIBRARY}/package.json`, import.meta.url);
const { version } = JSON.parse(readFileSync(installed, 'utf8'));
const times = JSON.parse(execFileSync('npm', ['view', LIBRARY, 'time', '--json'], { encoding: 'utf8' }));
const publishedOn = times[version]?.slice(0, 10);
if (!publishedOn) throw new Error(`The registry does not say when ${LIBRARY} ${version} was published.`);

const source = readFileSync(FILE, 'utf8')
  .replace(/version: '.*'/, `version: '${version}'`)
  .replace(/publishedOn: '.*'/, `publishedOn: '${publishedOn}'`);
writeFileSync(FILE, source);
console.log(`${LIBRARY} ${version} was published on ${publishedOn}.`);
