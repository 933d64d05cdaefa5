import { existsSync } from 'node:fs';
import { readdir, rm, rmdir } from 'node:fs/promises';
import path from 'node:path';
import { removeEmbeddedPostgres } from '#embedded-postgres';
import { holderOf, homeOf } from './home.js';

const home = homeOf();
const holder = await holderOf(home);
if (holder !== null) refuse(`Ringfence is running (process ${holder}). Stop it first, then reset.`);
const content = existsSync(home.dataDir) ? await readdir(home.dataDir) : [];
if (content.length > 0 && !content.includes('PG_VERSION')) {
  refuse(`${home.dataDir} holds files that are not PostgreSQL's: move them away first.`);
}
await removeEmbeddedPostgres(home.dataDir);
// Only what a start has made is removed: RINGFENCE_HOME may be a directory that holds other things as well.
for (const file of [home.demoFile, home.secretFile, home.lockFile]) await rm(file, { force: true });
await rmdir(home.directory).catch(() => {});
process.stdout.write(
  `The demo in ${path.relative(process.cwd(), home.directory)} is gone. npm start makes a new one.\n`,
);

function refuse(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
