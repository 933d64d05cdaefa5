import path from 'node:path';

const SLOWEST = 10;

/**
 * Ends a run with the seconds of each project, the slowest files and, last, one plain line, `N passed, N failed`, that any
 * reader of the output can find.
 */
export default class ClosingLineReporter {
  onRunComplete(_contexts, results) {
    const broken = results.numRuntimeErrorTestSuites;
    const line = `${results.numPassedTests} passed, ${results.numFailedTests + broken} failed`;
    const summary = timesOf(results.testResults.map(fileOf)).concat(line).join('\n');
    process.once('exit', () => process.stdout.write(`\n${summary}\n`));
  }

  getLastError() {}
}

/** Lines that tell where the time of the files went; none when no file ran. */
export function timesOf(files) {
  if (files.length === 0) return [];
  const projects = new Map();
  for (const { project, seconds } of files) {
    const sum = projects.get(project) ?? { seconds: 0, files: 0 };
    projects.set(project, { seconds: sum.seconds + seconds, files: sum.files + 1 });
  }
  const slowest = files.toSorted((one, other) => other.seconds - one.seconds).slice(0, SLOWEST);
  return [
    'Seconds per project, the files added up (several run at a time)',
    ...[...projects].map(([name, sum]) =>
      row(sum.seconds, `${name}, ${sum.files} ${sum.files === 1 ? 'file' : 'files'}`),
    ),
    '',
    'Slowest files',
    ...slowest.map(({ name, seconds }) => row(seconds, name)),
    '',
  ];
}

function fileOf({ testFilePath, displayName, perfStats }) {
  return {
    name: path.relative(process.cwd(), testFilePath),
    project: displayName?.name ?? 'could not be run',
    seconds: (perfStats.end - perfStats.start) / 1_000,
  };
}

function row(seconds, label) {
  return `${seconds.toFixed(1).padStart(8)}  ${label}`;
}
