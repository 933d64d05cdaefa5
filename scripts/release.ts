import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../apps/api/src/config/project-root.js';
import { isNewer, released } from './release/changelog.js';

interface PackageFile {
  version: string;
  packages?: Record<string, { version?: string }>;
}

/**
 * `npm run release -- 0.2.0`: dates the changelog's unreleased changes, sets the version, commits and tags. It pushes
 * nothing; its last line says how.
 */
function release(version = ''): number {
  const current = packageFile('package.json').version;
  if (!/^\d+\.\d+\.\d+$/.test(version)) return refuse(`Say which version: npm run release -- 1.2.3 (now ${current}).`);
  if (!isNewer(version, current)) return refuse(`${version} is not newer than ${current}.`);
  if (git('status', '--porcelain') !== '') return refuse('The working tree has changes. Commit or stash them first.');
  if (git('tag', '--list', `v${version}`) !== '') return refuse(`The tag v${version} exists already.`);

  const today = new Date().toISOString().slice(0, 10);
  const changelog = released(readFileSync(pathOf('CHANGELOG.md'), 'utf8'), version, today);
  if (changelog === null)
    return refuse('CHANGELOG.md has nothing under "Unreleased". Say there what changes for users.');
  writeFileSync(pathOf('CHANGELOG.md'), changelog);
  for (const name of ['package.json', 'package-lock.json']) {
    const json = packageFile(name);
    json.version = version;
    if (json.packages?.['']) json.packages[''].version = version;
    writeFileSync(pathOf(name), `${JSON.stringify(json, null, 2)}\n`);
  }
  git('commit', '--quiet', '--all', '--message', `Release ${version}`);
  git('tag', '--annotate', `v${version}`, '--message', `Ringfence ${version}`);
  process.stdout.write(`Tagged v${version}. Publish it with: git push --follow-tags\n`);
  return 0;
}

function git(...args: string[]): string {
  return execFileSync('git', args, { cwd: projectRoot, encoding: 'utf8' }).trim();
}

function pathOf(name: string): string {
  return join(projectRoot, name);
}

function packageFile(name: string): PackageFile {
  return JSON.parse(readFileSync(pathOf(name), 'utf8')) as PackageFile;
}

function refuse(message: string): number {
  process.stderr.write(`${message}\n`);
  return 1;
}

process.exitCode = release(process.argv[2]);
