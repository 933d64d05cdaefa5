import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const PAGES = 'docs/dialers';
const EXAMPLES = `${PAGES}/examples`;

const read = (file: string): string => readFileSync(file, 'utf8');
const pages = readdirSync(PAGES).filter((name) => name.endsWith('.md') && name !== 'README.md');

/** The files whose whole text follows their link: what the tests run. */
function shownIn(page: string): { file: string; code: string }[] {
  const shown = /\[`examples\/([\w.]+)`\]\(examples\/\1\):\n\n```\w+\n([^]*?)```/g;
  return [...read(path.join(PAGES, page)).matchAll(shown)].map((match) => ({ file: match[1]!, code: match[2]! }));
}

describe('the pages of docs/dialers', () => {
  it.each(pages.filter((page) => page !== 'vicidial.md'))('%s shows what the tests run', (page) => {
    const shown = shownIn(page);
    expect(shown).not.toEqual([]);
    for (const { file, code } of shown) expect(code).toBe(read(path.join(EXAMPLES, file)));
  });

  it('show every example', () => {
    expect(pages.flatMap((page) => shownIn(page).map(({ file }) => file)).sort()).toEqual(readdirSync(EXAMPLES).sort());
  });

  it.each(pages)('%s is in the index', (page) => {
    expect(read(`${PAGES}/README.md`)).toContain(`](${page})`);
  });

  it.each(['README.md', 'docs/sip-servers.md'])('%s links the index', (page) => {
    expect(read(page)).toContain(page === 'README.md' ? '](docs/dialers/README.md)' : '](dialers/README.md)');
  });

  it('say the versions of the SDKs that they are run with', () => {
    const { devDependencies } = JSON.parse(read('package.json')) as { devDependencies: Record<string, string> };
    const said = pages.flatMap((page) => [...read(`${PAGES}/${page}`).matchAll(/Run with `([^`]+)` ([\d.]+)\./g)]);
    expect(said.map((match) => match[1]).sort()).toEqual([
      '@jambonz/sdk',
      'livekit-server-sdk',
      'retell-sdk',
      'telnyx',
      'twilio',
    ]);
    for (const [, name, version] of said) expect(devDependencies[name!]).toMatch(new RegExp(`^${version}\\.\\d+$`));
  });
});
