import { type RunningApi, startApi } from '../support/api.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
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

/** @returns how many transactions took the rows */
async function importFrom(first: number): Promise<number> {
  const body = Array.from({ length: ROWS }, (_, index) => `+${first + index},telnyx,US`).join('\n');
  const headers = { 'content-type': 'text/csv', prefer: 'wait=60' };
  const answer = await request(`${api.url}/api/v1/phone-numbers/bulk-upload`, { apiKey, body, headers });
  expect(answer.body).toMatchObject({ status: 'completed', created: ROWS });
  const [{ count }] = (await db.query(
    'select count(distinct xmin::text)::integer as count from phone_numbers where e164 between $1 and $2',
    [`+${first}`, `+${first + ROWS - 1}`],
  )) as [{ count: number }];
  return count;
}

it('an import takes fewer rows at a time while calls are being decided, and is as fast as it can when there are none', async () => {
  const alone = await importFrom(12_022_000_000);
  expect(alone).toBe(2);

  let calling = true;
  const calls = async () => {
    while (calling) {
      const body = { agentId, destination: '+14165550123' };
      const { status } = await request(`${api.url}/api/v1/call-gate/authorize`, { apiKey, body });
      expect(status).toBe(200);
    }
  };
  const called = calls();
  const beside = await importFrom(12_023_000_000).finally(() => (calling = false));
  await called;
  expect(beside).toBeGreaterThan(1.5 * alone);
});
