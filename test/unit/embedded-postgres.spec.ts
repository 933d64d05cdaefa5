import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import {
  EmbeddedPostgresRefusal,
  type EmbeddedPostgres,
  removeEmbeddedPostgres,
  startEmbeddedPostgres,
} from '#embedded-postgres';

const home = mkdtempSync(path.join(os.tmpdir(), 'ringfence-launcher-'));
// As root, the server runs as a user who has to get in here.
chmodSync(home, 0o755);
const dataDir = path.join(home, 'postgres');
const lockFile = path.join(dataDir, 'postmaster.pid');

/** A directory in which something stands that is not a running server's. */
function directoryWith(name: string, files: Record<string, string>): string {
  const directory = path.join(home, name);
  mkdirSync(directory);
  for (const [file, content] of Object.entries(files)) writeFileSync(path.join(directory, file), content);
  return directory;
}

async function ask(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client(url);
  // A server that is killed ends its connections as well.
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

/** What the launcher says when it refuses: one line. */
async function refusal(options: Parameters<typeof startEmbeddedPostgres>[0]): Promise<string> {
  const error: unknown = await startEmbeddedPostgres(options).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(EmbeddedPostgresRefusal);
  const { message } = error as Error;
  expect(message).not.toContain('\n');
  return message;
}

afterAll(async () => {
  await removeEmbeddedPostgres(dataDir);
  rmSync(home, { recursive: true, force: true });
});

describe('an embedded PostgreSQL server', () => {
  let postgres: EmbeddedPostgres;

  beforeAll(async () => {
    postgres = await startEmbeddedPostgres({ dataDir, settings: { max_connections: '30' } });
    await ask(postgres.url, 'create table kept (id int)');
  });

  it('is durable, and listens on the loopback address only', async () => {
    const [settings] = await ask(
      postgres.url,
      `select current_setting('fsync') as fsync, current_setting('full_page_writes') as full_page_writes,
         current_setting('synchronous_commit') as synchronous_commit, current_setting('data_checksums') as data_checksums,
         current_setting('listen_addresses') as listen_addresses, current_setting('unix_socket_directories') as sockets,
         current_setting('max_connections') as max_connections`,
    );
    expect(settings).toEqual({
      fsync: 'on',
      full_page_writes: 'on',
      synchronous_commit: 'on',
      data_checksums: 'on',
      listen_addresses: '127.0.0.1',
      sockets: '',
      max_connections: '30',
    });
  });

  it('lets nobody in without the password, which only its owner can read', async () => {
    const url = new URL(postgres.url);
    url.password = 'guessed';
    await expect(ask(url.toString(), 'select 1')).rejects.toMatchObject({ code: '28P01' });
    expect(statSync(`${dataDir}.password`).mode & 0o777).toBe(0o600);
    expect(statSync(dataDir).mode & 0o777).toBe(0o700);
  });

  it('leads a process group of its own, out of reach of the terminal', () => {
    // A negative number names a group; there is one of that number only when the server leads it.
    expect(process.kill(-postgres.pid, 0)).toBe(true);
  });

  it('is taken over when whoever started it is gone', async () => {
    const taken = await startEmbeddedPostgres({ dataDir });
    expect({ ...taken, stop: null }).toEqual({ ...postgres, stop: null });
  });

  it('stops although somebody is connected, and comes back on the same port with its data', async () => {
    const client = new pg.Client(postgres.url);
    client.on('error', () => {});
    await client.connect();
    await postgres.stop();
    expect(isAlive(postgres.pid)).toBe(false);
    await postgres.stop();

    const again = await startEmbeddedPostgres({ dataDir });
    expect(again.port).toBe(postgres.port);
    expect(await ask(again.url, 'select * from kept')).toEqual([]);
    postgres = again;
  });

  it('keeps what it acknowledged when it is killed in the middle of work', async () => {
    const busy = ask(postgres.url, 'select count(*) from generate_series(1, 1e12)').catch(() => 'killed');
    await ask(postgres.url, 'insert into kept values (1)');
    process.kill(postgres.pid, 'SIGKILL');
    while (isAlive(postgres.pid)) await new Promise(setImmediate);
    postgres = await startEmbeddedPostgres({ dataDir });
    expect(await ask(postgres.url, 'select * from kept')).toEqual([{ id: 1 }]);
    expect(await busy).toBe('killed');
  });

  it('starts although its lock names a process that is something else by now', async () => {
    await postgres.stop();
    writeFileSync(lockFile, `${process.pid}\n${dataDir}\n1\n5432\n\n127.0.0.1\n\nready\n`);
    postgres = await startEmbeddedPostgres({ dataDir });
    expect(postgres.pid).not.toBe(process.pid);
    expect(await ask(postgres.url, 'select * from kept')).toEqual([{ id: 1 }]);
  });

  it('starts on data whose files belong to whoever starts it', async () => {
    await postgres.stop();
    const [uid, gid] = [process.getuid!(), process.getgid!()];
    for (const file of [dataDir, path.join(dataDir, 'PG_VERSION'), path.join(dataDir, 'global', 'pg_control')]) {
      chownSync(file, uid, gid);
    }
    postgres = await startEmbeddedPostgres({ dataDir });
    expect(await ask(postgres.url, 'select * from kept')).toEqual([{ id: 1 }]);
  });

  it('takes another port when its own is taken meanwhile', async () => {
    const { port } = postgres;
    await postgres.stop();
    const server = createServer().listen(port, '127.0.0.1');
    await once(server, 'listening');
    postgres = await startEmbeddedPostgres({ dataDir });
    server.close();
    expect(postgres.port).not.toBe(port);
  });

  it('says what the server said when it does not start', async () => {
    await postgres.stop();
    const message = await refusal({ dataDir, settings: { shared_buffers: 'plenty' } });
    expect(message).toMatch(/^PostgreSQL did not start on .*invalid value for parameter "shared_buffers": "plenty"/);
  });

  it('asks for its password file when that is gone', async () => {
    const file = `${dataDir}.password`;
    const password = readFileSync(file, 'utf8');
    rmSync(file);
    expect(await refusal({ dataDir })).toContain(`${file} is missing`);
    writeFileSync(file, password, { mode: 0o600 });
  });
});

describe('a creation that was killed', () => {
  it('is begun anew', async () => {
    const directory = directoryWith('half', { PG_VERSION: '18\n', 'postgresql.conf': '' });
    writeFileSync(`${directory}.unfinished`, '');
    const postgres = await startEmbeddedPostgres({ dataDir: directory });
    expect(await ask(postgres.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    expect(existsSync(`${directory}.unfinished`)).toBe(false);
    await postgres.stop();
  });
});

describe('a place that is none for data', () => {
  it('is refused when it holds files of somebody else, which stay', async () => {
    const directory = directoryWith('foreign', { 'thesis.txt': 'the only copy' });
    expect(await refusal({ dataDir: directory })).toMatch(/holds files that are not PostgreSQL's/);
    expect(readFileSync(path.join(directory, 'thesis.txt'), 'utf8')).toBe('the only copy');
  });

  it.each(['17', '99'])('is refused when PostgreSQL %s made it', async (version) => {
    const directory = directoryWith(`version-${version}`, { PG_VERSION: `${version}\n` });
    expect(await refusal({ dataDir: directory })).toContain(`was made by PostgreSQL ${version}, this is 18`);
  });

  it('is refused when it cannot be written', async () => {
    const directory = directoryWith('plain', { file: '' });
    expect(await refusal({ dataDir: path.join(directory, 'file', 'postgres') })).toContain(
      'cannot be written (ENOTDIR)',
    );
  });
});
