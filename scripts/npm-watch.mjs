import { readFileSync } from 'node:fs';

const CHECK_MS = 500;

/**
 * Calls back when the npm that runs this script is gone: killed outright it passes on no signal, and what it had started
 * would go on without a terminal. Does nothing outside npm.
 */
export function onNpmGone(callback) {
  if (!process.env.npm_lifecycle_event) return;
  const atStart = npmAbove();
  const timer = setInterval(() => {
    if (npmAbove() === atStart) return;
    clearInterval(timer);
    callback();
  }, CHECK_MS);
}

/** The parent, or the one above it where the parent is a shell that npm put between (dash stays, bash does not). */
function npmAbove() {
  const parent = process.ppid;
  try {
    if (!readFileSync(`/proc/${parent}/cmdline`, 'utf8').startsWith('sh\0-c\0')) return parent;
    // "pid (name) state parent …"; the name may hold anything, so what follows its last parenthesis counts.
    return Number(readFileSync(`/proc/${parent}/stat`, 'utf8').split(') ').at(-1).split(' ')[1]);
  } catch {
    return parent;
  }
}
