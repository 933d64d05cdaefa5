import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../apps/api/src/config/project-root.js';

/**
 * Reads a file of SQL. In a checkout and in the image alike, these files lie in `migrations/` and not in the build.
 *
 * @param path below `migrations/`, such as `baseline/gate.sql`
 * @throws Error when there is no such file
 */
export function readSqlFile(path: string): string {
  return readFileSync(join(projectRoot, 'migrations', path), 'utf8');
}
