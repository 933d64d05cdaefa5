import { type RunningApi, startApi } from '../support/api.js';
import { startApiProcess } from '../support/api-process.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { createAgent, createApiKey, createOrganization } from '../support/fixtures.js';
import { request } from '../support/http.js';

const ROWS = 3_000;

let db: TestDatabase;
let api: RunningApi;
let apiKey: string;
let agentId: string;

beforeAll(async () => {
  db = await createTestDatabase();
  api = await startApi({ databaseUrl: db.url });
  const organizationId = await createOrganization(db);
  agentId = await createAgent(db, { organizationId });
  apiKey = (await createApiKey(db, { organizationId, scopes: ['numbers:write', 'calls:authorize'] })).key;
});

afterAll(async () => {
  await api?.close();
  await db?.drop();
});

const fileOf = (first: number, rows: number) =>
  Array.from({ length: rows }, (_, index) => `+${first + index},telnyx,US`).join('\n');

/** @returns in how many transactions numbers from this one on were taken */
async function transactionsFrom(first: number): Promise<number> {
  const [{ count }] = (await db.query(
    'select count(distinct xmin::text)::integer as count from phone_numbers where e164 between $1 and $2',
    [`+${first}`, `+${first + 999_999}`],
  )) as [{ count: number }];
  return count;
}

async function importFrom(first: number): Promise<number> {
  const headers = { 'content-type': 'text/csv', prefer: 'wait=60' };
  const body = fileOf(first, ROWS);
  const answer = await request(`${api.url}/api/v1/phone-numbers/bulk-upload`, { apiKey, body, headers });
  expect(answer.body).toMatchObject({ status: 'completed', created: ROWS });
  return transactionsFrom(first);
}

/** Asks the gate again and again; the first call is answered. @returns what ends that */
async function callsTo(url: string): Promise<() => Promise<void>> {
  const call = async () => {
    const body = { agentId, destination: '+14165550123' };
    const { status } = await request(`${url}/api/v1/call-gate/authorize`, { apiKey, body });
    expect(status).toBe(200);
  };
  let calling = true;
  const calls = async () => {
    while (calling) await call();
  };
  await call();
  const called = calls();
  return () => {
    calling = false;
    return called;
  };
}

it('an import takes fewer rows at a time while calls are being decided, and is as fast as it can when there are none', async () => {
  const alone = await importFrom(12_022_000_000);
  expect(alone).toBe(2);

  const hangUp = await callsTo(api.url);
  const beside = await importFrom(12_023_000_000).finally(hangUp);
  expect(beside).toBeGreaterThan(1.5 * alone);
});

it('an import steps back for calls that another process decides', async () => {
  const other = await startApiProcess(db.url, { IMPORT_WORKER: 'false' });
  const hangUp = await callsTo(other.url);
  try {
    const rows = 100_000;
    const headers = { 'content-type': 'text/csv', prefer: 'wait=0' };
    const body = fileOf(14_152_000_000, rows);
    const { body: job } = await request(`${api.url}/api/v1/phone-numbers/bulk-upload`, { apiKey, body, headers });
    // Alone it would be done in 50.
    await eventually(async () => (await transactionsFrom(14_152_000_000)) > 60, 60_000);
    await request(`${api.url}/api/v1/imports/${job.id}/cancel`, { apiKey, method: 'POST' });
  } finally {
    await hangUp();
    await other.stop();
  }
}, 120_000);
