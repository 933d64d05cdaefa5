import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { loginSettings } from './logins.js';

export interface ApiProcess {
  url: string;
  process: ChildProcess;
  stop(): Promise<void>;
}

const MAIN = path.resolve('dist/apps/api/src/main.js');

/** Starts the built API as a process of its own on a free port, on the database of the owner's address. `npm test` builds first; alone, run `npm run build:api`. */
export async function startApiProcess(databaseUrl: string, env: Record<string, string> = {}): Promise<ApiProcess> {
  const child = spawn(process.execPath, [MAIN], {
    env: {
      PATH: process.env['PATH'],
      ...loginSettings(databaseUrl),
      JWT_SECRET: 'a secret for tests that is long enough to sign',
      PORT: '0',
      LOG_LEVEL: 'info',
      MIDNIGHT_JOB: 'false',
      LEDGER_JOB: 'false',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit');
  let output = '';
  const url = await new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      output += chunk.toString();
      const address = /http:\/\/127\.0\.0\.1:\d+/.exec(output);
      if (address) resolve(address[0]);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`The API ended with exit code ${code}:\n${output}`)));
  });
  return {
    url,
    process: child,
    stop: async () => {
      child.kill('SIGTERM');
      await exited;
    },
  };
}

interface Ending {
  code: number;
  /** What it said on standard error. */
  lines: string[];
}

/** Starts the built API with settings that it cannot start with, and waits for its end. */
export async function endingOfApi(env: Record<string, string>): Promise<Ending> {
  const child = spawn(process.execPath, [MAIN], {
    env: {
      PATH: process.env['PATH'],
      JWT_SECRET: 'a secret for tests that is long enough to sign',
      PORT: '0',
      ...env,
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let output = '';
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number];
  return { code, lines: output.trimEnd().split('\n') };
}
