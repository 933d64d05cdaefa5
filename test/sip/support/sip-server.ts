import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { eventually } from '../../support/eventually.js';
import { Dialer } from './dialer.js';
import { SEARCHED } from './installed.js';

/** A SIP server between dialers and a carrier, with a configuration of deploy/sip. */
export interface SipServer {
  port: number;
  process: ChildProcess;
  /** What it has logged so far. */
  log(): string;
  stop(): Promise<void>;
}

/** What a site sets. */
export interface Site {
  gateUrl: string;
  apiKey: string;
  carrierPort: number;
  agentId: string;
}

export type StartSipServer = (site: Site) => Promise<SipServer>;

export interface Command {
  program: string;
  args: string[];
  env: Record<string, string>;
}

/** A directory for all that a server writes; it is removed when the server stops. */
export function serverDirectory(name: string): Promise<string> {
  return mkdtemp(path.join(tmpdir(), `ringfence-${name}-`));
}

/**
 * Starts a server that logs to its output, and waits until it answers.
 *
 * @throws Error with its log when it ends instead
 */
export async function runServer({ program, args, env }: Command, port: number, directory: string): Promise<SipServer> {
  let log = '';
  const child = spawn(program, args, { env: { PATH: SEARCHED, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const exited = once(child, 'exit');
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (log += chunk.toString()));
  await eventually(async () => {
    if (child.exitCode !== null) throw new Error(`${program} ended:\n${log}`);
    return answersOptions(port);
  }, 30_000);
  return {
    port,
    process: child,
    log: () => log,
    stop: async () => {
      child.kill('SIGTERM');
      await exited;
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function answersOptions(port: number): Promise<boolean> {
  const dialer = await Dialer.open(port);
  try {
    await dialer.options(500);
    return true;
  } catch {
    return false;
  } finally {
    await dialer.close();
  }
}
