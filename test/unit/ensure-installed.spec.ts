import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const SCRIPTS = path.resolve('scripts');
const LOCKED = {
  '': { version: '0.1.0' },
  'node_modules/one': { version: '1.2.3' },
  'node_modules/of-another-machine': { version: '1.0.0', optional: true },
};

describe('ensureInstalled', () => {
  let project: string;

  /** A project whose npm only writes down that it was called. */
  beforeEach(async () => {
    project = await mkdtemp(path.join(os.tmpdir(), 'ringfence-installed-'));
    for (const folder of ['scripts', 'node_modules/.bin', 'node_modules/node/bin']) {
      await mkdir(path.join(project, folder), { recursive: true });
    }
    for (const file of ['ensure-installed.mjs', 'progress.mjs']) {
      await copyFile(path.join(SCRIPTS, file), path.join(project, 'scripts', file));
    }
    await writeFile(path.join(project, 'package-lock.json'), JSON.stringify({ packages: LOCKED }));
    await writeFile(path.join(project, 'node_modules/node/bin/node'), '');
    await writeFile(path.join(project, 'node_modules/.bin/npm'), '#!/bin/sh\necho "$1" > called\n', { mode: 0o755 });
  });

  afterEach(() => rm(project, { recursive: true }));

  const npmInstalled = (packages: object) =>
    writeFile(path.join(project, 'node_modules/.package-lock.json'), JSON.stringify({ packages }));

  /** What npm was asked for, if it was. */
  async function asked(): Promise<string | null> {
    const program = `await (await import('./scripts/ensure-installed.mjs')).ensureInstalled()`;
    await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], { cwd: project });
    return readFile(path.join(project, 'called'), 'utf8').then(
      (text) => text.trim(),
      () => null,
    );
  }

  it('leaves alone what npm has installed, whoever called it', async () => {
    await npmInstalled({ 'node_modules/one': { version: '1.2.3' } });
    expect(await asked()).toBeNull();
  });

  it.each([
    ['a package is missing', {}],
    ['a package is of another version', { 'node_modules/one': { version: '1.2.2' } }],
    [
      'an optional package is of another version',
      { 'node_modules/one': { version: '1.2.3' }, 'node_modules/of-another-machine': { version: '0.9.0' } },
    ],
  ])('installs when %s', async (_, packages) => {
    await npmInstalled(packages);
    expect(await asked()).toBe('ci');
  });

  it('installs when npm was stopped before it was done', async () => {
    expect(await asked()).toBe('ci');
  });
});
