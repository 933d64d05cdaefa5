import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { request } from '../support/http.js';
import { accept } from '../support/invitations.js';

const START = path.resolve('dist/tools/demo/start-demo.js');
const STOP_WITH_PARENT = path.resolve('scripts/stop-with-parent.mjs');
const homes: string[] = [];
const children: ChildProcess[] = [];

function newHome(mode = 0o755): string {
  const home = mkdtempSync(path.join(os.tmpdir(), 'ringfence-start-'));
  chmodSync(home, mode);
  homes.push(home);
  return home;
}

interface Run {
  child: ChildProcess;
  ended: Promise<[code: number | null, signal: string | null]>;
  output: () => string;
  /** Resolves when the output has it. */
  said: (text: string | RegExp) => Promise<void>;
}

function run(script: string, env: Record<string, string>): Run {
  const child = spawn(process.execPath, ['--import', STOP_WITH_PARENT, script], {
    env: { PATH: process.env['PATH'], PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  children.push(child);
  let output = '';
  const read = (chunk: Buffer) => {
    output += chunk.toString();
    child.emit('said');
  };
  child.stdout!.on('data', read);
  child.stderr!.on('data', read);
  const ended = once(child, 'close') as Run['ended'];
  const said = (text: string | RegExp) =>
    new Promise<void>((resolve, reject) => {
      const look = () => output.search(text) >= 0 && resolve();
      child.on('said', look);
      child.once('close', () => reject(new Error(`It ended without saying ${String(text)}:\n${output}`)));
      look();
    });
  return { child, ended, output: () => output, said };
}

interface Demo {
  url: string;
  password: string;
  users: { email: string; role: string }[];
  apiKey: string;
  agentId: string;
  destination: string;
  invitation: { email: string; token: string } | null;
}

async function startDemo(home: string): Promise<Run & { demo: Demo }> {
  const started = run(START, { RINGFENCE_HOME: home });
  await started.said(/^curl .*\n/m);
  return { ...started, demo: JSON.parse(readFileSync(path.join(home, 'demo.json'), 'utf8')) as Demo };
}

/** The embedded server of that home; null when it does not run. */
function postmasterOf(home: string): number | null {
  const file = path.join(home, 'postgres', 'postmaster.pid');
  return existsSync(file) ? Number(readFileSync(file, 'utf8').split('\n')[0]) : null;
}

function askGate({ url, apiKey, agentId, destination }: Demo) {
  return request(`${url}/api/v1/call-gate/authorize`, { token: apiKey, body: { agentId, destination } });
}

async function stop({ child, ended }: Run): Promise<void> {
  child.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
}

/** The last line of a start that must not succeed; beside progress, and what the server logs, it is the only one. */
async function refusal(script: string, env: Record<string, string>): Promise<string> {
  const started = run(script, env);
  const [code] = await started.ended;
  expect(code).toBe(1);
  const lines = started
    .output()
    .split('\n')
    .filter((line) => line !== '' && !/^•|^\[.* ERROR: /.test(line));
  expect(lines).toHaveLength(1);
  return lines[0]!;
}

afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  for (const home of homes) {
    const pid = postmasterOf(home);
    if (pid !== null) process.kill(pid, 'SIGQUIT');
    await new Promise((resolve) => setTimeout(resolve, pid === null ? 0 : 200));
    rmSync(home, { recursive: true, force: true });
  }
});

describe('the demo', () => {
  const home = newHome();
  let first: Run & { demo: Demo };

  beforeAll(async () => {
    first = await startDemo(home);
  });

  it('prints the address, a sign-in, and a curl line that is allowed to call', async () => {
    const { url, apiKey, agentId, destination } = first.demo;
    const output = first.output();
    expect(output).toContain(`Ringfence is ready: ${url}\n`);
    expect(output).toContain('Sign in as admin@demo.test with the password ringfence-demo');
    const [, printedUrl, key, body] = /^curl -s (\S+) -H 'Authorization: Bearer (\S+)' .* -d '(.*)'$/m.exec(output)!;
    expect([printedUrl, key]).toEqual([`${url}/api/v1/call-gate/authorize`, apiKey]);
    expect(JSON.parse(body!)).toEqual({ agentId, destination });
    expect((await askGate(first.demo)).body).toMatchObject({ allowed: true, reasonCode: 'allowed' });
  });

  it('is answered as the README shows, but for how far the day is', async () => {
    const readme = readFileSync('README.md', 'utf8');
    const sample = /^ {4}(\{"allowed":.*)$/m.exec(readme)![1]!;
    const { body } = await askGate(first.demo);
    const shown = (name: string) => Number(new RegExp(`"${name}":(\\d+)`).exec(sample)![1]);
    expect([shown('limit'), shown('used') + shown('remaining')]).toEqual([body.limit, body.limit]);
    const names = [...sample.matchAll(/"(\w+)":/g)].map(([, name]) => name!);
    const answered = [...JSON.stringify(body).matchAll(/"(\w+)":/g)].map(([, name]) => name!);
    expect([...new Set(answered)].filter((name) => names.includes(name))).toEqual(names);
    expect(readme).toContain(`"destination":"${first.demo.destination}"`);
  });

  it('prints an invitation to try out, whose token is kept nowhere else', async () => {
    const { url, invitation } = first.demo;
    expect(first.output()).toContain(`invitation of newcomer@demo.test:\n${url}/#/invitation/${invitation!.token}\n`);
    const { body } = await request(`${url}/api/v1/invitations/preview`, { body: { token: invitation!.token } });
    expect(body).toMatchObject({ organizationName: 'Demo Contact Centre', email: invitation!.email, role: 'manager' });
  });

  it('has room for hundreds of calls of the printed agent', async () => {
    expect((await askGate(first.demo)).body.remaining).toBeGreaterThan(400);
  });

  it('keeps what is secret to its owner', () => {
    for (const file of ['demo.json', 'jwt-secret', 'postgres.password']) {
      expect([file, statSync(path.join(home, file)).mode & 0o777]).toEqual([file, 0o600]);
    }
  });

  it('signs every user in', async () => {
    expect(first.demo.users.map(({ email }) => email)).toEqual([
      'platform@demo.test',
      'owner@demo.test',
      'admin@demo.test',
      'manager@demo.test',
      'agent@demo.test',
      'admin@rival.test',
    ]);
    for (const { email } of first.demo.users) {
      const body = { email, password: first.demo.password };
      expect([email, (await request(`${first.demo.url}/api/v1/auth/login`, { body })).status]).toEqual([email, 200]);
    }
  });

  it('shows a day whose counters agree with its ledger', async () => {
    const body = { email: 'manager@demo.test', password: first.demo.password };
    const { body: session } = await request(`${first.demo.url}/api/v1/auth/login`, { body });
    const usage = await request(`${first.demo.url}/api/v1/usage/summary`, { token: session.accessToken });
    expect(usage.body.callsMadeToday).toBe(usage.body.callsAllowed);
    expect(usage.body).toMatchObject({
      phoneNumbers: { total: 60, assigned: 27, pool: 12 },
      agents: { total: 12, active: 11 },
    });
    const reasons = usage.body.refusals.map((refused: { reasonCode: string }) => refused.reasonCode);
    expect(reasons).toEqual(expect.arrayContaining(['country_not_allowed', 'daily_limit_reached']));
  });

  it('refuses to be started twice on the same data', async () => {
    expect(await refusal(START, { RINGFENCE_HOME: home })).toMatch(/^Ringfence is running already \(process \d+\)\./);
  });

  it('refuses to be reset while it runs', async () => {
    const reset = path.resolve('dist/tools/demo/reset-demo.js');
    expect(await refusal(reset, { RINGFENCE_HOME: home })).toMatch(/^Ringfence is running \(process \d+\)\. Stop it/);
  });

  it('stops with its database on SIGTERM, also when the signal comes twice', async () => {
    const postmaster = postmasterOf(home)!;
    first.child.kill('SIGINT');
    await stop(first);
    expect(() => process.kill(postmaster, 0)).toThrow('ESRCH');
    expect(existsSync(path.join(home, 'start.lock'))).toBe(false);
  });

  it('keeps its data over a stop, a kill, and a kill of the database as well', async () => {
    const second = await startDemo(home);
    expect(second.output()).not.toContain('demo data');
    const before = (await askGate(second.demo)).body;
    expect(before.allowed).toBe(true);
    second.child.kill('SIGKILL');
    await second.ended;
    expect(postmasterOf(home)).not.toBeNull();

    const third = await startDemo(home);
    expect({ ...third.demo, url: '' }).toEqual({ ...first.demo, url: '' });
    process.kill(postmasterOf(home)!, 'SIGKILL');
    third.child.kill('SIGKILL');
    await third.ended;

    const fourth = await startDemo(home);
    expect((await askGate(fourth.demo)).body.allowed).toBe(true);
    const { token } = fourth.demo.invitation!;
    const accepted = await accept(fourth.demo.url, { token, name: 'Nia Newcomer', password: 'a password of her own' });
    expect(accepted.status).toBe(200);
    await stop(fourth);

    const fifth = await startDemo(home);
    expect([fifth.demo.invitation, fifth.output()]).toEqual([null, expect.not.stringContaining('invitation')]);
    await stop(fifth);
  });

  it('stops when the start that runs it is killed', async () => {
    const started = await startDemo(home);
    const exited = once(started.child, 'exit');
    started.child.disconnect();
    expect(await exited).toEqual([0, null]);
    expect(postmasterOf(home)).toBeNull();
  });

  it('makes a new key when demo.json is gone, and revokes the old one', async () => {
    rmSync(path.join(home, 'demo.json'));
    const started = await startDemo(home);
    expect((await askGate(started.demo)).body.allowed).toBe(true);
    const old = await askGate({ ...started.demo, apiKey: first.demo.apiKey });
    await stop(started);
    expect(old.status).toBe(401);
  });

  it('refuses data that a newer version has migrated', async () => {
    const started = await startDemo(home);
    const password = readFileSync(path.join(home, 'postgres.password'), 'utf8').trim();
    const port = Number(readFileSync(path.join(home, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[3]);
    const client = new pg.Client({ host: '127.0.0.1', port, user: 'postgres', password, database: 'ringfence' });
    await client.connect();
    await client.query(`insert into migrations (timestamp, name) values (9999999999999, 'FromTheFuture9999999999999')`);
    await client.end();
    await stop(started);
    expect(await refusal(START, { RINGFENCE_HOME: home })).toMatch(/newer version \(it has FromTheFuture/);
    expect(postmasterOf(home)).toBeNull();
  });

  it('is gone after a reset, and nothing else is', async () => {
    writeFileSync(path.join(home, 'note.txt'), 'mine');
    const reset = run(path.resolve('dist/tools/demo/reset-demo.js'), { RINGFENCE_HOME: home });
    expect(await reset.ended).toEqual([0, null]);
    expect(
      ['postgres', 'postgres.password', 'demo.json', 'jwt-secret'].filter((f) => existsSync(path.join(home, f))),
    ).toEqual([]);
    expect(readFileSync(path.join(home, 'note.txt'), 'utf8')).toBe('mine');
  });
});

describe('a home that others cannot enter', () => {
  it('starts anew after it was deleted, wherever the data was kept', async () => {
    const home = newHome(0o700);
    await stop(await startDemo(home));
    rmSync(home, { recursive: true });
    mkdirSync(home, { mode: 0o700 });
    const again = await startDemo(home);
    await stop(again);
    expect(again.output()).toContain('Filling in demo data');
    const reset = run(path.resolve('dist/tools/demo/reset-demo.js'), { RINGFENCE_HOME: home });
    expect(await reset.ended).toEqual([0, null]);
    expect(existsSync(home)).toBe(false);
  });
});

describe('a start that ends early', () => {
  it('finishes what it has begun and leaves nothing running when it is stopped in the middle', async () => {
    const home = newHome();
    const started = run(START, { RINGFENCE_HOME: home });
    await started.said('Starting PostgreSQL');
    await stop(started);
    expect(started.output()).not.toContain('Ringfence is ready');
    expect(postmasterOf(home)).toBeNull();
  });

  it('leaves nothing running when the port is taken', async () => {
    const home = newHome();
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const line = await refusal(START, { RINGFENCE_HOME: home, PORT: String(port) });
    server.close();
    expect(line).toMatch(/^Port \d+ of 127\.0\.0\.1 is taken\. Stop what uses it, or take another: PORT=/);
    expect(postmasterOf(home)).toBeNull();
  });

  it('refuses a data directory of somebody else', async () => {
    const home = newHome(0o700);
    mkdirSync(path.join(home, 'postgres'));
    writeFileSync(path.join(home, 'postgres', 'thesis.txt'), 'the only copy');
    expect(await refusal(START, { RINGFENCE_HOME: home })).toMatch(/files that are not PostgreSQL's/);
    const reset = path.resolve('dist/tools/demo/reset-demo.js');
    expect(await refusal(reset, { RINGFENCE_HOME: home })).toMatch(/files that are not PostgreSQL's/);
    expect(existsSync(path.join(home, 'postgres', 'thesis.txt'))).toBe(true);
  });

  it('refuses a data directory of a newer PostgreSQL', async () => {
    const home = newHome(0o700);
    mkdirSync(path.join(home, 'postgres'));
    writeFileSync(path.join(home, 'postgres', 'PG_VERSION'), '99\n');
    expect(await refusal(START, { RINGFENCE_HOME: home })).toMatch(/was made by PostgreSQL 99/);
  });

  it('refuses a place where it cannot write', async () => {
    const home = newHome();
    writeFileSync(path.join(home, 'file'), '');
    const line = await refusal(START, { RINGFENCE_HOME: path.join(home, 'file', 'home') });
    expect(line).toMatch(/cannot be written \(ENOTDIR\): mend it, or set RINGFENCE_HOME/);
  });
});

/** These are refused before anything is installed or built. */
describe('npm start', () => {
  const npmStart = path.resolve('scripts/start.mjs');

  it('refuses to show the demo to the network', async () => {
    const line = 'The demo listens on this machine only, not on 0.0.0.0: its passwords are public. Set DATABASE_URL';
    expect(await refusal(npmStart, { HOST: '0.0.0.0' })).toContain(line);
    expect(await refusal(START, { HOST: '0.0.0.0', RINGFENCE_HOME: newHome() })).toContain('this machine only');
  });

  it('asks for JWT_SECRET when it is to use a database of its own', async () => {
    const line = await refusal(npmStart, { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/nothing' });
    expect(line).toMatch(/^JWT_SECRET is missing/);
  });

  it('refuses a port that is none', async () => {
    expect(await refusal(npmStart, { PORT: 'http' })).toBe('PORT must be a number from 0 to 65535, not http.');
  });

  it('refuses a port that is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const line = await refusal(npmStart, { PORT: String(port) });
    server.close();
    expect(line).toContain(`Port ${port} of 127.0.0.1 is taken.`);
  });
});
