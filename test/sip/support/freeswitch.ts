import { readFileSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { runServer, serverDirectory, type SipServer, type Site } from './sip-server.js';
import { freeUdpPort } from './sip-socket.js';

const SHIPPED = 'deploy/sip/freeswitch';
const DIRECTORIES = ['conf', 'log', 'db', 'run', 'scripts', 'storage', 'cache', 'temp'];

/** Starts the configuration that the project ships, on a port of its own, and waits until it answers. */
export async function startFreeswitch(program: string, site: Site): Promise<SipServer> {
  const port = await freeUdpPort();
  const directory = await serverDirectory('freeswitch');
  for (const name of DIRECTORIES) await mkdir(path.join(directory, name));
  const configuration = await readFile(path.join(SHIPPED, 'freeswitch.xml'), 'utf8');
  await writeFile(path.join(directory, 'conf/freeswitch.xml'), configuration.replace('DIALER_AGENT', site.agentId));
  const script = await readFile(path.join(SHIPPED, 'ringfence.lua'), 'utf8');
  // Longer than a silent carrier is waited for.
  await writeFile(path.join(directory, 'scripts/ringfence.lua'), script.replace('RING = 60', 'RING = 8'));
  const args = ['-nf', '-nonat', ...DIRECTORIES.flatMap((name) => [`-${name}`, path.join(directory, name)])];
  const env = {
    RINGFENCE_URL: site.gateUrl,
    RINGFENCE_KEY: site.apiKey,
    SIP_IP: '127.0.0.1',
    SIP_PORT: String(port),
    CARRIER: `127.0.0.1:${site.carrierPort}`,
  };
  const server = await runServer({ program, args, env }, port, directory);
  return { ...server, log: () => server.log() + readFileSync(path.join(directory, 'log/freeswitch.log'), 'utf8') };
}
