import { type RunningApi, startApi } from '../support/api.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { createApiKey, createOrganization, createUser, signIn } from '../support/fixtures.js';
import { request } from '../support/http.js';

let db: TestDatabase;
let api: RunningApi;
let organizationId: string;
let admin: string;
let next = 0;
/** In the order of their uploads. */
const jobs: { id: string }[] = [];

const call = (path: string, options: Parameters<typeof request>[1] = {}) =>
  request(`${api.url}/api/v1${path}`, { token: admin, ...options });
const upload = async (body: string, search = '', fileName = 'numbers.csv') => {
  const form = new FormData();
  form.set('file', new Blob([body], { type: 'text/csv' }), fileName);
  return (await call(`/phone-numbers/bulk-upload${search}`, { body: form, headers: { prefer: 'wait=30' } })).body;
};
const row = () => `+1628${5_760_000 + (next += 1)},telnyx,US`;
const list = (filter: unknown, more = '', token = admin) =>
  call(`/imports?filter=${encodeURIComponent(JSON.stringify(filter))}${more}`, { token });
const listed = async (filter: unknown) => (await list(filter)).body.map(({ id }: { id: string }) => id);
const idsOf = (...positions: number[]) => positions.map((position) => jobs[position]!.id);

beforeAll(async () => {
  db = await createTestDatabase();
  api = await startApi({ databaseUrl: db.url });
  organizationId = await createOrganization(db);
  await createUser(db, { organizationId, role: 'admin', email: 'ada@list.test' });
  admin = await signIn(api.url, 'ada@list.test');
  jobs.push(await upload(row(), '?dryRun=true'));
  jobs.push(await upload(`${row()}\nbad,telnyx,US`, '', 'june.csv'));
  jobs.push(await upload(row(), '?mode=upsert'));
  await db.query(`update import_jobs set status = 'failed', failure = 'It could not go on.' where id = $1`, [
    jobs[2]!.id,
  ]);
  await db.query(
    `insert into import_jobs (organization_id, status, file_name) values ($1, 'pending', 'still arriving.csv')`,
    [organizationId],
  );
});

afterAll(async () => {
  await api?.close();
  await db?.drop();
});

describe('The list of uploads', () => {
  it('tells the newest first, with what became of each and who uploaded it, and leaves out files that still arrive', async () => {
    const { status, headers, body } = await call('/imports');
    expect(status).toBe(200);
    expect(body.map(({ id }: { id: string }) => id)).toEqual(idsOf(2, 1, 0));
    expect([headers.get('content-range'), headers.get('x-total-count')]).toEqual(['imports 0-2/3', '3']);
    const { errors, notices, reading, ...june } = (await call(`/imports/${jobs[1]!.id}`)).body;
    expect([errors.length, notices, reading.encoding]).toEqual([1, [], 'utf-8']);
    expect(body[1]).toEqual(june);
    expect(june).toMatchObject({ fileName: 'june.csv', createdBy: 'ada@list.test', created: 1, failed: 1, total: 2 });
  });

  it('can be filtered by status, by dry runs and by ids', async () => {
    expect(await listed({ status: 'completed' })).toEqual(idsOf(1, 0));
    expect(await listed({ status: 'failed' })).toEqual(idsOf(2));
    expect(await listed({ status: 'running' })).toEqual([]);
    expect(await listed({ dryRun: true })).toEqual(idsOf(0));
    expect(await listed({ dryRun: false, status: 'completed' })).toEqual(idsOf(1));
    expect(await listed({ id: idsOf(0, 2) })).toEqual(idsOf(2, 0));
  });

  it('comes in pages, and from the oldest on as well', async () => {
    const { headers, body } = await list({}, '&range=[1,1]&sort=["createdAt","ASC"]');
    expect(body.map(({ id }: { id: string }) => id)).toEqual(idsOf(1));
    expect(headers.get('content-range')).toBe('imports 1-1/3');
    const beyond = await list({}, '&range=[10,19]');
    expect([beyond.body, beyond.headers.get('content-range')]).toEqual([[], 'imports */3']);
  });

  it.each([{ status: 'done' }, { dryRun: 'true' }, { fileName: 'june.csv' }])(
    'refuses the filter %j',
    async (filter) => {
      const { status, body } = await list(filter);
      expect([status, body.code]).toEqual([400, 'validation_failed']);
    },
  );

  it('is for those who may upload', async () => {
    const { key } = await createApiKey(db, { organizationId, scopes: ['numbers:read'] });
    expect((await call('/imports', { token: undefined, apiKey: key })).body.code).toBe('permission_denied');
    await createUser(db, { organizationId, role: 'agent', email: 'agent@list.test' });
    expect((await call('/imports', { token: await signIn(api.url, 'agent@list.test') })).status).toBe(403);
  });

  it('shows nothing of another organization', async () => {
    await createUser(db, { organizationId: await createOrganization(db), role: 'admin', email: 'rival@list.test' });
    const token = await signIn(api.url, 'rival@list.test');
    expect(await call('/imports', { token })).toMatchObject({ status: 200, body: [] });
    expect((await list({ id: idsOf(0) }, '', token)).body).toEqual([]);
  });

  it('names its file, and so does the audit log', async () => {
    const { body } = await call(
      `/audit-events?filter=${encodeURIComponent(JSON.stringify({ recordId: jobs[1]!.id }))}`,
    );
    expect(body).toEqual([expect.objectContaining({ action: 'phone_numbers.uploaded', recordName: 'june.csv' })]);
  });
});
