import { once } from 'node:events';
import { startApiProcess } from '../support/api-process.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { createApiKey, createOrganization } from '../support/fixtures.js';
import { request } from '../support/http.js';

const ROWS = 200_000;
const REPEATED = 1_000;

let db: TestDatabase;
beforeAll(async () => void (db = await createTestDatabase()));
afterAll(() => db?.drop());

it('goes on after kill -9 in the middle of 200,000 rows, and takes each row once', async () => {
  const organizationId = await createOrganization(db);
  const { key } = await createApiKey(db, { organizationId, scopes: ['numbers:write'] });
  const lines = Array.from({ length: ROWS - REPEATED }, (_, index) => `+${12_022_000_000 + index},telnyx,US`);
  const file = [...lines, ...lines.slice(0, REPEATED)].join('\n');

  const first = await startApiProcess(db.url);
  const { body: job } = await request(`${first.url}/api/v1/phone-numbers/bulk-upload`, {
    apiKey: key,
    body: file,
    headers: { 'content-type': 'text/csv', prefer: 'wait=0' },
  });
  const read = async () => (await db.query('select * from import_jobs where id = $1', [job.id]))[0]!;
  await eventually(async () => (await read())['processed'] > 20_000, 30_000);
  first.process.kill('SIGKILL');
  await once(first.process, 'exit');
  const atCrash = await read();
  expect(atCrash).toMatchObject({ status: 'running', finished_at: null });

  const second = await startApiProcess(db.url);
  try {
    // The events end when the import does.
    await request(`${second.url}/api/v1/imports/${job.id}/events`, { apiKey: key });
  } finally {
    await second.stop();
  }
  expect(await read()).toMatchObject({
    status: 'completed',
    processed: ROWS,
    created: ROWS - REPEATED,
    skipped: REPEATED,
    failed: 0,
  });
  const [{ count }] = (await db.query('select count(*)::int from phone_numbers where organization_id = $1', [
    organizationId,
  ])) as [{ count: number }];
  expect(count).toBe(ROWS - REPEATED);
  const told = await db.query(
    `select min(line)::int as first, count(*)::int from import_rows where import_job_id = $1`,
    [job.id],
  );
  expect(told).toEqual([{ first: ROWS - REPEATED + 1, count: REPEATED }]);
}, 120_000);
