import { createClient } from '@hey-api/openapi-ts';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../apps/api/src/config/project-root.js';
import { generateOrCheck } from './generated-file.js';

const GENERATED = 'libs/api-client/src/generated';
const command = 'npm run client:generate';
const action = process.argv[2];

const fresh = mkdtempSync(join(tmpdir(), 'ringfence-api-client-'));
try {
  await createClient({
    input: join(projectRoot, 'openapi.json'),
    // A function for each operation and the types, on a client of the generator's that needs nothing but fetch.
    plugins: ['@hey-api/typescript', { name: '@hey-api/sdk', client: false }, '@hey-api/client-fetch'],
    // The API's classes are called XDto; for its users that says nothing.
    parser: { transforms: { schemaName: (name: string) => name.replace(/Dto$/, '') } },
    output: { path: fresh, importFileExtension: '.js', tsConfigPath: null },
    logs: { level: 'silent', file: false },
  });
  // The first is a client without an address that nothing uses, because each call is given its own.
  const files = filesIn(fresh).filter((file) => file !== 'client.gen.ts');
  const leftOver = filesIn(join(projectRoot, GENERATED)).filter((file) => !files.includes(file));
  for (const file of leftOver) removeOrComplain(`${GENERATED}/${file}`);
  for (const file of files)
    generateOrCheck(
      { path: `${GENERATED}/${file}`, content: readFileSync(join(fresh, file), 'utf8'), command },
      action,
    );
} finally {
  rmSync(fresh, { recursive: true, force: true });
}

/** Paths from the folder, with slashes on every system. */
function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .replaceAll('\\', '/'),
    )
    .sort();
}

/** A file that the generator no longer writes. */
function removeOrComplain(path: string): void {
  if (action === 'generate') return rmSync(join(projectRoot, path));
  console.error(`${path} is left over. Run "${command}" and commit the result.`);
  process.exitCode = 1;
}
