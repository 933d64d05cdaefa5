import pg from 'pg';
import { type RunningApi, startApi } from '../support/api.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { createAgent, createApiKey, createOrganization } from '../support/fixtures.js';
import { request } from '../support/http.js';

let db: TestDatabase;
let api: RunningApi;
let organizationId: string;
let apiKey: string;
let next = 12_022_000_000;

beforeAll(async () => {
  db = await createTestDatabase();
  api = await startApi({ databaseUrl: db.url });
  organizationId = await createOrganization(db, { defaultAllowedCountries: ['CA'] });
  const scopes = ['numbers:read', 'numbers:write', 'assignments:write', 'calls:authorize'] as const;
  apiKey = (await createApiKey(db, { organizationId, scopes: [...scopes] })).key;
});

afterAll(async () => {
  await api?.close();
  await db?.drop();
});

const call = (path: string, options: Parameters<typeof request>[1] = {}) =>
  request(`${api.url}/api/v1${path}`, { apiKey, ...options });
const upload = async (body: string) => {
  const headers = { 'content-type': 'text/csv', prefer: 'wait=60' };
  const answer = await call('/phone-numbers/bulk-upload', { body, headers });
  expect(answer.body).toMatchObject({ status: 'completed', failed: 0, skipped: 0 });
  return answer.body as { id: string };
};
const undo = ({ id }: { id: string }) => call(`/imports/${id}/undo`, { method: 'POST' });

/** Texts of the statements about an import's changes that the work sends. */
async function statementsOf(work: () => Promise<unknown>): Promise<string[]> {
  const texts: string[] = [];
  const send = pg.Client.prototype.query;
  pg.Client.prototype.query = function (this: pg.Client, ...parameters: unknown[]) {
    const [query] = parameters as [string | { text: string }];
    const text = typeof query === 'string' ? query : query.text;
    if (text.includes('import_changes')) texts.push(text);
    return Reflect.apply(send, this, parameters) as unknown;
  } as typeof send;
  try {
    await work();
  } finally {
    pg.Client.prototype.query = send;
  }
  return texts;
}

it('takes 20,000 rows back in as many statements as one row', async () => {
  await createAgent(db, { organizationId, name: 'Many' });
  const header = 'phoneNumber,provider,agent';
  const lines = (count: number) =>
    Array.from({ length: count }, (_, row) => `+${(next += 1)},telnyx,${row % 50 === 0 ? 'Many' : ''}`);
  const [one, many] = [
    await upload([header, ...lines(1)].join('\n')),
    await upload([header, ...lines(20_000)].join('\n')),
  ];
  const forOne = await statementsOf(() => undo(one));
  const forMany = await statementsOf(async () => expect((await undo(many)).status).toBe(200));
  expect(forOne).toHaveLength(4);
  expect(forMany).toEqual(forOne);
  const left = await db.query(
    `select (select count(*) from phone_numbers where organization_id = $1 and lifecycle <> 'released')::int as numbers,
       (select count(*) from agent_phone_numbers where organization_id = $1 and ended_at is null)::int as assignments`,
    [organizationId],
  );
  expect(left).toEqual([{ numbers: 0, assignments: 0 }]);
  const [event] = await db.query(
    `select changes from audit_events where action = 'import.undone' and subject_id = $1`,
    [many.id],
  );
  expect(event!['changes']).toEqual({ released: 20_000, restored: 0, assignments: 400 });
}, 120_000);

describe('is refused, and takes nothing back, when one number since was', () => {
  const changes: Record<string, (numberId: string, agentId: string) => Promise<{ status: number; body: unknown }>> = {
    changed: (id) => call(`/phone-numbers/${id}`, { method: 'PUT', body: { label: 'New' } }),
    deactivated: (id) => call(`/phone-numbers/${id}`, { method: 'PUT', body: { lifecycle: 'inactive' } }),
    connected: (id, agentId) => call(`/phone-numbers/${id}/connect`, { body: { agentId } }),
    unassigned: (id) => call(`/phone-numbers/${id}/unassign`, { method: 'POST' }),
    'called from': (_, agentId) => call('/call-gate/authorize', { body: { agentId, destination: '+14165550123' } }),
    'given another limit': async (id) => {
      const [assignment] = await db.query('select id from agent_phone_numbers where phone_number_id = $1', [id]);
      return call(`/agent-assignments/${assignment!['id']}`, { method: 'PUT', body: { dailyLimit: 3 } });
    },
    deleted: async (id) => {
      await call(`/phone-numbers/${id}/unassign`, { method: 'POST' });
      return call(`/phone-numbers/${id}`, { method: 'DELETE' });
    },
  };

  it.each(Object.keys(changes))('%s', async (change) => {
    const agentId = await createAgent(db, { organizationId, name: `Agent of what is ${change}` });
    const [touched, untouched] = [`+${(next += 1)}`, `+${(next += 1)}`];
    const job = await upload(
      `phoneNumber,provider,agent\n${touched},telnyx,Agent of what is ${change}\n${untouched},telnyx,`,
    );
    const [number] = await db.query('select id from phone_numbers where e164 = $1', [touched]);
    const { status, body } = await changes[change]!(number!['id'], agentId);
    expect({ ok: status < 300, body }).toMatchObject({ ok: true });
    expect((await undo(job)).body).toMatchObject({
      status: 409,
      code: 'conflict',
      detail: expect.stringContaining(touched),
    });
    expect(await db.query('select lifecycle from phone_numbers where e164 = $1', [untouched])).toEqual([
      { lifecycle: 'active' },
    ]);
    expect(await db.query('select undone_at from import_jobs where id = $1', [job.id])).toEqual([{ undone_at: null }]);
  });

  it('assigned to an agent', async () => {
    const agentId = await createAgent(db, { organizationId });
    const e164 = `+${(next += 1)}`;
    const job = await upload(`${e164},telnyx,US`);
    const [number] = await db.query('select id from phone_numbers where e164 = $1', [e164]);
    expect((await call(`/phone-numbers/${number!['id']}/assign`, { body: { agentId } })).status).toBeLessThan(300);
    expect((await undo(job)).body).toMatchObject({ status: 409, detail: expect.stringContaining(e164) });
  });
});

describe('after later uploads that were undone', () => {
  const send = async (search: string, lines: readonly string[]) => {
    const headers = { 'content-type': 'text/csv', prefer: 'wait=60' };
    const answer = await call(`/phone-numbers/bulk-upload${search}`, { body: lines.join('\n'), headers });
    expect(answer.body).toMatchObject({ status: 'completed', failed: 0, skipped: 0 });
    return answer.body as { id: string };
  };
  const undone = async (job: { id: string }) => expect((await undo(job)).status).toBe(200);
  const relabel = (e164: string, label: string) =>
    send('?mode=upsert', ['phoneNumber,provider,label', `${e164},telnyx,${label}`]);
  const lifecycleOf = async (e164: string) =>
    (await db.query('select lifecycle from phone_numbers where e164 = $1', [e164])).map(({ lifecycle }) => lifecycle);
  const agentOf = async () => {
    const name = `Agent after ${next}`;
    await createAgent(db, { organizationId, name });
    return name;
  };
  const fresh = () => `+${(next += 1)}`;

  it('an upload is undone, however many there were, nested or in turn', async () => {
    const e164 = fresh();
    const first = await send('', [`${e164},telnyx,US,First`]);
    const second = await relabel(e164, 'Second');
    const third = await relabel(e164, 'Third');
    expect((await undo(first)).status).toBe(409);
    await undone(third);
    expect((await undo(first)).status).toBe(409);
    await undone(second);
    await undone(await relabel(e164, 'Fourth'));
    await undone(first);
    expect(await lifecycleOf(e164)).toEqual(['released']);
  });

  it('one that gave rules is undone after one that unassigned, and one that assigned after one that gave rules', async () => {
    const [e164, agent] = [fresh(), await agentOf()];
    const limit = (to: number) =>
      send('?mode=upsert', ['phoneNumber,provider,agent,dailyLimit', `${e164},telnyx,${agent},${to}`]);
    const first = await limit(3);
    await undone(await limit(5));
    await undone(first);
    expect(await lifecycleOf(e164)).toEqual(['released']);

    await limit(3);
    const second = await limit(5);
    await undone(await send('?operation=unassign', [e164]));
    await undone(second);
    const rules = await db.query(
      'select daily_limit from agent_phone_numbers where from_number = $1 and ended_at is null',
      [e164],
    );
    expect(rules).toEqual([{ daily_limit: 3 }]);
  });

  it('one that deletes or unassigns is undone', async () => {
    const [deleted, held, agent] = [fresh(), fresh(), await agentOf()];
    await send('', ['phoneNumber,provider,agent', `${deleted},telnyx,`, `${held},telnyx,${agent}`]);
    const [deleting, unassigning] = [
      await send('?operation=delete', [deleted]),
      await send('?operation=unassign', [held]),
    ];
    await undone(await send('', [`${deleted},telnyx`]));
    await undone(await send('?mode=upsert', ['phoneNumber,provider,agent', `${held},telnyx,${agent}`]));
    await undone(deleting);
    await undone(unassigning);
    expect(await lifecycleOf(deleted)).toEqual(['active']);
  });

  it('one is not undone when a record was changed before, between or after them', async () => {
    const change = async (e164: string, label: string) => {
      const [number] = await db.query('select id from phone_numbers where e164 = $1', [e164]);
      const path = `/phone-numbers/${String(number!['id'])}`;
      expect((await call(path, { method: 'PUT', body: { label } })).status).toBe(200);
    };
    const [before, between, after] = [fresh(), fresh(), fresh()];
    const jobs = new Map<string, { id: string }>();
    for (const e164 of [before, between, after]) jobs.set(e164, await send('', [`${e164},telnyx,US,First`]));
    await change(before, 'Changed');
    for (const e164 of [before, between, after]) await undone(await relabel(e164, 'Second'));
    await change(between, 'Changed');
    for (const e164 of [before, between]) await undone(await relabel(e164, 'Third'));
    await change(after, 'Changed');
    for (const e164 of [before, between, after])
      expect((await undo(jobs.get(e164)!)).body).toMatchObject({ status: 409, detail: expect.stringContaining(e164) });
  });
});

it('is refused when it would give a number to a client that was deleted', async () => {
  const platform = await createApiKey(db, { organizationId, scopes: ['numbers:read', 'numbers:write'] });
  const e164 = `+${(next += 1)}`;
  const clients = await db.query(
    `insert into clients (organization_id, name) values ($1, 'Leaves'), ($1, 'Stays') returning id`,
    [organizationId],
  );
  const send = (search: string, client: string) =>
    call(`/phone-numbers/bulk-upload${search}`, {
      apiKey: platform.key,
      body: `phoneNumber,provider,client\n${e164},telnyx,${client}`,
      headers: { 'content-type': 'text/csv', prefer: 'wait=60' },
    });
  expect((await send('', 'Leaves')).body).toMatchObject({ created: 1 });
  const moved = await send('?mode=upsert', 'Stays');
  expect(moved.body).toMatchObject({ updated: 1 });
  await db.query('update clients set archived_at = now() where id = $1', [clients[0]!.id]);
  expect((await undo(moved.body)).body).toMatchObject({
    status: 409,
    detail: expect.stringContaining(`${e164} (its client was archived)`),
  });
});
