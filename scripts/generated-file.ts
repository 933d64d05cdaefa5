import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
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
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    console.log(`Wrote ${path}`);
  } else if (action === 'check') {
    const committed = existsSync(file) ? readFileSync(file, 'utf8') : '';
    if (committed === content) return console.log(`${path} is fresh`);
    console.error(`${path} is stale. Run "${command}" and commit the result.\n${firstDifference(committed, content)}`);
    process.exitCode = 1;
  } else {
    console.error('Say generate or check.');
    process.exitCode = 1;
  }
}

/** Where to look: the first line that differs, as it is and as it should be. */
function firstDifference(committed: string, content: string): string {
  const [is, should] = [committed.split('\n'), content.split('\n')];
  const index = should.findIndex((line, at) => line !== is[at]);
  const at = index < 0 ? should.length : index;
  return `line ${at + 1}\n- ${is[at] ?? ''}\n+ ${should[at] ?? ''}`;
}
