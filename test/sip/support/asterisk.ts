import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { SEARCHED } from './installed.js';
import { runServer, serverDirectory, type SipServer, type Site } from './sip-server.js';
import { freeUdpPort } from './sip-socket.js';

const SHIPPED = 'deploy/sip/asterisk';
const DIRECTORIES = ['run', 'db', 'log', 'spool'];

export interface Asterisk extends SipServer {
  /** Runs a command of the command line. @returns what it printed */
  command(text: string): Promise<string>;
}

/** Starts the configuration that the project ships, on a port of its own, and waits until it answers. */
export async function startAsterisk(program: string, site: Site): Promise<Asterisk> {
  const port = await freeUdpPort();
  const directory = await serverDirectory('asterisk');
  for (const name of DIRECTORIES) await mkdir(path.join(directory, name));
  await writeConfiguration(directory, site, port);
  const env = { RINGFENCE_URL: site.gateUrl, RINGFENCE_KEY: site.apiKey };
  const configuration = path.join(directory, 'asterisk.conf');
  const server = await runServer({ program, args: ['-f', '-C', configuration], env }, port, directory);
  const command = async (text: string) => {
    const remote = spawn(program, ['-C', configuration, '-rx', text], {
      env: { PATH: SEARCHED },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let printed = '';
    remote.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
    await once(remote, 'close');
    return printed;
  };
  return { ...server, command };
}

/** The three files that are shipped, as a site fills them in, and what places all of this in a directory of its own. */
async function writeConfiguration(directory: string, site: Site, port: number): Promise<void> {
  const values: Record<string, string> = {
    SIP_ADDRESS: `127.0.0.1:${port}`,
    DIALER_ADDRESS: '127.0.0.1',
    DIALER_AGENT: site.agentId,
    CARRIER_ADDRESS: `127.0.0.1:${site.carrierPort}`,
    // Longer than a silent carrier is waited for.
    'RING = 60': 'RING = 8',
  };
  for (const name of ['extensions.conf', 'pjsip.conf', 'modules.conf']) {
    const shipped = await readFile(path.join(SHIPPED, name), 'utf8');
    // Not in the comments, which name what is to be filled in.
    const lines = shipped.split('\n').map((line) => (line.startsWith(';') ? line : filledIn(line, values)));
    await writeFile(path.join(directory, name), lines.join('\n'));
  }
  const places = [`astetcdir = ${directory}`, ...DIRECTORIES.map((name) => `ast${name}dir = ${directory}/${name}`)];
  await writeFile(
    path.join(directory, 'asterisk.conf'),
    ['[directories]', ...places, '[options]', 'verbose = 5', ''].join('\n'),
  );
  // All that it would ever log, the running of the dialplan too.
  await writeFile(
    path.join(directory, 'logger.conf'),
    '[general]\n[logfiles]\nconsole = notice,warning,error,verbose(5)\n',
  );
  await writeFile(path.join(directory, 'rtp.conf'), '[general]\nrtpstart = 34000\nrtpend = 34998\n');
}

function filledIn(line: string, values: Record<string, string>): string {
  return Object.entries(values).reduce((text, [name, value]) => text.replace(name, value), line);
}
