import { type RunningApi, startApi } from '../support/api.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { createAgent, createOrganization, createUser, signIn } from '../support/fixtures.js';
import { request } from '../support/http.js';

let db: TestDatabase;
let api: RunningApi;
let organizationId: string;
let token: string;

beforeAll(async () => {
  db = await createTestDatabase();
  api = await startApi({ databaseUrl: db.url });
  organizationId = await createOrganization(db);
  await createUser(db, { organizationId, role: 'admin', email: 'ada@import.test' });
  token = await signIn(api.url, 'ada@import.test');
});

afterAll(async () => {
  await api?.close();
  await db?.drop();
});

const call = (path: string, options: Parameters<typeof request>[1] = {}) =>
  request(`${api.url}/api/v1${path}`, { token, ...options });
const upload = async (body: string, requestId: string, search = '') => {
  const headers = { 'content-type': 'text/csv', prefer: 'wait=30', 'x-request-id': requestId };
  const answer = await call(`/phone-numbers/bulk-upload${search}`, { body, headers });
  expect(answer.body).toMatchObject({ status: 'completed', failed: 0 });
  return answer.body as { id: string };
};
const timeline = async (recordId: string) =>
  (await call(`/audit-events?filter=${encodeURIComponent(JSON.stringify({ recordId }))}`)).body;
const idOf = async (e164: string) => (await db.query('select id from phone_numbers where e164 = $1', [e164]))[0]!['id'];

it('the timeline of a number says which import made it, by whom and in which request, out of one event for all rows', async () => {
  const numbers = Array.from({ length: 2_500 }, (_, index) => `+${12_022_000_000 + index}`);
  const job = await upload(numbers.map((n) => `${n},telnyx,US`).join('\n'), 'the-upload');
  const other = await upload('+12023000000,telnyx,US', 'another-upload');
  await upload('+12022000001,twilio,US', 'the-rehearsal', '?mode=upsert&dryRun=true');
  const made = {
    action: 'phone_numbers.uploaded',
    actorKind: 'user',
    actor: 'ada@import.test',
    recordType: 'import_job',
    recordId: job.id,
    requestId: 'the-upload',
    occurredAt: expect.stringMatching(/Z$/),
    facts: expect.objectContaining({ created: 2_500, status: 'completed', mode: 'create' }),
  };
  for (const e164 of [numbers[0]!, numbers.at(-1)!]) {
    expect(await timeline(await idOf(e164))).toEqual([expect.objectContaining(made)]);
  }
  expect(await timeline(await idOf('+12023000000'))).toEqual([expect.objectContaining({ recordId: other.id })]);
  const [{ count }] = (await db.query(
    `select count(*)::int from audit_events where organization_id = $1 and action <> 'session.started'`,
    [organizationId],
  )) as [{ count: number }];
  expect(count).toBe(2);
});

it('later changes stand beside it: by hand, by another import, and its undoing', async () => {
  await createAgent(db, { organizationId, name: 'Front desk' });
  const e164 = '+12024000000';
  await upload(`${e164},telnyx,US`, 'made');
  const id = await idOf(e164);
  const file = `phoneNumber,provider,agent\n${e164},twilio,Front desk`;
  const changed = await upload(file, 'changed', '?mode=upsert');
  const [assignment] = await db.query('select id from agent_phone_numbers where phone_number_id = $1', [id]);
  expect((await timeline(assignment!['id'])).map(({ requestId }: { requestId: string }) => requestId)).toEqual([
    'changed',
  ]);
  await upload(file, 'nothing-new', '?mode=upsert');
  expect(
    (await call(`/imports/${changed.id}/undo`, { method: 'POST', headers: { 'x-request-id': 'undone' } })).status,
  ).toBe(200);
  await call(`/phone-numbers/${id}`, {
    method: 'PUT',
    body: { label: 'Sales' },
    headers: { 'x-request-id': 'by-hand' },
  });
  const events = (await timeline(id)) as { action: string; requestId: string }[];
  expect(events.map(({ action, requestId }) => [action, requestId])).toEqual([
    ['phone_number.updated', 'by-hand'],
    ['import.undone', 'undone'],
    ['phone_numbers.uploaded', 'changed'],
    ['phone_numbers.uploaded', 'made'],
  ]);
});
