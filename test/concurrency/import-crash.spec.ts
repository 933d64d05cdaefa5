import { once } from 'node:events';
import { Cluster } from '../chaos/cluster.js';
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

/** So many rows, the first thousand of which come again at the end. */
function fileOf(rows: number): string {
  const lines = Array.from({ length: rows - REPEATED }, (_, index) => `+${12_022_000_000 + index},telnyx,US`);
  return [...lines, ...lines.slice(0, REPEATED)].join('\n');
}

async function upload(apiUrl: string, apiKey: string, body: string): Promise<string> {
  const headers = { 'content-type': 'text/csv', prefer: 'wait=0' };
  const answer = await request(`${apiUrl}/api/v1/phone-numbers/bulk-upload`, { apiKey, body, headers });
  return answer.body.id as string;
}

const readJob = async (database: TestDatabase, id: string) =>
  (await database.query('select * from import_jobs where id = $1', [id]))[0]!;

async function expectEachRowOnce(database: TestDatabase, jobId: string, rows: number): Promise<void> {
  expect(await readJob(database, jobId)).toMatchObject({
    status: 'completed',
    processed: rows,
    created: rows - REPEATED,
    skipped: REPEATED,
    failed: 0,
  });
  const numbers = await database.query(
    `select count(*)::int from phone_numbers where organization_id = (select organization_id from import_jobs where id = $1)`,
    [jobId],
  );
  expect(numbers).toEqual([{ count: rows - REPEATED }]);
  const reports = await database.query(
    `select min(line)::int as first, count(*)::int from import_rows where import_job_id = $1`,
    [jobId],
  );
  expect(reports).toEqual([{ first: rows - REPEATED + 1, count: REPEATED }]);
}

it('goes on after kill -9 in the middle of 200,000 rows, and takes each row once', async () => {
  const organizationId = await createOrganization(db);
  const { key } = await createApiKey(db, { organizationId, scopes: ['numbers:write'] });

  const first = await startApiProcess(db.url);
  const jobId = await upload(first.url, key, fileOf(ROWS));
  await eventually(async () => (await readJob(db, jobId))['processed'] > 20_000, 30_000);
  first.process.kill('SIGKILL');
  await once(first.process, 'exit');
  expect(await readJob(db, jobId)).toMatchObject({ status: 'running', finished_at: null });

  const second = await startApiProcess(db.url);
  try {
    // The events end when the import does.
    await request(`${second.url}/api/v1/imports/${jobId}/events`, { apiKey: key });
  } finally {
    await second.stop();
  }
  await expectEachRowOnce(db, jobId, ROWS);
}, 120_000);

it('goes on after kill -9 of the database in the middle of an import, and takes again what that forgot', async () => {
  // What is not waited for is not written either, but for the logs of others.
  const cluster = await Cluster.start({ apis: 1, inMemory: true, settings: { wal_writer_delay: '10000' } });
  try {
    const { database } = cluster;
    const organizationId = await createOrganization(database);
    const { key } = await createApiKey(database, { organizationId, scopes: ['numbers:write'] });
    const apiUrl = `http://127.0.0.1:${cluster.slots[0]!.outer.port}`;
    const jobId = await upload(apiUrl, key, fileOf(40_000));
    await eventually(async () => (await readJob(database, jobId))['processed'] > 4_000, 30_000);
    await cluster.crashPostgres();
    expect(await readJob(database, jobId)).toMatchObject({ finished_at: null });
    const follow = () => request(`${apiUrl}/api/v1/imports/${jobId}/events`, { apiKey: key }).catch(() => {});
    await eventually(async () => {
      await follow();
      return (await readJob(database, jobId))['finished_at'] !== null;
    }, 60_000);
    await expectEachRowOnce(database, jobId, 40_000);
  } finally {
    await cluster.close();
  }
}, 120_000);

it('is told completed by a commit that waits for the disk; those before it do not', async () => {
  await db.query(`create table commits (processed integer, status text, waits text)`);
  await db.query(`
    create function note_commit() returns trigger language plpgsql security definer as $$
    begin
      insert into commits values (new.processed, new.status, current_setting('synchronous_commit'));
      return null;
    end $$`);
  await db.query(`create trigger note_commit after update of processed, status on import_jobs
    for each row execute function note_commit()`);
  const organizationId = await createOrganization(db);
  const { key } = await createApiKey(db, { organizationId, scopes: ['numbers:write'] });
  const api = await startApiProcess(db.url);
  try {
    const lines = Array.from({ length: 5_000 }, (_, index) => `+${14_152_000_000 + index},telnyx,US`);
    const jobId = await upload(api.url, key, lines.join('\n'));
    await request(`${api.url}/api/v1/imports/${jobId}/events`, { apiKey: key });
  } finally {
    await api.stop();
  }
  const commits = await db.query(`select distinct status = 'completed' as ended, waits from commits
    where processed > 0 and (status = 'completed' or processed < 5000) order by 1`);
  expect(commits).toEqual([
    { ended: false, waits: 'off' },
    { ended: true, waits: 'on' },
  ]);
});
