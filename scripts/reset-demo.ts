import { rm } from 'node:fs/promises';
import { removeEmbeddedPostgres } from '#embedded-postgres';
import { holderOf, homeOf } from './demo/home.js';

const home = homeOf();
const holder = await holderOf(home);
if (holder !== null) {
  process.stderr.write(`Ringfence is running (process ${holder}). Stop it first, then reset.\n`);
  process.exit(1);
}
await removeEmbeddedPostgres(home.dataDir);
await rm(home.directory, { recursive: true, force: true });
process.stdout.write(`Removed ${home.directory}. npm start makes a new demo.\n`);
