import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { handOver, unprivilegedUser } from '../../tools/embedded-postgres/unprivileged-user.js';
import { eventually } from './eventually.js';

const NAME = 'pgbouncer';
/** Debian puts it where not every PATH leads. */
const SEARCHED = `${process.env['PATH'] ?? ''}${path.delimiter}/usr/sbin`;

/**
 * Whether PgBouncer is installed.
 *
 * @returns false when it is not; then a sentence for the end of the run is left behind
 * @throws Error under CI=true when it is not
 */
export function hasPgBouncer(): boolean {
  if (spawnSync(NAME, ['--version'], { env: { PATH: SEARCHED } }).status === 0) return true;
  const notRun = 'The tests with PgBouncer did NOT run: it was not found.';
  if (process.env['CI'] === 'true') throw new Error(notRun);
  const notes = process.env['RINGFENCE_NOT_RUN_FILE'];
  if (notes) appendFileSync(notes, `${notRun} Install it (apt-get install pgbouncer).\n`);
  return false;
}

export class PgBouncer {
  private constructor(
    private readonly port: number,
    private readonly directory: string,
    private readonly process: ChildProcess,
  ) {}

  /**
   * Starts PgBouncer before the server of the address. It takes every password of a client, and signs in with those of
   * the addresses.
   */
  static async start(urls: readonly string[], settings: Record<string, string>): Promise<PgBouncer> {
    const directory = await mkdtemp(path.join(os.tmpdir(), 'ringfence-pgbouncer-'));
    await chmod(directory, 0o755);
    const port = await freePort();
    const users = urls.map((url) => new URL(url));
    const { hostname, port: serverPort } = users[0]!;
    const all = {
      listen_addr: '127.0.0.1',
      listen_port: String(port),
      unix_socket_dir: '',
      auth_type: 'plain',
      auth_file: path.join(directory, 'users.txt'),
      ...settings,
    };
    const lines = Object.entries(all).map(([name, value]) => `${name} = ${value}`);
    const config = path.join(directory, 'pgbouncer.ini');
    await writeFile(
      config,
      ['[databases]', `* = host=${hostname} port=${serverPort}`, '[pgbouncer]', ...lines].join('\n'),
    );
    const secrets = users.map(({ username, password }) => `"${username}" "${decodeURIComponent(password)}"`);
    await writeFile(all.auth_file, secrets.join('\n'));
    const user = unprivilegedUser();
    if (user) await handOver(directory, user);
    const process = spawn(NAME, ['-q', config], { env: { PATH: SEARCHED }, stdio: 'ignore', ...user });
    const bouncer = new PgBouncer(port, directory, process);
    await eventually(() => answers(port)).catch(async (error: unknown) => {
      await bouncer.stop();
      throw error;
    });
    return bouncer;
  }

  /** The same address by way of PgBouncer. */
  before(url: string): string {
    const through = new URL(url);
    through.port = String(this.port);
    return through.href;
  }

  async stop(): Promise<void> {
    if (this.process.exitCode === null) {
      const ended = once(this.process, 'exit');
      this.process.kill('SIGTERM');
      await ended;
    }
    await rm(this.directory, { recursive: true, force: true });
  }
}

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
