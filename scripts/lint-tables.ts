import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../apps/api/src/config/project-root.js';
import { OWNERSHIP } from './table-ownership/owners.js';
import { ownershipFaults, type Source } from './table-ownership/ownership.js';

/** `npm run lint:tables`: who writes and who reads which table, against scripts/table-ownership/owners.ts. */
const FOLDERS = ['apps/api/src', 'libs', 'migrations/functions', 'scripts'];

function sources(): Source[] {
  return FOLDERS.flatMap((folder) =>
    readdirSync(path.join(projectRoot, folder), { recursive: true, encoding: 'utf8' })
      .map((name) => `${folder}/${name.replaceAll('\\', '/')}`)
      .filter((file) => /\.(ts|mjs|sql)$/.test(file) && !/\.spec\.ts$|\/table-ownership\/|\/generated\//.test(file))
      .map((file) => ({ file, content: readFileSync(path.join(projectRoot, file), 'utf8') })),
  );
}

const schema = readFileSync(path.join(projectRoot, 'migrations/schema.sql'), 'utf8');
const faults = ownershipFaults(sources(), schema, OWNERSHIP);
if (faults.length > 0) {
  process.stderr.write(`${faults.join('\n')}\n\nWho owns which table stands in scripts/table-ownership/owners.ts.\n`);
  process.exitCode = 1;
}
