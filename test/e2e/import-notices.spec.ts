import { type RunningApi, startApi } from '../support/api.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { createApiKey, createOrganization } from '../support/fixtures.js';
import { request } from '../support/http.js';

let db: TestDatabase;
let api: RunningApi;
let key: string;
let rivalKey: string;
let next = 0;

const fresh = () => `+1628${5_820_000 + (next += 1)}`;
const done = async (file: string, search = '') => {
  const { status, body } = await request(`${api.url}/api/v1/phone-numbers/bulk-upload${search}`, {
    apiKey: key,
    body: file,
    headers: { 'content-type': 'text/csv', prefer: 'wait=30' },
  });
  expect({ isTaken: status < 300, body }).toMatchObject({ isTaken: true });
  let job = body;
  while (job.finishedAt === null) job = (await request(`${api.url}/api/v1/imports/${body.id}`, { apiKey: key })).body;
  expect(job.status).toBe('completed');
  return job;
};
const noticesCsv = (id: string, apiKey = key) => request(`${api.url}/api/v1/imports/${id}/notices.csv`, { apiKey });

beforeAll(async () => {
  db = await createTestDatabase();
  api = await startApi({ databaseUrl: db.url });
  const keyFor = async () => {
    const organizationId = await createOrganization(db);
    return (await createApiKey(db, { organizationId, scopes: ['numbers:read', 'numbers:write'] })).key;
  };
  [key, rivalKey] = [await keyFor(), await keyFor()];
});

afterAll(async () => {
  await api?.close();
  await db?.drop();
});

describe('notices of an upload', () => {
  it('are any number for one line, counted, and a line with several is one repaired row', async () => {
    const [a, b] = [fresh(), fresh()];
    const job = await done(`'${a.slice(1)},telnyx,US\n${fresh()},telnyx,US\n${b.slice(1)},telnyx,US`);
    expect(job).toMatchObject({ created: 3, repaired: 2, noticeCount: 3 });
    expect(job.notices).toEqual([
      {
        line: 1,
        column: 'phoneNumber',
        code: 'apostrophe_removed',
        message: `Read as ${a}: the apostrophe in front was taken away.`,
        value: `'${a.slice(1)}`,
      },
      expect.objectContaining({ line: 1, code: 'plus_added' }),
      expect.objectContaining({ line: 3, code: 'plus_added' }),
    ]);
  });

  it('are left out of a row that was refused, by itself or by the database, and not counted', async () => {
    const own = fresh();
    await done(`${own},telnyx,US`);
    const job = await done(`${own.slice(1)},telnyx,US\n${fresh().slice(1)},acme,US`);
    expect(job).toMatchObject({ created: 0, skipped: 1, failed: 1, repaired: 0, noticeCount: 0, notices: [] });
    expect(job.errors.map(({ code }: { code: string }) => code)).toEqual(['duplicate', 'provider_unknown']);
  });

  it('are the first 100 in the job, and all of them in notices.csv, in the order of the file', async () => {
    // More than a page of the export, and lines with two of them, so that one page ends between two of one line.
    const lines = Array.from({ length: 1_501 }, () => `'${fresh().slice(1)},telnyx,US`);
    const job = await done(lines.join('\n'));
    expect(job).toMatchObject({ created: 1_501, repaired: 1_501, noticeCount: 3_002 });
    expect(job.notices).toHaveLength(100);
    const { status, headers, body } = await noticesCsv(job.id);
    expect({ status, type: headers.get('content-type') }).toEqual({ status: 200, type: 'text/csv; charset=utf-8' });
    expect(headers.get('content-disposition')).toMatch(/^attachment; filename="import-.*-notices\.csv"$/);
    const [head, ...rows] = (body as string).trimEnd().split('\r\n');
    expect(head).toBe('line,column,code,message,value');
    const told = rows.map((row) => row.split(',').slice(0, 3).join(' '));
    const expected = lines.flatMap((_, index) => [
      `${index + 1} phoneNumber apostrophe_removed`,
      `${index + 1} phoneNumber plus_added`,
    ]);
    expect(told).toEqual(expected);
  });

  it('are hidden from other organizations', async () => {
    const { id } = await done(`${fresh()},telnyx,US`);
    expect((await noticesCsv(id, rivalKey)).status).toBe(404);
  });
});
