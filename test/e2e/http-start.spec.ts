import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { createServer } from 'node:net';
import { endingOfApi, startApiProcess } from '../support/api-process.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { loginSettings } from '../support/logins.js';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(async () => {
  await database.drop();
});

const endingWith = (env: Record<string, string>) => endingOfApi({ ...loginSettings(database.url), ...env });

describe('a start that must not succeed', () => {
  it('names every setting that is missing or wrong', async () => {
    const { code, lines } = await endingWith({ PORT: 'http', JWT_SECRET: 'short', DATABASE_URL: '' });
    expect(code).toBe(1);
    expect(lines).toHaveLength(4);
    expect(lines.join('\n')).toMatch(/DATABASE_URL: .*\n.*PORT: .*\n.*JWT_SECRET: must have at least 32 characters/);
  });

  it('says that the database cannot be reached', async () => {
    const { code, lines } = await endingWith({ DATABASE_URL: 'postgres://nobody:secret@127.0.0.1:1/nothing' });
    expect(code).toBe(1);
    expect(lines).toEqual([expect.stringMatching(/^The database nothing at 127\.0\.0\.1:1 cannot be reached: /)]);
    expect(lines[0]).not.toContain('secret');
  });

  it('says that the database is not migrated, and how to migrate it', async () => {
    await database.query('create schema away; alter table migrations set schema away');
    const { code, lines } = await endingWith({});
    await database.query('alter table away.migrations set schema public; drop schema away');
    expect({ code, lines }).toEqual({
      code: 1,
      lines: [expect.stringMatching(/^The database is not migrated .*migration:run/)],
    });
  });

  it('says that a newer version migrated the database', async () => {
    await database.query(
      `insert into migrations (timestamp, name) values (9999999999999, 'FromTheFuture9999999999999')`,
    );
    const { code, lines } = await endingWith({ AUTO_MIGRATE: 'true', MIGRATION_DATABASE_URL: database.url });
    await database.query('delete from migrations where timestamp = 9999999999999');
    expect({ code, lines }).toEqual({ code: 1, lines: [expect.stringMatching(/newer version .*FromTheFuture/)] });
  });

  it('says that the port is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const { code, lines } = await endingWith({ PORT: String(port) });
    server.close();
    expect({ code, lines }).toEqual({ code: 1, lines: [expect.stringMatching(/^Port \d+ of 127\.0\.0\.1 is taken/)] });
  });
});

describe('a stop', () => {
  it('finishes the request in flight and exits with 0', async () => {
    const api = await startApiProcess(database.url);
    const request = httpRequest(`${api.url}/api/v1/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-length': '2', expect: '100-continue' },
    });
    request.flushHeaders();
    // The server has the request once it asks for its body.
    await once(request, 'continue');
    const exited = once(api.process, 'exit');
    const stopping = once(api.process.stdout!, 'data');
    api.process.kill('SIGTERM');
    await stopping;
    request.end('{}');
    const [answer] = (await once(request, 'response')) as [{ statusCode: number; resume(): void }];
    answer.resume();
    expect(answer.statusCode).toBe(400);
    expect(await exited).toEqual([0, null]);
  });
});

describe('a running process', () => {
  /** On Linux, where CI and the image run: nowhere else has a thread a niceness of its own, or this way to read it. */
  it('lets its helper threads give way to everything else', async () => {
    const api = await startApiProcess(database.url);
    const tasks = `/proc/${api.process.pid}/task`;
    const threads = readdirSync(tasks).map((thread) => {
      // proc(5): the name stands in parentheses, niceness is the 17th field after it.
      const [, name, rest] = /\((.*)\) (.*)/.exec(readFileSync(`${tasks}/${thread}/stat`, 'utf8'))!;
      return { name, niceness: Number(rest!.split(' ')[16]) };
    });
    await api.stop();
    const helpers = threads.filter(({ name }) => name === 'V8Worker');
    expect(helpers.length).toBeGreaterThan(0);
    expect(helpers.every(({ niceness }) => niceness === 10)).toBe(true);
    expect(threads.filter(({ name }) => name !== 'V8Worker').every(({ niceness }) => niceness === 0)).toBe(true);
  });
});
