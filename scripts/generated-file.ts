import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../apps/api/src/config/project-root.js';

interface GeneratedFile {
  /** Path from the project root. */
  path: string;
  content: string;
  /** The command that writes it. */
  command: string;
}

/** Writes a generated file, or (as `check`) fails when the committed one is stale. The first argument says which. */
export function generateOrCheck({ path, content, command }: GeneratedFile, action: string | undefined): void {
  const file = join(projectRoot, path);
  if (action === 'generate') {
    writeFileSync(file, content);
    console.log(`Wrote ${path}`);
  } else if (action === 'check') {
    if (existsSync(file) && readFileSync(file, 'utf8') === content) return console.log(`${path} is fresh`);
    console.error(`${path} is stale. Run "${command}" and commit the result.`);
    process.exitCode = 1;
  } else {
    console.error('Say generate or check.');
    process.exitCode = 1;
  }
}
