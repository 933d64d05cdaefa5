import type pg from 'pg';
import { type RunningApi, startApi } from '../support/api.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { createApiKey, createOrganization } from '../support/fixtures.js';
import { request } from '../support/http.js';
import { head, RawConnection } from '../support/raw-http.js';

const AT_ONCE = 5;
/** More than fits into the buffers of a connection, so that a client that reads nothing holds its export up. */
const NUMBERS = 60_000;
const CSV = '/api/v1/phone-numbers/export.csv';
const JSON_ARRAY = '/api/v1/phone-numbers/export.json';
/** Finds one number of them all. */
const FEW = `?filter=${encodeURIComponent('{"q":"+12022000001"}')}`;
const LOG = '/api/v1/call-gate/authorizations.csv';
const FILES = [CSV, JSON_ARRAY, '/api/v1/agent-assignments/export.csv', '/api/v1/agent-assignments/export.json', LOG];

/** Each way to end is taken by more downloads than an organization may have: one that stays counted is seen at once. */
describe('a download is counted no longer than it lasts', () => {
  let db: TestDatabase;
  let api: RunningApi;
  let holder: pg.Client;
  let key: string;

  beforeAll(async () => {
    db = await createTestDatabase();
    api = await startApi({ databaseUrl: db.url });
    holder = await db.connect();
    const organizationId = await createOrganization(db);
    key = (await createApiKey(db, { organizationId, scopes: ['numbers:read', 'assignments:read', 'calls:read'] })).key;
    await db.query(
      `insert into phone_numbers (organization_id, e164, provider, country_code, label)
       select $1, '+1202' || (2000000 + i), 'telnyx', 'US', repeat('x', 200) from generate_series(1, ${NUMBERS}) i`,
      [organizationId],
    );
  });

  afterAll(async () => {
    await holder?.end();
    await api?.close();
    await db?.drop();
  });

  const get = (path: string, method = 'GET') => head(method, path, { 'x-api-key': key });
  const download = async (path: string) => (await request(`${api.url}${path}`, { apiKey: key })).status;

  /** As many downloads as may be at once can be begun, and are then ended by their client. */
  async function expectAllFree(): Promise<void> {
    let open: RawConnection[] = [];
    const begun = async () => {
      open = await Promise.all(Array.from({ length: AT_ONCE }, () => begin()));
      if (open.every(({ received }) => received.startsWith('HTTP/1.1 200'))) return true;
      for (const connection of open) connection.end();
      return false;
    };
    await eventually(begun, 15_000);
    expect(await download(CSV)).toBe(429);
    for (const connection of open) connection.end();
    await eventually(async () => (await download(CSV + FEW)) === 200, 15_000);
  }

  async function begin(): Promise<RawConnection> {
    const connection = await RawConnection.open(api.url);
    connection.socket.write(get(CSV));
    await connection.receives('\r\n\r\n');
    connection.socket.pause();
    return connection;
  }

  it.each(FILES)('when it is read to its end: %s', async (path) => {
    for (let i = 0; i <= AT_ONCE; i += 1) expect(await download(path === LOG ? path : path + FEW)).toBe(200);
    await expectAllFree();
  });

  it.each(FILES)('when the client hangs up without reading: %s', async (path) => {
    for (let i = 0; i <= AT_ONCE; i += 1) {
      const connection = await RawConnection.open(api.url);
      connection.socket.pause();
      connection.socket.write(get(path), () => connection.end());
      await connection.closed;
    }
    await expectAllFree();
  });

  it('when the client hangs up in the middle', async () => {
    await expectAllFree();
    await expectAllFree();
  });

  it('when it waits behind another on its connection, and the client hangs up', async () => {
    const connection = await RawConnection.open(api.url);
    connection.socket.write(get(CSV).repeat(AT_ONCE));
    await connection.receives('\r\n\r\n');
    connection.socket.pause();
    await eventually(async () => (await download(CSV)) === 429);
    connection.end();
    await expectAllFree();
  });

  it.each(FILES)('when only its head is asked for: %s', async (path) => {
    for (let i = 0; i <= AT_ONCE; i += 1) {
      const answer = await fetch(`${api.url}${path}`, { method: 'HEAD', headers: { 'x-api-key': key } });
      expect(answer.status).toBe(200);
    }
    await expectAllFree();
  });

  it.each(FILES)('when it is refused: %s', async (path) => {
    for (let i = 0; i <= AT_ONCE; i += 1) {
      expect(await download(`${path}?filter=nonsense&agentId=nonsense`)).toBe(400);
    }
    await expectAllFree();
  });

  it.each([CSV, JSON_ARRAY])('when the database ends its query: %s', async (path) => {
    for (let i = 0; i <= AT_ONCE; i += 1) {
      await holder.query('begin');
      await holder.query('lock table phone_numbers in access exclusive mode');
      const ended = fetch(`${api.url}${path}`, { headers: { 'x-api-key': key } }).then(
        (answer) =>
          answer.text().then(
            () => answer.status,
            () => 'broken off',
          ),
        () => 'broken off',
      );
      const cancel = `select pg_cancel_backend(pid) from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock' and pid <> pg_backend_pid()`;
      await eventually(async () => (await holder.query(cancel)).rowCount! > 0);
      await holder.query('rollback');
      expect(await ended).not.toBe(200);
    }
    await expectAllFree();
  });
});
