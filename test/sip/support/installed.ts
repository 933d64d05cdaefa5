import { spawnSync } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import path from 'node:path';

/** Debian puts servers where not every PATH leads. */
export const SEARCHED = `${process.env['PATH'] ?? ''}${path.delimiter}/usr/sbin`;

/** What the tests with SIP servers run, with the argument that asks for its version, and Debian's package. */
const PROGRAMS = {
  kamailio: ['-v', 'kamailio kamailio-utils-modules'],
  sipp: ['-v', 'sip-tester'],
} as const;

/**
 * Whether all of these programs are installed.
 *
 * @returns false when one is not; then a sentence for the end of the run is left behind
 * @throws Error under CI=true when one is not
 */
export function hasInstalled(...names: (keyof typeof PROGRAMS)[]): boolean {
  const missing = names.filter((name) => spawnSync(name, [PROGRAMS[name][0]], { env: { PATH: SEARCHED } }).error);
  if (missing.length === 0) return true;
  const notRun = `The tests with SIP servers did NOT run: ${missing.join(' and ')} not found.`;
  if (process.env['CI'] === 'true') throw new Error(notRun);
  const notes = process.env['RINGFENCE_NOT_RUN_FILE'];
  const packages = missing.map((name) => PROGRAMS[name][1]).join(' ');
  if (notes) appendFileSync(notes, `${notRun} Install them (apt-get install ${packages}).\n`);
  return false;
}

/** Servers whose tests did not run. */
export const notRun: string[] = [];

/**
 * Finds a server that a machine may lack, continuous integration too.
 *
 * @returns the program, or null when there is none; then it is named at the end of the run and in `notRun`
 */
export function findServer(name: string, variable: string, version: string): string | null {
  const program = process.env[variable] ?? name;
  if (!spawnSync(program, [version], { env: { PATH: SEARCHED } }).error) return program;
  notRun.push(name);
  const notes = process.env['RINGFENCE_NOT_RUN_FILE'];
  if (notes) appendFileSync(notes, `The tests with ${name} did NOT run: not found. Name the program in ${variable}.\n`);
  return null;
}
