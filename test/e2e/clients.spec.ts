import { type RunningApi, startApi } from '../support/api.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import {
  createAgent,
  createOrganization,
  createPhoneNumber,
  createUser,
  PASSWORD,
  signIn,
} from '../support/fixtures.js';
import { request } from '../support/http.js';

const POOL = '00000000-0000-7000-8000-000000000001';

let db: TestDatabase;
let api: RunningApi;
let organizationId: string;
let owner: string;
let serial = 0;

beforeAll(async () => {
  db = await createTestDatabase();
  api = await startApi({ databaseUrl: db.url });
  organizationId = await createOrganization(db);
  await createUser(db, { organizationId, role: 'owner', email: 'owner@clients.test' });
  owner = await signIn(api.url, 'owner@clients.test');
});

afterAll(async () => {
  await api?.close();
  await db?.drop();
});

type Sent = NonNullable<Parameters<typeof request>[1]>;
const send = (path: string, options: Sent = {}) => request(`${api.url}/api/v1${path}`, { token: owner, ...options });
const newClient = async (): Promise<string> => {
  const { status, body } = await send('/clients', { body: { name: `Client ${(serial += 1)}` } });
  expect(status).toBe(201);
  return body.id;
};
/** A number and an agent of the client, and the assignment that ties them. */
async function holdings(clientId: string) {
  const phoneNumberId = await createPhoneNumber(db, { organizationId });
  const agentId = await createAgent(db, { organizationId });
  for (const path of [`/phone-numbers/${phoneNumberId}`, `/agents/${agentId}`]) {
    const { status, body } = await send(path, { method: 'PUT', body: { clientId } });
    expect([status, body.clientId]).toEqual([200, clientId]);
  }
  const assigned = await send(`/phone-numbers/${phoneNumberId}/assign`, { body: { agentId } });
  return { phoneNumberId, agentId, assignmentId: assigned.body.id as string };
}

describe('clients', () => {
  it('are added, renamed, listed and found', async () => {
    const id = await newClient();
    const renamed = await send(`/clients/${id}`, { method: 'PUT', body: { name: 'Globex' } });
    expect(renamed.body).toMatchObject({ id, name: 'Globex', numbers: 0, agents: 0 });
    expect((await send(`/clients/${id}`, { method: 'PUT', body: renamed.body })).body).toEqual(renamed.body);
    const matches = await send(`/clients?filter=${encodeURIComponent('{"q":"lobe"}')}`);
    expect(matches.body).toEqual([renamed.body]);
    expect(matches.headers.get('content-range')).toBe('clients 0-0/1');
    const twice = await send('/clients', { body: { name: 'GLOBEX' } });
    expect([twice.status, twice.body.code, Object.keys(twice.body.errors)]).toEqual([409, 'conflict', ['name']]);
    expect((await send('/clients', { body: { name: ' ' } })).status).toBe(400);
  });

  it('are called by their name in the audit log, deleted ones as well', async () => {
    const id = await newClient();
    await send(`/clients/${id}`, { method: 'PUT', body: { name: 'Initech' } });
    await send(`/clients/${id}`, { method: 'DELETE' });
    const { body } = await send(`/audit-events?filter=${encodeURIComponent(JSON.stringify({ recordId: id }))}`);
    expect(body.map((event: { action: string; recordName: string }) => [event.action, event.recordName])).toEqual([
      ['client.deleted', 'Initech'],
      ['client.updated', 'Initech'],
      ['client.created', 'Initech'],
    ]);
  });

  it('of another organization are not there, neither to read nor to belong to', async () => {
    const other = await createOrganization(db);
    const sql = `insert into clients (organization_id, name) values ($1, 'Foreign') returning id`;
    const [{ id }] = (await db.query(sql, [other])) as [{ id: string }];
    for (const method of ['GET', 'PUT', 'DELETE']) {
      const body = method === 'PUT' ? { name: 'Mine' } : undefined;
      expect((await send(`/clients/${id}`, { method, body })).status).toBe(404);
    }
    const { status, body } = await send('/agents', { body: { name: 'Spy', kind: 'ai', clientId: id } });
    expect([status, Object.keys(body.errors)]).toEqual([400, ['clientId']]);
  });

  it('that are deleted archive their numbers, return those of the pool and end what used them', async () => {
    const clientId = await newClient();
    const { phoneNumberId, agentId, assignmentId } = await holdings(clientId);
    await send(`/phone-numbers/${phoneNumberId}/connect`, { body: { agentId } });
    const pooled = await createPhoneNumber(db, { organizationId: POOL });
    expect((await send(`/phone-numbers/${pooled}/claim`, { body: { clientId } })).body.clientId).toBe(clientId);
    await send(`/phone-numbers/${pooled}/assign`, { body: { agentId } });

    expect((await send(`/clients/${clientId}`, { method: 'DELETE' })).body).toMatchObject({ numbers: 2, agents: 1 });
    expect((await send(`/clients/${clientId}`)).status).toBe(404);
    expect((await send(`/phone-numbers/${phoneNumberId}`)).status).toBe(404);
    expect((await send(`/phone-numbers/${pooled}`)).body).toMatchObject({ status: 'available', clientId: null });
    expect((await send(`/agent-assignments/${assignmentId}`)).status).toBe(404);
    expect((await send(`/agents/${agentId}`)).body).toMatchObject({ clientId: null, numbersAssigned: 0 });
    const [event] = await db.query(
      `select changes from audit_events where action = 'client.deleted' and subject_id = $1`,
      [clientId],
    );
    expect(event!.changes).toMatchObject({
      assignmentsEnded: 2,
      numbersArchived: [/^\+/].map(() => expect.any(String)),
    });
  });
});

describe('a member who is limited to clients', () => {
  let mine: string;
  let member: string;
  let own: Awaited<ReturnType<typeof holdings>>;
  let foreign: Awaited<ReturnType<typeof holdings>>;
  const asMember = (path: string, options: Sent = {}) => send(path, { token: member, ...options });

  beforeAll(async () => {
    [mine, own] = await newClient().then(async (id) => [id, await holdings(id)] as const);
    foreign = await holdings(await newClient());
    const email = 'limited@clients.test';
    await createUser(db, { organizationId, role: 'admin', email, clientIds: [mine] });
    member = await signIn(api.url, email);
  });

  it('lists what belongs to them, and the pool', async () => {
    const pooled = await createPhoneNumber(db, { organizationId: POOL });
    const idsOf = async (path: string) => (await asMember(path)).body.map(({ id }: { id: string }) => id);
    expect(await idsOf('/phone-numbers')).toEqual([own.phoneNumberId]);
    expect(await idsOf('/agents')).toEqual([own.agentId]);
    expect(await idsOf('/agent-assignments')).toEqual([own.assignmentId]);
    expect(await idsOf('/clients')).toEqual([mine]);
    expect(await idsOf(`/phone-numbers?filter=${encodeURIComponent('{"inPool":true}')}`)).toContain(pooled);
  });

  it.each([
    ['', 'Add numbers one by one, with clientId'],
    ['?operation=delete', 'Delete numbers of your clients one by one'],
    ['?operation=unassign', 'Unassign numbers of your clients one by one'],
  ])('sends no file of numbers, and is told what to do instead: %s', async (search, detail) => {
    const answer = await asMember(`/phone-numbers/bulk-upload${search}`, {
      body: '+12025550123',
      headers: { 'content-type': 'text/csv' },
    });
    expect(answer).toMatchObject({ status: 403, body: { code: 'permission_denied' } });
    expect(answer.body.detail).toContain(detail);
  });

  it('is answered 404 for what belongs to others, whatever they try', async () => {
    const agent = { agentId: own.agentId };
    const number = `/phone-numbers/${foreign.phoneNumberId}`;
    const answers = await Promise.all([
      asMember(number),
      asMember(number, { method: 'PUT', body: { label: 'Mine' } }),
      asMember(number, { method: 'DELETE' }),
      asMember(`${number}/assign`, { body: agent }),
      asMember(`${number}/unassign`, { body: {} }),
      asMember(`${number}/connect`, { body: agent }),
      asMember(`${number}/disconnect`, { body: {} }),
      asMember(`${number}/release`, { body: {} }),
      asMember(`/agents/${foreign.agentId}`),
      asMember(`/agents/${foreign.agentId}`, { method: 'PUT', body: { name: 'Mine' } }),
      asMember(`/agents/${foreign.agentId}`, { method: 'DELETE' }),
      asMember(`/agent-assignments/${foreign.assignmentId}`),
      asMember(`/agent-assignments/${foreign.assignmentId}`, { method: 'PUT', body: { dailyLimit: 1 } }),
      asMember(`/agent-assignments/${foreign.assignmentId}`, { method: 'DELETE' }),
      asMember(`/phone-numbers/agent/${foreign.agentId}`),
      asMember(`/phone-numbers/${own.phoneNumberId}/connect`, { body: { agentId: foreign.agentId } }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 404));
  });

  it('adds and claims numbers for their client, and gives nothing away to others', async () => {
    const { body } = await asMember('/phone-numbers', { body: { phoneNumber: '+14155559911', provider: 'telnyx' } });
    expect(body.clientId).toBe(mine);
    const pooled = await createPhoneNumber(db, { organizationId: POOL });
    expect((await asMember(`/phone-numbers/${pooled}/claim`, { body: {} })).body.clientId).toBe(mine);
    for (const clientId of [null, await newClient()]) {
      const moved = await asMember(`/phone-numbers/${pooled}`, { method: 'PUT', body: { clientId } });
      expect(clientId === null ? moved.body.clientId : moved.status).toBe(clientId === null ? mine : 400);
    }
    const csv = new Uint8Array(Buffer.from('phoneNumber,provider\n+14155559912,telnyx\n'));
    const upload = { method: 'POST', body: csv, headers: { 'content-type': 'text/csv', prefer: 'wait=10' } };
    expect((await asMember('/phone-numbers/bulk-upload', upload)).body.code).not.toBe('completed');
    expect((await db.query(`select from phone_numbers where e164 = '+14155559912'`)).length).toBe(0);
  });

  it.each(['/usage/summary', '/call-gate/authorizations', '/users', '/api-keys'])('is refused %s', async (path) => {
    expect((await asMember(path)).status).toBe(403);
  });

  it('sees all again once the limit is lifted, at once', async () => {
    const [user] = (await send(`/users?filter=${encodeURIComponent('{"q":"limited@"}')}`)).body;
    const wrong = await send(`/users/${user.id}`, { method: 'PUT', body: { clientIds: [crypto.randomUUID()] } });
    expect([wrong.status, Object.keys(wrong.body.errors)]).toEqual([400, ['clientIds']]);
    const asOwner = await send(`/users/${user.id}`, { method: 'PUT', body: { role: 'owner' } });
    expect([asOwner.status, Object.keys(asOwner.body.errors)]).toEqual([400, ['clientIds']]);
    expect((await send(`/users/${user.id}`, { method: 'PUT', body: { clientIds: null } })).body.clientIds).toBeNull();
    expect((await asMember(`/phone-numbers/${foreign.phoneNumberId}`)).status).toBe(200);
    await send(`/users/${user.id}`, { method: 'PUT', body: { clientIds: [mine] } });
    expect((await asMember(`/phone-numbers/${foreign.phoneNumberId}`)).status).toBe(404);
  });
});

describe('deleting an organization', () => {
  it('returns the pool’s numbers, archives its own, and lets nobody in any more', async () => {
    await createUser(db, { organizationId: null, role: 'owner', platformAdmin: true, email: 'root@clients.test' });
    const root = await signIn(api.url, 'root@clients.test');
    const doomed = await createOrganization(db);
    await createUser(db, { organizationId: doomed, role: 'owner', email: 'doomed@clients.test' });
    const member = await signIn(api.url, 'doomed@clients.test');
    const made = await send('/api-keys', { token: member, body: { name: 'Key', scopes: ['numbers:read'] } });
    const pooled = await createPhoneNumber(db, { organizationId: POOL });
    await send(`/phone-numbers/${pooled}/claim`, { token: member, body: {} });
    const own = await createPhoneNumber(db, { organizationId: doomed });

    expect((await send(`/organizations/${doomed}`, { token: member, method: 'DELETE' })).status).toBe(403);
    expect((await send(`/organizations/${POOL}`, { token: root, method: 'DELETE' })).body.code).toBe('conflict');
    expect((await send(`/organizations/${doomed}`, { token: root, method: 'DELETE' })).status).toBe(200);
    for (const method of ['GET', 'DELETE']) {
      expect((await send(`/organizations/${doomed}`, { token: root, method })).status).toBe(404);
    }
    expect((await send(`/phone-numbers/${pooled}`)).body.status).toBe('available');
    expect((await db.query('select lifecycle from phone_numbers where id = $1', [own]))[0]!.lifecycle).toBe('released');
    expect((await request(`${api.url}/api/v1/phone-numbers`, { apiKey: made.body.key })).status).toBe(401);
    const body = { email: 'doomed@clients.test', password: PASSWORD };
    expect((await send('/auth/login', { body })).status).toBeGreaterThanOrEqual(400);
  });
});
