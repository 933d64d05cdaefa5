import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freeUdpPort } from './sip-socket.js';

interface Load {
  proxyPort: number;
  destination: string;
  calls: number;
  perSecond: number;
}

/**
 * Places calls with sipp, each answered and ended, or refused with 403 or 503.
 *
 * @throws Error with sipp's own words when a call went any other way
 */
export async function placeCalls({ proxyPort, destination, calls, perSecond }: Load): Promise<void> {
  const directory = await mkdtemp(path.join(tmpdir(), 'ringfence-sipp-'));
  const values: Record<string, string> = {
    '-sf': path.resolve('test/sip/scenarios/call.xml'),
    '-i': '127.0.0.1',
    '-p': String(await freeUdpPort()),
    '-s': destination,
    '-r': String(perSecond),
    '-m': String(calls),
    '-timeout': '60s',
    '-error_file': path.join(directory, 'errors.log'),
  };
  const options = [...Object.entries(values).flat(), '-trace_err', '-nostdin'];
  const sipp = spawn('sipp', [`127.0.0.1:${proxyPort}`, ...options], {
    cwd: directory,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [sipp.stdout, sipp.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const [code] = (await once(sipp, 'close')) as [number];
  await rm(directory, { recursive: true, force: true });
  if (code !== 0) throw new Error(`sipp ended with ${code}:\n${output.slice(-3_000)}`);
}
