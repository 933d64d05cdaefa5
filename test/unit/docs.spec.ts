import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { problemTypes, reasonCodes } from '#contracts';

const root = process.cwd();
const generated = new Set(['node_modules', 'dist', '.git', '.ringfence', 'coverage', 'test-output']);
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');
const projectFiles = files('.');

describe('docs pages of the catalogues', () => {
  it.each(Object.entries(reasonCodes))('has a page for the reason %s', (code, { label }) => {
    expect(read(`docs/reasons/${code}.md`).split('\n')[0]).toBe(`# \`${code}\`: ${label}`);
  });

  it.each(Object.entries(problemTypes))('has a page for the problem %s', (code, { status }) => {
    expect(read(`docs/problems/${code}.md`).split('\n')[0]).toBe(`# \`${code}\` (HTTP ${status})`);
  });

  it.each([
    ['docs/reasons', Object.keys(reasonCodes)],
    ['docs/problems', Object.keys(problemTypes)],
  ])('has no page in %s for a code that does not exist', (folder, codes) => {
    expect(readdirSync(path.join(root, folder)).sort()).toEqual(codes.map((code) => `${code}.md`).sort());
  });
});

describe('paths in the docs', () => {
  const pages = projectFiles.filter((file) => file.endsWith('.md'));
  const sources = projectFiles.filter((file) => /\.(ts|tsx|mjs|cjs|yml)$/.test(file) && !file.startsWith('test/'));

  it('reads the pages that people start from', () => {
    expect(pages).toEqual(expect.arrayContaining(['README.md', 'CONTRIBUTING.md', 'docs/architecture.md']));
  });

  it.each(pages)('%s mentions and links only what exists', (page) => {
    const text = read(page);
    const missing = [
      ...mentions(text).filter((mention) => !existsSync(path.join(root, mention))),
      ...links(text).filter((link) => !existsSync(path.join(root, path.dirname(page), link))),
    ];
    expect(missing).toEqual([]);
  });

  it.each(pages)('%s names only files that exist, by whatever end of their path', (page) => {
    const named = namesOfFiles(read(page)).filter((name) => !isSomeFile(name));
    expect(named).toEqual([]);
  });

  it.each(pages)('%s names only npm scripts that exist', (page) => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const named = [...read(page).matchAll(/npm run (?:-s )?([a-z][\w:-]*)/g)].map((match) => match[1]!);
    expect(named.filter((script) => !(script in scripts))).toEqual([]);
  });

  it('sources point only to pages that exist', () => {
    const missing = sources.flatMap((file) =>
      [...read(file).matchAll(/\bdocs\/[\w/.-]+\.md\b/g)]
        .map((match) => match[0])
        .filter((page) => !existsSync(path.join(root, page)))
        .map((page) => `${file}: ${page}`),
    );
    expect(missing).toEqual([]);
  });

  it('finds a file that does not exist, and one that stands elsewhere', () => {
    const names = namesOfFiles('`call-gate/nowhere.ts`, `call-queue.ts`, `receive/call-queue.ts` and `x.service.ts`');
    expect(names.filter((name) => !isSomeFile(name))).toEqual(['call-gate/nowhere.ts', 'receive/call-queue.ts']);
  });

  it('finds a path that does not exist', () => {
    expect(mentions('see `docs/nowhere.md` and `apps/api/src/main.ts:12`, not `docs/reasons/<code>.md`')).toEqual([
      'docs/nowhere.md',
      'apps/api/src/main.ts',
    ]);
    expect(links('[here](adr/0001-x.md#top), [there](https://example.org/a.md)')).toEqual(['adr/0001-x.md']);
  });
});

/** Files of the project, without what is installed or generated. */
function files(folder: string): string[] {
  return readdirSync(path.join(root, folder), { withFileTypes: true })
    .filter((entry) => !generated.has(entry.name))
    .flatMap((entry) => {
      const file = path.posix.join(folder, entry.name);
      return entry.isDirectory() ? files(file) : [file];
    });
}

/** Paths in code spans that start with a folder of the project; patterns and placeholders are left out. */
function mentions(text: string): string[] {
  return [...text.matchAll(/`((?:\.ci|apps|docs|libs|migrations|scripts|test)\/[^`\s]*)`/g)]
    .map((match) => match[1]!.replace(/[:#]\d.*$/, ''))
    .filter((mention) => !/[<>*{}…]/.test(mention));
}

/** Files in code spans, by their name or the end of their path; `x.service.ts` stands for any. */
function namesOfFiles(text: string): string[] {
  return [...text.matchAll(/`([\w-][\w./-]*\.(?:tsx?|mjs|cjs|sql))`/g)]
    .map((match) => match[1]!)
    .filter((name) => !/(^|\/)x\./.test(name));
}

function isSomeFile(name: string): boolean {
  return projectFiles.some((file) => file === name || file.endsWith(`/${name}`));
}

/** Targets of links and images that are files of the project. */
function links(text: string): string[] {
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map((match) => match[1]!.replace(/#.*$/, ''))
    .filter((target) => target !== '' && !/^[a-z]+:/.test(target));
}
