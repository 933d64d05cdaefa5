import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { eventually } from '../../support/eventually.js';
import { SEARCHED } from './installed.js';
import { answersOptions, type SipServer, type Site } from './sip-server.js';
import { freeUdpPort } from './sip-socket.js';

const CONFIGURATION = 'deploy/sip/kamailio/kamailio.cfg';

/**
 * Starts the configuration that the project ships, on a port of its own, and waits until it answers.
 *
 * @param edit changes the file of deploy/sip as the page tells a site to
 */
export async function startKamailio(site: Site, edit: (configuration: string) => string): Promise<SipServer> {
  const port = await freeUdpPort();
  const directory = await mkdtemp(path.join(tmpdir(), 'ringfence-kamailio-'));
  const file = path.join(directory, 'kamailio.cfg');
  const shipped = await readFile(CONFIGURATION, 'utf8');
  await writeFile(file, edit(shipped).replace('DIALER_AGENT', site.agentId));
  let log = '';
  const child = spawn('kamailio', ['-f', file, '-DD', '-E', '-Y', directory, '-P', path.join(directory, 'pid')], {
    env: {
      PATH: SEARCHED,
      RINGFENCE_URL: site.gateUrl,
      RINGFENCE_KEY: site.apiKey,
      SIP_ADDRESS: `udp:127.0.0.1:${port}`,
      CARRIER: `127.0.0.1:${site.carrierPort}`,
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
