import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { eventually } from '../../support/eventually.js';
import { Dialer } from './dialer.js';
import { SEARCHED } from './installed.js';
import { freeUdpPort } from './sip-socket.js';

export interface Kamailio {
  port: number;
  process: ChildProcess;
  /** What it has logged so far. */
  log(): string;
  stop(): Promise<void>;
}

interface KamailioSettings {
  gateUrl: string;
  apiKey: string;
  carrierPort: number;
  /** Changes the file of deploy/sip as the page tells a site to. */
  edit?: (configuration: string) => string;
}

const CONFIGURATION = 'deploy/sip/kamailio/kamailio.cfg';

/** Starts the configuration that the project ships, on a port of its own, and waits until it answers. */
export async function startKamailio(settings: KamailioSettings): Promise<Kamailio> {
  const port = await freeUdpPort();
  const directory = await mkdtemp(path.join(tmpdir(), 'ringfence-kamailio-'));
  const file = path.join(directory, 'kamailio.cfg');
  const shipped = await readFile(CONFIGURATION, 'utf8');
  await writeFile(file, settings.edit?.(shipped) ?? shipped);
  let log = '';
  const child = spawn('kamailio', ['-f', file, '-DD', '-E', '-Y', directory, '-P', path.join(directory, 'pid')], {
    env: {
      PATH: SEARCHED,
      RINGFENCE_URL: settings.gateUrl,
      RINGFENCE_KEY: settings.apiKey,
      SIP_ADDRESS: `udp:127.0.0.1:${port}`,
      CARRIER: `127.0.0.1:${settings.carrierPort}`,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit');
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (log += chunk.toString()));
  await eventually(async () => {
    if (child.exitCode !== null) throw new Error(`Kamailio ended:\n${log}`);
    return answersOptions(port);
  });
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
