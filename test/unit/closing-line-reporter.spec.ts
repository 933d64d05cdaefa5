import { execFileSync } from 'node:child_process';
import path from 'node:path';

const REPORTER = path.resolve('scripts/closing-line-reporter.mjs');

/** What the reporter writes at the end of a process in which these files ran, line by line. */
function written(files: { name: string; project: string; seconds: number }[], failed = 0): string[] {
  const results = {
    numPassedTests: 7,
    numFailedTests: failed,
    numRuntimeErrorTestSuites: 0,
    testResults: files.map(({ name, project, seconds }) => ({
      testFilePath: path.resolve(name),
      displayName: { name: project, color: 'white' },
      perfStats: { start: 1_000, end: 1_000 + seconds * 1_000 },
    })),
  };
  const script = `
    const { default: Reporter } = await import(${JSON.stringify(REPORTER)});
    new Reporter().onRunComplete([], ${JSON.stringify(results)});
    process.stdout.write('Ran all test suites.');`;
  const output = execFileSync(process.execPath, ['--input-type=module', '--eval', script], { encoding: 'utf8' });
  return output.trimEnd().split('\n');
}

const file = (name: string, project: string, seconds: number) => ({ name: `test/${name}.spec.ts`, project, seconds });

describe('the closing summary of a test run', () => {
  it('ends with the number of tests that passed and failed, after whatever else is written', () => {
    const lines = written([file('a', 'unit', 1)], 2);
    expect(lines[0]).toBe('Ran all test suites.');
    expect(lines.at(-1)).toBe('7 passed, 2 failed');
  });

  it('tells the seconds and files of each project', () => {
    const lines = written([file('a', 'unit', 1.25), file('b', 'e2e', 3), file('c', 'unit', 2.5)]);
    expect(lines).toEqual(expect.arrayContaining(['     3.8  unit, 2 files', '     3.0  e2e, 1 file']));
  });

  it('names the ten slowest files, the slowest first', () => {
    const lines = written(Array.from({ length: 12 }, (_, index) => file(`f${index}`, 'e2e', index)));
    const slowest = lines.filter((line) => line.includes('.spec.ts')).map((line) => line.trim());
    expect(slowest).toHaveLength(10);
    expect([slowest[0], slowest[9]]).toEqual(['11.0  test/f11.spec.ts', '2.0  test/f2.spec.ts']);
  });

  it('is the closing line alone when no file ran', () => {
    expect(written([]).filter((line) => line !== '')).toEqual(['Ran all test suites.', '7 passed, 0 failed']);
  });
});
