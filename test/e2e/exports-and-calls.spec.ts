import { connect, type Socket } from 'node:net';
import { Database } from '../../apps/api/src/platform/database/database.js';
import { type RunningApi, startApi } from '../support/api.js';
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

const AT_ONCE = 5;

describe('calls and downloads side by side', () => {
  let db: TestDatabase;
  let api: RunningApi;
  let organizationId: string;
  let agentId: string;

  beforeAll(async () => {
    db = await createTestDatabase();
    api = await startApi({ databaseUrl: db.url, env: { DATABASE_POOL_SIZE: '2', SYSTEM_POOL_SIZE: '1' } });
    organizationId = await createOrganization(db, { defaultAllowedCountries: ['CA'] });
    agentId = await createAgent(db, { organizationId });
    const phoneNumberId = await createPhoneNumber(db, { organizationId });
    await createAssignment(db, { organizationId, agentId, phoneNumberId, dailyLimit: 100 });
    // More than fits into the buffers of a connection, so that a client that reads nothing holds its export up.
    await db.query(
      `insert into phone_numbers (organization_id, e164, provider, country_code, label)
       select $1, '+1202' || (2000000 + i), 'telnyx', 'US', repeat('x', 200) from generate_series(1, 60000) i`,
      [organizationId],
    );
  });

  afterAll(async () => {
    await api?.close();
    await db?.drop();
  });

  const newKey = async () =>
    (await createApiKey(db, { organizationId, scopes: ['calls:authorize', 'numbers:read'] })).key;
  const authorize = async () =>
    request(`${api.url}/api/v1/call-gate/authorize`, {
      apiKey: await newKey(),
      body: { agentId, destination: '+14165550123' },
    });

  it('decides calls of keys that it has not seen while every other connection is taken', async () => {
    let letGo: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (letGo = resolve));
    const database = api.app.get(Database);
    let taken = 0;
    const hold = () => {
      taken += 1;
      return held;
    };
    const work = [
      database.inTenant(organizationId, hold),
      database.inTenant(organizationId, hold),
      database.asSystem(hold),
    ];
    await eventually(() => taken === 3);
    const answers = await Promise.all([authorize(), authorize(), authorize()]);
    expect(answers.map(({ status, body }) => [status, body.allowed as boolean])).toEqual([
      [200, true],
      [200, true],
      [200, true],
    ]);
    letGo();
    await Promise.all(work);
  });

  it('bounds the downloads of an organization, decides calls meanwhile, and takes the next when one has ended', async () => {
    const apiKey = await newKey();
    const slow = Array.from({ length: AT_ONCE }, () => download(api.url, apiKey));
    await Promise.all(slow.map(({ begun }) => begun));
    const list = `${api.url}/api/v1/phone-numbers/export.csv`;
    const one = await request(list, { apiKey });
    expect([one.status, one.body.code, one.headers.get('retry-after')]).toEqual([429, 'too_many_requests', '5']);
    expect(one.body.detail).toContain('downloading 5 files already');
    expect((await request(`${api.url}/api/v1/phone-numbers/export.json`, { apiKey })).status).toBe(429);
    const calls = await Promise.all(Array.from({ length: 10 }, authorize));
    expect(calls.every(({ body }) => body.allowed === true)).toBe(true);
    const other = await createOrganization(db);
    const { key } = await createApiKey(db, { organizationId: other, scopes: ['numbers:read'] });
    expect((await request(list, { apiKey: key })).status).toBe(200);

    slow[0]!.socket.destroy();
    const search = `?filter=${encodeURIComponent('{"countryCode":"CA"}')}`;
    await eventually(async () => (await request(list + search, { apiKey })).status === 200);
    for (const { socket } of slow) socket.destroy();
  });
});

/** Begins a download and reads no more of it than its beginning. */
function download(url: string, apiKey: string): { socket: Socket; begun: Promise<void> } {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.write(
    `GET /api/v1/phone-numbers/export.csv HTTP/1.1\r\nHost: ${hostname}\r\nX-API-Key: ${apiKey}\r\nConnection: close\r\n\r\n`,
  );
  const begun = new Promise<void>((resolve, reject) => {
    socket.once('data', () => {
      socket.pause();
      resolve();
    });
    socket.once('error', reject);
  });
  return { socket, begun };
}
