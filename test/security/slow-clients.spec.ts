import net from 'node:net';
import type { RunningApi } from '../support/api.js';
import { startApi } from '../support/api.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import {
  createAgent,
  createApiKey,
  createAssignment,
  createOrganization,
  createPhoneNumber,
} from '../support/fixtures.js';
import { request } from '../support/http.js';

/** Connections of each kind at once: more than the API has connections to its database. */
const OF_EACH_KIND = 20;
/** A second for a request to arrive, so that the test need not wait for long. */
const POOL_SIZE = 5;
const SETTINGS = { REQUEST_TIMEOUT_SECONDS: '1', DATABASE_POOL_SIZE: String(POOL_SIZE), IMPORT_WORKER: 'false' };
const WITHIN_MS = 20_000;

let db: TestDatabase;
let api: RunningApi;
let key: string;
let call: { agentId: string; destination: string };
const opened: net.Socket[] = [];

beforeAll(async () => {
  db = await createTestDatabase();
  api = await startApi({ databaseUrl: db.url, env: SETTINGS });
  const organizationId = await createOrganization(db, { defaultAllowedCountries: ['CA'] });
  const agentId = await createAgent(db, { organizationId });
  const phoneNumberId = await createPhoneNumber(db, { organizationId });
  await createAssignment(db, { organizationId, agentId, phoneNumberId, dailyLimit: 1_000_000 });
  key = (await createApiKey(db, { organizationId, scopes: ['calls:authorize', 'numbers:read', 'numbers:write'] })).key;
  call = { agentId, destination: '+14165550123' };
  // An export that fills every buffer on its way, so that a client who does not read it holds it up.
  await db.query(
    `insert into phone_numbers (organization_id, e164, country_code, provider, label)
     select $1, '+1213' || (2000000 + i), 'US', 'telnyx', repeat('long label ', 18) from generate_series(1, 15000) i`,
    [organizationId],
  );
  await db.query('analyze phone_numbers');
});

afterAll(async () => {
  for (const socket of opened) socket.destroy();
  await api?.close();
  await db?.drop();
});

const LOGIN = 'POST /api/v1/auth/login HTTP/1.1\r\nhost: test\r\ncontent-type: application/json\r\n';

/** What clients do who mean harm, or have lost their network. Each says what is written first, and then again and again. */
const KINDS: Record<string, { first: () => string; then: string }> = {
  'never sends': { first: () => '', then: '' },
  'sends its headers byte by byte': { first: () => 'GET /livez HTTP/1.1\r\nhost: test\r\nx-slow: ', then: 'a' },
  'never ends its headers': { first: () => 'GET /livez HTTP/1.1\r\nhost: test\r\n', then: 'x-a: b\r\n' },
  'sends its body byte by byte': { first: () => `${LOGIN}content-length: 10000\r\n\r\n`, then: ' ' },
  'never sends its body': { first: () => `${LOGIN}content-length: 100\r\n\r\n`, then: '' },
  'sends its body in chunks without an end': {
    first: () => `${LOGIN}transfer-encoding: chunked\r\n\r\n`,
    then: '1\r\n \r\n',
  },
  'uploads byte by byte': {
    first: () =>
      `POST /api/v1/phone-numbers/bulk-upload HTTP/1.1\r\nhost: test\r\nauthorization: Bearer ${key}\r\n` +
      'content-type: text/csv\r\ncontent-length: 10000\r\n\r\n',
    then: '+',
  },
  'uploads a form byte by byte': {
    first: () =>
      `POST /api/v1/phone-numbers/bulk-upload HTTP/1.1\r\nhost: test\r\nauthorization: Bearer ${key}\r\n` +
      'content-type: multipart/form-data; boundary=x\r\ncontent-length: 10000\r\n\r\n' +
      '--x\r\ncontent-disposition: form-data; name="file"; filename="a.csv"\r\n\r\n',
    then: '+',
  },
};

interface SlowClient {
  closed: Promise<void>;
}

async function open(): Promise<net.Socket> {
  const { hostname, port } = new URL(api.url);
  const socket = net.connect({ host: hostname, port: Number(port) });
  opened.push(socket);
  socket.on('error', () => undefined);
  await new Promise((resolve) => socket.once('connect', resolve));
  return socket;
}

async function slowClient({ first, then }: (typeof KINDS)[string]): Promise<SlowClient> {
  const socket = await open();
  socket.resume();
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  if (first() !== '') socket.write(first());
  const more = then === '' ? undefined : setInterval(() => socket.write(then), 200);
  socket.once('close', () => clearInterval(more));
  // A server that has answered and ended its half is done with the client.
  socket.once('end', () => socket.destroy());
  return { closed };
}

async function expectToServe(): Promise<void> {
  const live = await request(`${api.url}/livez`);
  const decided = await request(`${api.url}/api/v1/call-gate/authorize`, { apiKey: key, body: call });
  const list = await request(`${api.url}/api/v1/phone-numbers`, { apiKey: key });
  expect([live.status, decided.status, decided.body.allowed, list.status]).toEqual([200, 200, true, 200]);
}

/** Sessions of the API that are at work, or hold a transaction open. */
async function busySessions(): Promise<number> {
  const [row] = await db.query(
    `select count(*)::integer as busy from pg_stat_activity
     where datname = current_database() and pid <> pg_backend_pid() and state <> 'idle'`,
  );
  return row!['busy'] as number;
}

/** Asked after a request, so that the API in this process gets its turn between two questions. */
async function openConnections(): Promise<number> {
  await request(`${api.url}/livez`);
  return new Promise((resolve, reject) => {
    api.app.getHttpServer().getConnections((error: Error | null, count: number) => {
      if (error) reject(error);
      else resolve(count);
    });
  });
}

describe('a client who', () => {
  it.each(Object.entries(KINDS))('%s is let go, and others are served meanwhile', async (_kind, kind) => {
    const clients = await Promise.all(Array.from({ length: OF_EACH_KIND }, () => slowClient(kind)));
    let waits = true;
    const all = Promise.all(clients.map(({ closed }) => closed)).then(() => (waits = false));
    const timer = AbortSignal.timeout(WITHIN_MS);
    do await expectToServe();
    while (waits && !timer.aborted);
    expect({ stillOpenAfterMs: waits ? WITHIN_MS : 0 }).toEqual({ stillOpenAfterMs: 0 });
    await all;
    await expectToServe();
  });

  it('does not read the answer holds up no other client', async () => {
    for (let client = 0; client < 2 * POOL_SIZE; client += 1) {
      const socket = await open();
      socket.write(
        `GET /api/v1/phone-numbers/export.json HTTP/1.1\r\nhost: test\r\nauthorization: Bearer ${key}\r\n\r\n`,
      );
      await new Promise((resolve) => socket.once('readable', resolve));
    }
    // What fits into the buffers on the way is read first.
    await eventually(async () => (await busySessions()) === 0, WITHIN_MS);
    for (let round = 0; round < 10; round += 1) await expectToServe();
    expect(await busySessions()).toBe(0);
    // All the same the answer is given whole to a client who reads on after all.
    const [patient] = opened.slice(-2 * POOL_SIZE);
    let received = '';
    patient!.on('data', (bytes: Buffer) => (received = (received + bytes.toString('latin1')).slice(-20)));
    await eventually(async () => (await busySessions()) === 0 && received.endsWith(']\n\r\n0\r\n\r\n'), WITHIN_MS);
  });

  it('closes only one half, or goes away without a word, leaves nothing behind', async () => {
    const before = await openConnections();
    const sockets = await Promise.all(Array.from({ length: 2 * OF_EACH_KIND }, open));
    for (const [index, socket] of sockets.entries()) {
      socket.write(`${LOGIN}content-length: 100\r\n\r\n`);
      if (index % 2 === 0) socket.end();
      else socket.resetAndDestroy();
    }
    await eventually(async () => (await openConnections()) <= before, WITHIN_MS);
    await expectToServe();
  });
});
