import { ImportTurns } from '../../apps/api/src/modules/imports/take/import-turns.js';
import { type RunningApi, startApi } from '../support/api.js';
import { startApiProcess } from '../support/api-process.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { createApiKey, createOrganization } from '../support/fixtures.js';
import { request } from '../support/http.js';

let db: TestDatabase;
let next = 12_022_000_000;

beforeAll(async () => void (db = await createTestDatabase()));
afterAll(() => db?.drop());

interface Tenant {
  organizationId: string;
  apiKey: string;
}

async function createTenant(): Promise<Tenant> {
  const organizationId = await createOrganization(db);
  const { key } = await createApiKey(db, { organizationId, scopes: ['numbers:write'] });
  return { organizationId, apiKey: key };
}

async function upload(url: string, { apiKey }: Tenant, rows: number, waitSeconds = 0): Promise<{ id: string }> {
  const body = Array.from({ length: rows }, () => `+${(next += 1)},telnyx,US`).join('\n');
  const headers = { 'content-type': 'text/csv', prefer: `wait=${waitSeconds}` };
  const answer = await request(`${url}/api/v1/phone-numbers/bulk-upload`, { apiKey, body, headers });
  expect(answer.status).toBe(waitSeconds > 0 ? 200 : 202);
  return answer.body;
}

/** A row that was taken twice would be among the skipped ones, for its number is there already. */
async function expectEachRowOnce({ organizationId }: Tenant, { id }: { id: string }, rows: number): Promise<void> {
  const [job] = await db.query('select * from import_jobs where id = $1', [id]);
  expect(job).toMatchObject({ status: 'completed', processed: rows, created: rows, skipped: 0, failed: 0 });
  const counts = await db.query(
    `select (select count(*) from phone_numbers where organization_id = $1)::int as numbers,
       (select count(*) from import_changes where import_job_id = $2)::int as changes,
       (select count(*) from import_rows where import_job_id = $2)::int as reports,
       (select count(*) from audit_events where subject_id = $2)::int as events`,
    [organizationId, id],
  );
  expect(counts).toEqual([{ numbers: rows, changes: rows, reports: 0, events: 1 }]);
}

it('two workers that work on one import at the same time, past the queue, take each row once', async () => {
  const apis: RunningApi[] = [];
  try {
    for (let replica = 0; replica < 2; replica += 1) {
      apis.push(await startApi({ databaseUrl: db.url, env: { IMPORT_WORKER: 'false' } }));
    }
    const tenant = await createTenant();
    const job = await upload(apis[0]!.url, tenant, 25_000);
    const workers = [...apis, ...apis].map(({ app }) => app.get(ImportTurns));
    await Promise.all(workers.map((turns) => turns.serve(tenant.organizationId)));
    await expectEachRowOnce(tenant, job, 25_000);
  } finally {
    for (const api of apis) await api.close();
  }
}, 60_000);

it('two API processes on one database take each row once', async () => {
  const replicas = [await startApiProcess(db.url), await startApiProcess(db.url)];
  try {
    const tenants = [await createTenant(), await createTenant(), await createTenant()];
    const jobs = await Promise.all(
      tenants.map((tenant, index) => upload(replicas[index % 2]!.url, tenant, 15_000, 60)),
    );
    for (const [index, tenant] of tenants.entries()) await expectEachRowOnce(tenant, jobs[index]!, 15_000);
  } finally {
    for (const replica of replicas) await replica.stop();
  }
}, 90_000);

it('a file that fails again and again at the same rows is given up, and its event says how far it came', async () => {
  const api = await startApi({ databaseUrl: db.url, env: { IMPORT_WORKER: 'false' } });
  try {
    const tenant = await createTenant();
    const job = await upload(api.url, tenant, 3_000);
    await db.query(`
      create function fail() returns trigger language plpgsql as $$ begin raise 'This number always fails'; end $$;
      create trigger fail before insert on phone_numbers for each row when (new.e164 = '+${next}') execute function fail()`);
    const serve = () => api.app.get(ImportTurns).serve(tenant.organizationId);
    for (let attempt = 1; attempt < 5; attempt += 1) await expect(serve()).rejects.toThrow('This number always fails');
    expect(await serve()).toBe(false);
    await db.query('drop function fail cascade');
    const [failed] = await db.query('select * from import_jobs where id = $1', [job.id]);
    expect(failed).toMatchObject({ status: 'failed', processed: 2_000, created: 2_000, failure: expect.any(String) });
    const events = await db.query('select action, changes from audit_events where subject_id = $1', [job.id]);
    expect(events).toEqual([
      { action: 'phone_numbers.uploaded', changes: expect.objectContaining({ status: 'failed', created: 2_000 }) },
    ]);
  } finally {
    await api.close();
  }
}, 60_000);

it('a small import does not wait for the end of a large one, nor for the many files of another organization', async () => {
  const api = await startApi({ databaseUrl: db.url });
  try {
    const [large, small] = [await createTenant(), await createTenant()];
    await upload(api.url, large, 150_000);
    for (let file = 0; file < 10; file += 1) await upload(api.url, large, 10);
    const job = await upload(api.url, small, 100, 60);
    await expectEachRowOnce(small, job, 100);
    const left = await db.query(
      'select processed, total from import_jobs where organization_id = $1 and finished_at is null order by created_at',
      [large.organizationId],
    );
    expect(left).toHaveLength(11);
    expect(left[0]!['processed']).toBeLessThan(left[0]!['total']);
  } finally {
    await api.close();
  }
}, 90_000);
