import { AuditChain } from '../../apps/api/src/modules/audit/audit.public.js';
import { type RunningApi, startApi } from '../support/api.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { createAgent, createOrganization, createPhoneNumber, createUser, signIn } from '../support/fixtures.js';
import { request } from '../support/http.js';

let db: TestDatabase;
let api: RunningApi;
let organizationId: string;
let adminId: string;
let admin: string;
let agentId: string;
let phoneNumberId: string;
let assignmentId: string;

const call = (path: string, options: Parameters<typeof request>[1] = {}) =>
  request(`${api.url}/api/v1${path}`, { token: admin, ...options });
const events = (filter: Record<string, unknown>, more = '') =>
  call(`/audit-events?filter=${encodeURIComponent(JSON.stringify(filter))}${more}`);
const actionsOf = async (filter: Record<string, unknown>) =>
  (await events(filter)).body.map(({ action }: { action: string }) => action);

beforeAll(async () => {
  db = await createTestDatabase();
  api = await startApi({ databaseUrl: db.url });
  organizationId = await createOrganization(db);
  adminId = await createUser(db, { organizationId, role: 'admin', email: 'admin@trail.test', name: 'Ada' });
  admin = await signIn(api.url, 'admin@trail.test');
  agentId = await createAgent(db, { organizationId, name: 'Front desk' });
  phoneNumberId = await createPhoneNumber(db, { organizationId, e164: '+14155550001' });
  assignmentId = (await call(`/phone-numbers/${phoneNumberId}/assign`, { body: { agentId, dailyLimit: 50 } })).body.id;
  await call(`/agent-assignments/${assignmentId}`, {
    method: 'PUT',
    body: { dailyLimit: 60 },
    headers: { 'x-request-id': 'the-change' },
  });
  await call(`/phone-numbers/${phoneNumberId}`, { method: 'PUT', body: { label: 'Sales' } });
  await call(`/agents/${agentId}`, { method: 'PUT', body: { name: 'Reception' } });
});

afterAll(async () => {
  await api?.close();
  await db?.drop();
});

describe('The audit log', () => {
  it('says who, when, what and in which request, the newest first', async () => {
    const { body, headers } = await events({});
    expect(body.map(({ action }: { action: string }) => action)).toEqual([
      'agent.updated',
      'phone_number.updated',
      'agent_assignment.updated',
      'agent_assignment.created',
      'session.started',
    ]);
    expect(headers.get('content-range')).toBe('audit-events 0-4/5');
    expect(body[2]).toEqual({
      id: expect.any(String),
      occurredAt: expect.stringMatching(/Z$/),
      actorKind: 'user',
      actorId: adminId,
      actor: 'admin@trail.test',
      action: 'agent_assignment.updated',
      recordType: 'agent_assignment',
      recordId: assignmentId,
      recordName: 'Reception, +14155550001',
      recordPageId: agentId,
      changes: [{ field: 'dailyLimit', from: 50, to: 60 }],
      facts: {},
      requestId: 'the-change',
      sequence: null,
      hash: null,
    });
    expect(body[4]).toMatchObject({ recordName: 'Ada', changes: [], facts: { address: expect.any(String) } });
  });

  it('is the timeline of a record, with the assignments that it is part of', async () => {
    const assignment = ['agent_assignment.updated', 'agent_assignment.created'];
    expect(await actionsOf({ recordId: phoneNumberId })).toEqual(['phone_number.updated', ...assignment]);
    expect(await actionsOf({ recordId: agentId })).toEqual(['agent.updated', ...assignment]);
    expect(await actionsOf({ recordId: assignmentId })).toEqual(assignment);
  });

  it('can be filtered', async () => {
    expect(await actionsOf({ field: 'dailyLimit' })).toEqual(['agent_assignment.updated', 'agent_assignment.created']);
    expect(await actionsOf({ field: 'address' })).toEqual([]);
    expect(await actionsOf({ action: 'agent.updated' })).toEqual(['agent.updated']);
    expect(await actionsOf({ recordType: 'phone_number' })).toEqual(['phone_number.updated']);
    expect(await actionsOf({ actor: 'TRAIL' })).toHaveLength(5);
    expect(await actionsOf({ actor: 'nobody' })).toEqual([]);
    expect(await actionsOf({ actorId: adminId })).toHaveLength(5);
    expect(await actionsOf({ actorId: agentId })).toEqual([]);
    const { body } = await events({ action: 'agent_assignment.created' });
    expect(await actionsOf({ id: [body[0].id] })).toEqual(['agent_assignment.created']);
    const hour = 3_600_000;
    const at = (offset: number) => new Date(Date.now() + offset).toISOString();
    expect(await actionsOf({ from: at(-hour), to: at(hour) })).toHaveLength(5);
    expect(await actionsOf({ from: at(hour) })).toEqual([]);
    expect(await actionsOf({ to: at(-hour) })).toEqual([]);
  });

  it('comes in pages, and from the oldest on as well', async () => {
    const { body, headers } = await events({}, '&range=[1,2]&sort=["occurredAt","ASC"]');
    expect(body.map(({ action }: { action: string }) => action)).toEqual([
      'agent_assignment.created',
      'agent_assignment.updated',
    ]);
    expect(headers.get('content-range')).toBe('audit-events 1-2/5');
  });

  it.each([
    { from: 'yesterday' },
    { to: '2026-03-02' },
    { from: 5 },
    { recordId: 'x' },
    { actorId: 'x' },
    { other: 1 },
  ])('refuses the filter %j', async (filter) => {
    const { status, body } = await events(filter);
    expect([status, body.code]).toEqual([400, 'validation_failed']);
  });

  it('is for admins', async () => {
    for (const role of ['manager', 'agent'] as const) {
      await createUser(db, { organizationId, role, email: `${role}@trail.test` });
      const token = await signIn(api.url, `${role}@trail.test`);
      for (const path of ['/audit-events', '/audit-events/verify'])
        expect((await call(path, { token })).status).toBe(403);
    }
  });

  it('shows nothing of another organization', async () => {
    await createUser(db, { organizationId: await createOrganization(db), role: 'admin', email: 'admin@rival.test' });
    const token = await signIn(api.url, 'admin@rival.test');
    const { body } = await call('/audit-events', { token });
    expect(body.map(({ actor }: { actor: string }) => actor)).toEqual(['admin@rival.test']);
  });

  it('can be checked by an admin', async () => {
    await api.app.get(AuditChain).link();
    const { status, body } = await call('/audit-events/verify');
    expect([status, body]).toEqual([
      200,
      {
        organizationId,
        intact: true,
        checkedFrom: 1,
        sequence: expect.any(Number),
        hash: expect.stringMatching(/^[0-9a-f]{64}$/),
        unlinked: 0,
        broken: null,
      },
    ]);
    const [last] = (await events({}, '&range=[0,0]')).body;
    expect(last).toMatchObject({ sequence: body.sequence, hash: body.hash });
  });
});
