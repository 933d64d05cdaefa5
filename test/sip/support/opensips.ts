import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { runServer, serverDirectory, type SipServer, type Site } from './sip-server.js';
import { freeUdpPort } from './sip-socket.js';

const CONFIGURATION = 'deploy/sip/opensips/opensips.cfg';

/**
 * Starts the configuration that the project ships, on a port of its own, and waits until it answers.
 *
 * @param edit changes the file of deploy/sip as the page tells a site to
 */
export async function startOpensips(
  program: string,
  site: Site,
  edit: (configuration: string) => string,
): Promise<SipServer> {
  const port = await freeUdpPort();
  const directory = await serverDirectory('opensips');
  const file = path.join(directory, 'opensips.cfg');
  const shipped = edit(await readFile(CONFIGURATION, 'utf8'));
  await writeFile(file, filledIn(shipped, program, site, port));
  const args = ['-f', file, '-F', '-w', directory, '-P', path.join(directory, 'pid')];
  const env = {
    RINGFENCE_URL: site.gateUrl,
    RINGFENCE_KEY: site.apiKey,
    CARRIER: `127.0.0.1:${site.carrierPort}`,
  };
  return runServer({ program, args, env }, port, directory);
}

/** Modules are also looked for where a program that was not installed as a package has them. */
function filledIn(configuration: string, program: string, site: Site, port: number): string {
  const modules = path.join(path.dirname(program), '..', 'lib64/opensips/modules/');
  return configuration
    .replace('socket=udp:SIP_ADDRESS', `socket=udp:127.0.0.1:${port}`)
    .replace('DIALER_AGENT', site.agentId)
    .replace('stderror_enabled=no', 'stderror_enabled=yes')
    .replace('syslog_enabled=yes', 'syslog_enabled=no')
    .replace('mpath=', `mpath="${modules}"\nmpath=`);
}
