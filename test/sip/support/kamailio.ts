import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { runServer, serverDirectory, type SipServer, type Site } from './sip-server.js';
import { freeUdpPort } from './sip-socket.js';

const CONFIGURATION = 'deploy/sip/kamailio/kamailio.cfg';

/**
 * Starts the configuration that the project ships, on a port of its own, and waits until it answers.
 *
 * @param edit changes the file of deploy/sip as the page tells a site to
 */
export async function startKamailio(site: Site, edit: (configuration: string) => string): Promise<SipServer> {
  const port = await freeUdpPort();
  const directory = await serverDirectory('kamailio');
  const file = path.join(directory, 'kamailio.cfg');
  const shipped = await readFile(CONFIGURATION, 'utf8');
  await writeFile(file, edit(shipped).replace('DIALER_AGENT', site.agentId));
  const args = ['-f', file, '-DD', '-E', '-Y', directory, '-P', path.join(directory, 'pid')];
  const env = {
    RINGFENCE_URL: site.gateUrl,
    RINGFENCE_KEY: site.apiKey,
    SIP_ADDRESS: `udp:127.0.0.1:${port}`,
    CARRIER: `127.0.0.1:${site.carrierPort}`,
  };
  return runServer({ program: 'kamailio', args, env }, port, directory);
}
