import { readFileSync } from 'node:fs';
import { type RunningApi, startApi } from '../support/api.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import {
  createAgent,
  createAssignment,
  createOrganization,
  createPhoneNumber,
  createUser,
  PASSWORD,
  signIn,
} from '../support/fixtures.js';
import { request } from '../support/http.js';
import { tokenOf } from '../support/invitations.js';

const PLATFORM = '00000000-0000-7000-8000-000000000001';

/** Routes that change nothing which the audit log is about, and what keeps their trace instead. */
const WITHOUT_EVENT: Record<string, string> = {
  'POST /auth/refresh': 'goes on with a session; its begin, end and misuse leave events',
  'POST /call-gate/authorize': 'the ledger holds every decision',
  'POST /call-gate/authorize-batch': 'the ledger holds every decision',
  'POST /call-gate/simulate': 'writes nothing',
  'POST /invitations/preview': 'writes nothing',
};

interface Sending {
  /** Parts of the path. */
  path?: Record<string, string>;
  body?: unknown;
  headers?: Record<string, string>;
  /** The field whose change the event has to tell; null for events that are about no field. */
  field: string | null;
}

let db: TestDatabase;
let api: RunningApi;
let own: string;
let admin: string;
let password = PASSWORD;
let serial = 0;

beforeAll(async () => {
  db = await createTestDatabase();
  api = await startApi({ databaseUrl: db.url });
  own = await createOrganization(db, { defaultAllowedCountries: ['CA'] });
  await createUser(db, { organizationId: own, role: 'owner', email: 'root@audit.test', platformAdmin: true });
  admin = await signIn(api.url, 'root@audit.test');
});

afterAll(async () => {
  await api?.close();
  await db?.drop();
});

const post = async (path: string, body: unknown) =>
  (await request(`${api.url}/api/v1${path}`, { token: admin, body })).body;
const agent = () => createAgent(db, { organizationId: own });
const number = () => createPhoneNumber(db, { organizationId: own });
const poolNumber = () => createPhoneNumber(db, { organizationId: PLATFORM });
const on = (id: string) => ({ path: { id } });

async function assignment() {
  const [agentId, phoneNumberId] = [await agent(), await number()];
  const id = await createAssignment(db, { organizationId: own, agentId, phoneNumberId, dailyLimit: 10 });
  return { id, agentId, phoneNumberId };
}

async function authorization(): Promise<string> {
  const { agentId } = await assignment();
  return (await post('/call-gate/authorize', { agentId, destination: '+14165550123' })).authorizationId;
}

async function apiKey(): Promise<string> {
  return (await post('/api-keys', { name: 'Dialer', scopes: ['calls:authorize'] })).id;
}

const invitation = () => post('/users', { email: `invited-${(serial += 1)}@audit.test`, role: 'agent' });

/** For whoever sends all these requests, into an organization of which they are no member yet. */
async function invitationOfRoot(): Promise<string> {
  const headers = { 'x-organization-id': await createOrganization(db) };
  const body = { email: 'root@audit.test', role: 'agent' };
  return tokenOf((await request(`${api.url}/api/v1/users`, { token: admin, headers, body })).body);
}

const member = () => createUser(db, { organizationId: own, role: 'agent' });

async function connected(): Promise<string> {
  const id = await number();
  await post(`/phone-numbers/${id}/connect`, { agentId: await agent() });
  return id;
}

async function after(step: string, body: unknown): Promise<string> {
  const id = await poolNumber();
  await post(`/phone-numbers/${id}/${step}`, body);
  return id;
}

async function refreshCookie(): Promise<string> {
  const { headers } = await request(`${api.url}/api/v1/auth/login`, {
    body: { email: 'root@audit.test', password },
  });
  return headers.getSetCookie()[0]!.split(';')[0]!;
}

const client = async (): Promise<string> => (await post('/clients', { name: `Client ${(serial += 1)}` })).id;

async function upload(prefer: string): Promise<{ id: string }> {
  const headers = { 'content-type': 'text/csv', prefer };
  return (
    await request(`${api.url}/api/v1/phone-numbers/bulk-upload`, { method: 'POST', token: admin, body: csv(), headers })
  ).body;
}

/** An import that no worker was told of. */
async function waitingImport(): Promise<string> {
  const [row] = await db.query(
    `insert into import_jobs (organization_id, status, mode, received_at) values ($1, 'pending', 'create', now()) returning id`,
    [own],
  );
  return row!['id'] as string;
}

const csv = () => `+1628${5_560_000 + (serial += 1)},telnyx,US\n`;

/** A request to each writing route that succeeds and changes something. */
const SENDINGS: Record<string, () => Promise<Sending>> = {
  'POST /auth/login': async () => ({ body: { email: 'root@audit.test', password }, field: null }),
  'POST /auth/logout': async () => ({
    headers: { cookie: await refreshCookie(), 'content-type': 'application/json' },
    body: {},
    field: null,
  }),
  'POST /api-keys': async () => ({ body: { name: 'A key', scopes: ['calls:authorize'] }, field: 'scopes' }),
  'PUT /api-keys/{id}': async () => ({ ...on(await apiKey()), body: { name: 'New name' }, field: 'name' }),
  'DELETE /api-keys/{id}': async () => ({ ...on(await apiKey()), field: 'revokedAt' }),
  'POST /users': async () => ({ body: { email: 'new@audit.test', role: 'agent' }, field: 'role' }),
  'PUT /users/{id}': async () => ({ ...on(await member()), body: { role: 'manager' }, field: 'role' }),
  'DELETE /users/{id}': async () => ({ ...on(await member()), field: 'role' }),
  'PUT /organizations/current': async () => ({ body: { defaultDailyLimit: 7 }, field: 'defaultDailyLimit' }),
  'POST /organizations': async () => ({ body: { slug: 'x', name: 'X', timeZone: 'UTC' }, field: 'timeZone' }),
  'PUT /organizations/{id}': async () => ({
    ...on(await createOrganization(db)),
    body: { suspended: true },
    field: 'suspended',
  }),
  'POST /agents': async () => ({ body: { name: 'New agent', kind: 'ai' }, field: 'kind' }),
  'POST /agents/bulk-upload': async () => ({
    headers: { 'content-type': 'text/csv' },
    body: 'name,kind\nListed agent,ai\n',
    field: 'kind',
  }),
  'PUT /agents/{id}': async () => ({ ...on(await agent()), body: { status: 'inactive' }, field: 'status' }),
  'DELETE /agents/{id}': async () => ({ ...on(await agent()), field: 'name' }),
  'POST /phone-numbers': async () => ({ body: { phoneNumber: '+12025550123', provider: 'telnyx' }, field: 'provider' }),
  'PUT /phone-numbers/{id}': async () => ({ ...on(await number()), body: { label: 'Sales' }, field: 'label' }),
  'DELETE /phone-numbers/{id}': async () => ({ ...on(await number()), field: 'lifecycle' }),
  'POST /phone-numbers/{id}/claim': async () => ({ ...on(await poolNumber()), body: {}, field: 'inPool' }),
  'POST /phone-numbers/{id}/release': async () => ({ ...on(await after('claim', {})), body: {}, field: 'inPool' }),
  'POST /phone-numbers/{id}/reserve': async () => ({ ...on(await poolNumber()), body: {}, field: 'reservedUntil' }),
  'POST /phone-numbers/{id}/unreserve': async () => ({
    ...on(await after('reserve', {})),
    body: {},
    field: 'reservedUntil',
  }),
  'POST /phone-numbers/{id}/connect': async () => ({
    ...on(await number()),
    body: { agentId: await agent() },
    field: 'inboundAgent',
  }),
  'POST /phone-numbers/{id}/disconnect': async () => ({ ...on(await connected()), body: {}, field: 'inboundAgent' }),
  'POST /phone-numbers/bulk-upload': async () => ({
    headers: { 'content-type': 'text/csv', prefer: 'wait=30' },
    body: csv(),
    field: null,
  }),
  'POST /agent-assignments': async () => ({
    body: { agentId: await agent(), phoneNumberId: await number() },
    field: 'dailyLimit',
  }),
  'PUT /agent-assignments/{id}': async () => ({
    ...on((await assignment()).id),
    body: { dailyLimit: 11 },
    field: 'dailyLimit',
  }),
  'DELETE /agent-assignments/{id}': async () => ({ ...on((await assignment()).id), field: 'dailyLimit' }),
  'POST /phone-numbers/{id}/assign': async () => ({
    ...on(await number()),
    body: { agentId: await agent() },
    field: 'dailyLimit',
  }),
  'POST /phone-numbers/{id}/unassign': async () => ({
    ...on((await assignment()).phoneNumberId),
    body: {},
    field: 'dailyLimit',
  }),
  'POST /usage/reset': async () => ({ body: {}, field: null }),
  'POST /call-gate/authorizations/{id}/complete': async () => ({
    ...on(await authorization()),
    body: { disposition: 'answered' },
    field: null,
  }),
  'POST /call-gate/complete': async () => ({
    body: { authorizationId: await authorization(), disposition: 'answered' },
    field: null,
  }),
  'POST /call-gate/void': async () => ({
    body: { authorizationId: await authorization(), reason: 'not_dialed' },
    field: null,
  }),
  'POST /call-gate/settle-batch': async () => ({
    body: { void: [{ authorizationId: await authorization(), reason: 'not_dialed' }] },
    field: null,
  }),
  'POST /call-gate/authorizations/{id}/void': async () => ({
    ...on(await authorization()),
    body: { reason: 'not_dialed' },
    field: null,
  }),
};

Object.assign(SENDINGS, {
  'POST /clients': async () => ({ body: { name: 'New client' }, field: 'name' }),
  'PUT /clients/{id}': async () => ({ ...on(await client()), body: { name: 'Renamed' }, field: 'name' }),
  'DELETE /clients/{id}': async () => ({ ...on(await client()), field: null }),
  'DELETE /organizations/{id}': async () => ({ ...on(await createOrganization(db)), field: null }),
  'POST /phone-numbers/bulk': async () => ({
    body: { operation: 'tag', ids: [await number()], tags: ['new'] },
    field: null,
  }),
  'POST /imports/{id}/cancel': async () => ({ ...on(await waitingImport()), body: {}, field: null }),
  'POST /imports/{id}/undo': async () => ({ ...on((await upload('wait=30')).id), body: {}, field: null }),
  'POST /invitations/{id}/resend': async () => ({ ...on((await invitation()).id), body: {}, field: 'expiresAt' }),
  'DELETE /invitations/{id}': async () => ({ ...on((await invitation()).id), field: 'status' }),
  'POST /invitations/accept': async () => ({ body: { token: await invitationOfRoot() }, field: 'role' }),
  'PUT /auth/me': async () => ({ body: { name: `Root ${(serial += 1)}` }, field: 'name' }),
  'POST /auth/password': async () => {
    const body = { currentPassword: password, newPassword: `another ${password}` };
    password = body.newPassword;
    return { body, field: null };
  },
} satisfies typeof SENDINGS);

interface OpenApi {
  paths: Record<string, Record<string, unknown>>;
}

/** What the API says it has, so that a route that is new fails here until its event is asked for. */
const routes = Object.entries((JSON.parse(readFileSync('openapi.json', 'utf8')) as OpenApi).paths)
  .flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replace('/api/v1', '')}`),
  )
  .filter((route) => !route.startsWith('GET ') && !(route in WITHOUT_EVENT));

describe('Every write', () => {
  it('has a request in this file, and every request a route', () => {
    expect(Object.keys(SENDINGS).sort()).toEqual([...routes].sort());
  });

  it.each(routes)('leaves who, what and the request id: %s', async (route) => {
    const sending = SENDINGS[route];
    if (!sending) throw new Error(`Add a request to ${route}, or to WITHOUT_EVENT why it leaves no audit event.`);
    const { path = {}, body, headers, field } = await sending();
    const [method, template] = route.split(' ') as [string, string];
    const address = Object.entries(path).reduce((text, [name, value]) => text.replace(`{${name}}`, value), template);
    const requestId = `audit-${(serial += 1)}`;
    const { status } = await request(`${api.url}/api/v1${address}`, {
      method,
      token: admin,
      body,
      headers: { ...headers, 'x-request-id': requestId },
    });
    expect([200, 201, 202, 204]).toContain(status);
    // The session that accepts gives way to one in the new organization.
    if (route === 'POST /invitations/accept') admin = await signIn(api.url, 'root@audit.test', password);

    const events = await db.query('select * from audit_events where request_id = $1', [requestId]);
    expect(events.length).toBeGreaterThan(0);
    for (const event of events) {
      expect(event).toMatchObject({ actor_kind: 'user', actor_label: 'root@audit.test', actor_id: expect.any(String) });
    }
    if (field === null) return;
    const changes = events.map((event) => (event['changes'] as Record<string, unknown>)[field]);
    const change = changes.find((each) => each !== undefined) as { from: unknown; to: unknown };
    expect(Object.keys(change ?? {}).sort()).toEqual(['from', 'to']);
    expect(change.from).not.toEqual(change.to);
  });
});
