import { setTimeout as pause } from 'node:timers/promises';
import { type RunningApi, startApi } from '../support/api.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { createOrganization, createUser, signIn } from '../support/fixtures.js';
import { request } from '../support/http.js';
import { head, RawConnection } from '../support/raw-http.js';

/** A second for a request to arrive: every test waits for some of them. */
const TIMEOUT_MS = 1_000;

let db: TestDatabase;
let api: RunningApi;
let admin: string;
let opened: RawConnection[] = [];

beforeAll(async () => {
  db = await createTestDatabase();
  const organizationId = await createOrganization(db);
  await createUser(db, { organizationId, role: 'owner', email: 'owner@slow.test' });
  api = await startApi({ databaseUrl: db.url, env: { REQUEST_TIMEOUT_SECONDS: '1', IMPORT_WORKER: 'false' } });
  admin = await signIn(api.url, 'owner@slow.test');
});

afterEach(() => {
  opened.forEach((connection) => connection.end());
  opened = [];
});

afterAll(async () => {
  await api?.close();
  await db?.drop();
});

async function open(): Promise<RawConnection> {
  const connection = await RawConnection.open(api.url);
  opened.push(connection);
  return connection;
}

function* bytes(count: number): Generator<string> {
  for (let sent = 0; sent < count; sent += 1) yield ' ';
}

/** So many lines of a CSV file, of 50 bytes each. */
const row = (index: number) => `+1202555${String(index).padStart(4, '0')},telnyx,US`.padEnd(49, ' ') + '\n';
const uploadHead = (length: number) =>
  head('POST', '/api/v1/phone-numbers/bulk-upload?dryRun=true', {
    authorization: `Bearer ${admin}`,
    'content-type': 'text/csv',
    'content-length': length,
  });

const imports = async () => Number((await db.query('select count(*)::int as n from import_jobs'))[0]!['n']);

describe('a request that does not arrive in time', () => {
  it.each([
    [
      'a body that comes byte by byte',
      head('POST', '/api/v1/auth/login', { 'content-type': 'application/json', 'content-length': 90 }),
    ],
    ['headers that come byte by byte', 'GET /livez HTTP/1.1\r\nhost: '],
    [
      'a form that comes byte by byte',
      head('POST', '/api/v1/auth/login', { 'content-type': 'text/csv', 'content-length': 90 }),
    ],
  ])('is answered 408 and closed: %s', async (_kind, begin) => {
    const connection = await open();
    connection.socket.write(begin);
    await Promise.race([connection.trickle(bytes(80), 100), connection.closed]);
    await connection.closed;
    expect(connection.received).toMatch(/^HTTP\/1\.1 (408 Request Timeout|415 )/);
    expect(connection.received.match(/HTTP\/1\.1/g)).toHaveLength(1);
  });

  it('is closed when not a byte of it comes', async () => {
    const connection = await open();
    await connection.closed;
    expect(connection.received).toContain('"code":"request_timeout"');
  });
});

describe('an upload', () => {
  it('may take longer, as long as it goes on', async () => {
    const rows = Array.from({ length: 120 }, (_, index) => row(index));
    const pieces = Array.from({ length: 30 }, (_, index) => rows.slice(index * 4, index * 4 + 4).join(''));
    const connection = await open();
    connection.socket.write(uploadHead(rows.join('').length));
    const begin = performance.now();
    await connection.trickle(pieces, TIMEOUT_MS / 10);
    expect(performance.now() - begin).toBeGreaterThan(2 * TIMEOUT_MS);
    expect(await connection.receives('HTTP/1.1 202')).toBe(true);
  });

  it.each([
    ['as text', (length: number) => uploadHead(length), ''],
    [
      'as a form',
      (length: number) =>
        head('POST', '/api/v1/phone-numbers/bulk-upload', {
          authorization: `Bearer ${admin}`,
          'content-type': 'multipart/form-data; boundary=x',
          'content-length': length,
        }),
      '--x\r\ncontent-disposition: form-data; name="file"; filename="a.csv"\r\n\r\n',
    ],
  ])('is ended when it stops, and leaves nothing behind: %s', async (_kind, begin, part) => {
    const before = await imports();
    const connection = await open();
    connection.socket.write(begin(1_000_000) + part + row(1).repeat(6_000));
    await connection.closed;
    expect(connection.received).toMatch(/^HTTP\/1\.1 408 /);
    expect(connection.received).toContain('"code":"request_timeout"');
    await eventually(async () => (await imports()) === before);
  });

  it('is ended when it comes byte by byte', async () => {
    const connection = await open();
    connection.socket.write(uploadHead(1_000));
    await Promise.race([connection.trickle(bytes(80), 100), connection.closed]);
    await connection.closed;
    expect(connection.received).toMatch(/^HTTP\/1\.1 408 /);
  });
});

describe('what takes long for other reasons', () => {
  it('leaves an answer open that is still being given', async () => {
    const { body: job } = await request(`${api.url}/api/v1/phone-numbers/bulk-upload`, {
      method: 'POST',
      token: admin,
      body: row(1),
      headers: { 'content-type': 'text/csv' },
    });
    const connection = await open();
    connection.socket.write(head('GET', `/api/v1/imports/${job.id}/events`, { authorization: `Bearer ${admin}` }));
    expect(await connection.receives('event: progress')).toBe(true);
    await Promise.race([connection.closed, pause(3 * TIMEOUT_MS)]);
    expect(connection.socket.destroyed).toBe(false);
  });

  it('leaves a connection open between two requests', async () => {
    const connection = await open();
    for (const id of ['first', 'second']) {
      connection.socket.write(head('GET', '/livez', { 'x-request-id': id }));
      expect(await connection.receives(`x-request-id: ${id}`)).toBe(true);
      await Promise.race([connection.closed, pause(3 * TIMEOUT_MS)]);
      expect(connection.socket.destroyed).toBe(false);
    }
  });
});
