import { randomUUID } from 'node:crypto';
import { type RunningApi, startApi } from '../support/api.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import {
  createAgent,
  createApiKey,
  createAssignment,
  createOrganization,
  createPhoneNumber,
  createUser,
  signIn,
} from '../support/fixtures.js';
import { request } from '../support/http.js';

const CANADA = '+14165550123';
const PREMIUM = '+19005551234';
const NOON = '2026-03-02T12:00:00Z';

interface Line {
  organizationId: string;
  agentId: string;
  phoneNumberId: string;
  assignmentId: string;
  key: string;
  admin: string;
}

/** A switch that an admin throws between a call and its retry. */
interface Switch {
  name: string;
  reason: string;
  destination?: string;
  throwIt: (line: Line, authorizationId: string) => Promise<unknown>;
  /** Where there is a way back: then the first answer counts again. */
  takeBack?: (line: Line) => Promise<unknown>;
}

let db: TestDatabase;
let api: RunningApi;
let line: Line;
let serial = 0;

beforeAll(async () => {
  db = await createTestDatabase();
  api = await startApi({ databaseUrl: db.url });
});

afterAll(async () => {
  await api?.close();
  await db?.drop();
});

beforeEach(async () => {
  await setClock(NOON);
  serial += 1;
  const organizationId = await createOrganization(db, { defaultAllowedCountries: ['CA', 'US'] });
  const email = `owner-${serial}@retried.test`;
  await createUser(db, { organizationId, role: 'owner', email });
  const scopes = ['calls:authorize', 'calls:settle'] as const;
  const { key } = await createApiKey(db, { organizationId, scopes: [...scopes] });
  const agentId = await createAgent(db, { organizationId });
  const phoneNumberId = await createPhoneNumber(db, { organizationId });
  const assignmentId = await createAssignment(db, { organizationId, agentId, phoneNumberId, dailyLimit: 5 });
  await db.query(`update agent_phone_numbers set allowed_number_types = '{PREMIUM_RATE}' where id = $1`, [
    assignmentId,
  ]);
  line = { organizationId, agentId, phoneNumberId, assignmentId, key, admin: await signIn(api.url, email) };
});

function setClock(instant: string) {
  return db.query(
    `create or replace function ringfence_clock() returns timestamptz language sql volatile parallel safe
       as $$ select timestamptz '${instant}' $$`,
  );
}

type Headers = Record<string, string>;
type Sent = NonNullable<Parameters<typeof request>[1]>;

const send = (path: string, options: Sent) => request(`${api.url}/api/v1${path}`, options);
const change = (path: string, body: object) => send(path, { method: 'PUT', token: line.admin, body });
const settle = (id: string, how: string, body: object) =>
  send(`/call-gate/authorizations/${id}/${how}`, { apiKey: line.key, body });
const ask = (headers: Headers, destination = CANADA, path = '/call-gate/authorize') =>
  send(path, { apiKey: line.key, headers, body: { agentId: line.agentId, destination } });
const newKey = (): Headers => ({ 'idempotency-key': randomUUID() });

/** Everything that the database holds of the calls and counts of the organization, but for settlements. */
const kept = () =>
  db.query(
    `select to_jsonb(l) - array['status', 'settled_at', 'settled_by', 'disposition', 'void_reason'] as call,
       a.calls_made_today as counted, a.last_reset_date::text as day
     from call_authorizations l join agent_phone_numbers a on a.id = l.assignment_id
     where l.organization_id = $1 order by l.id`,
    [line.organizationId],
  );

const suspend = (at: string | null) =>
  db.query('update organizations set suspended_at = $2 where id = $1', [line.organizationId, at]);

const switches: Switch[] = [
  {
    name: 'a void',
    reason: 'authorization_voided',
    throwIt: (_, id) => settle(id, 'void', { reason: 'not_dialed' }),
  },
  {
    name: 'its completion',
    reason: 'authorization_completed',
    throwIt: (_, id) => settle(id, 'complete', { disposition: 'answered' }),
  },
  {
    name: 'the end of the lease',
    reason: 'authorization_expired',
    throwIt: () => setClock('2026-03-02T16:00:01Z'),
  },
  {
    name: 'the end of the lease on the next day',
    reason: 'authorization_expired',
    throwIt: () => setClock('2026-03-03T08:00:00Z'),
  },
  {
    name: 'a suspension of the organization',
    reason: 'organization_suspended',
    throwIt: () => suspend(NOON),
    takeBack: () => suspend(null),
  },
  {
    name: 'an agent made inactive',
    reason: 'agent_inactive',
    throwIt: ({ agentId }) => change(`/agents/${agentId}`, { status: 'inactive' }),
    takeBack: ({ agentId }) => change(`/agents/${agentId}`, { status: 'active' }),
  },
  {
    name: 'the deletion of the agent',
    reason: 'no_assignment',
    throwIt: ({ agentId, admin }) => send(`/agents/${agentId}`, { method: 'DELETE', token: admin }),
  },
  {
    name: 'a number made inactive',
    reason: 'number_inactive',
    throwIt: ({ phoneNumberId }) => change(`/phone-numbers/${phoneNumberId}`, { lifecycle: 'inactive' }),
    takeBack: ({ phoneNumberId }) => change(`/phone-numbers/${phoneNumberId}`, { lifecycle: 'active' }),
  },
  {
    name: 'a pause',
    reason: 'assignment_paused',
    throwIt: ({ assignmentId }) => change(`/agent-assignments/${assignmentId}`, { paused: true }),
    takeBack: ({ assignmentId }) => change(`/agent-assignments/${assignmentId}`, { paused: false }),
  },
  {
    name: 'the end of the assignment',
    reason: 'no_assignment',
    throwIt: ({ phoneNumberId, admin }) =>
      send(`/phone-numbers/${phoneNumberId}/unassign`, { method: 'POST', token: admin, body: {} }),
    takeBack: ({ phoneNumberId, agentId, admin }) =>
      send(`/phone-numbers/${phoneNumberId}/assign`, { token: admin, body: { agentId, dailyLimit: 5 } }),
  },
  {
    name: 'a move of the number to another agent',
    reason: 'no_assignment',
    throwIt: async ({ organizationId, phoneNumberId, admin }) => {
      const agentId = await createAgent(db, { organizationId });
      return send(`/phone-numbers/${phoneNumberId}/assign`, { token: admin, body: { agentId, reassign: true } });
    },
  },
  {
    name: 'other countries of the assignment',
    reason: 'country_not_allowed',
    throwIt: ({ assignmentId }) => change(`/agent-assignments/${assignmentId}`, { allowedCountries: ['US'] }),
    takeBack: ({ assignmentId }) => change(`/agent-assignments/${assignmentId}`, { allowedCountries: null }),
  },
  {
    name: 'other countries of the organization',
    reason: 'country_not_allowed',
    throwIt: () => change('/organizations/current', { defaultAllowedCountries: ['US'] }),
    takeBack: () => change('/organizations/current', { defaultAllowedCountries: ['CA'] }),
  },
  {
    name: 'a type of number that is allowed no longer',
    reason: 'number_type_blocked',
    destination: PREMIUM,
    throwIt: ({ assignmentId }) => change(`/agent-assignments/${assignmentId}`, { allowedNumberTypes: [] }),
    takeBack: ({ assignmentId }) =>
      change(`/agent-assignments/${assignmentId}`, { allowedNumberTypes: ['PREMIUM_RATE'] }),
  },
];

describe('a retry with the same Idempotency-Key', () => {
  it.each(switches)('is denied after $name', async ({ reason, destination, throwIt, takeBack }) => {
    const headers = newKey();
    const first = await ask(headers, destination);
    expect(first.body).toMatchObject({ allowed: true, reasonCode: 'allowed' });
    const before = await kept();

    await throwIt(line, first.body.authorizationId as string);
    const again = await ask(headers, destination);
    expect(again.status).toBe(200);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    // The call is the one of then, its numbers too; only the permission is gone.
    expect(again.body).toEqual({
      ...first.body,
      ...{
        allowed: false,
        reasonCode: reason,
        message: expect.not.stringMatching(/may be placed\.$/),
        expiresAt: null,
      },
    });
    const text = await ask({ ...headers, accept: 'text/plain' }, destination, '/call-gate/authorize?statusOnDeny=403');
    expect([text.status, text.body]).toEqual([403, `deny ${reason}\n`]);
    const call = { agentId: line.agentId, destination: destination ?? CANADA };
    const { body } = await send('/call-gate/authorize-batch', {
      apiKey: line.key,
      body: { calls: [{ ...call, idempotencyKey: headers['idempotency-key'] }] },
    });
    expect(body.decisions).toEqual([{ ...again.body, replayed: true }]);

    if (takeBack) {
      const { status } = ((await takeBack(line)) ?? {}) as { status?: number };
      if (status !== undefined) expect(status).toBeLessThan(300);
      expect((await ask(headers, destination)).body).toEqual(first.body);
    }
    const after = await kept();
    expect(after.map(({ call: row }) => row as unknown)).toEqual(before.map(({ call: row }) => row as unknown));
    // A void gave its call back; a retry counts nothing and gives nothing back.
    expect(after.map(({ counted }) => counted as unknown)).toEqual([reason === 'authorization_voided' ? 0 : 1]);
  });

  it('is denied for what became of the authorization before all else', async () => {
    const headers = newKey();
    const first = await ask(headers);
    await settle(first.body.authorizationId as string, 'void', { reason: 'not_dialed' });
    await suspend(NOON);
    expect((await ask(headers)).body.reasonCode).toBe('authorization_voided');
  });

  it('answers a denial as it was, whatever is allowed by now', async () => {
    const { assignmentId } = line;
    const headers = newKey();
    await change(`/agent-assignments/${assignmentId}`, { paused: true });
    const first = await ask(headers);
    expect(first.body).toMatchObject({ allowed: false, reasonCode: 'assignment_paused' });
    await change(`/agent-assignments/${assignmentId}`, { paused: false, allowedCountries: [] });
    expect((await ask(headers)).body).toEqual(first.body);
  });

  it('looks at no counter: a limit that was reached or lowered since changes nothing', async () => {
    const headers = newKey();
    const first = await ask(headers);
    for (let call = 0; call < 5; call += 1) await ask(newKey());
    expect((await ask(headers)).body).toEqual(first.body);
    await change(`/agent-assignments/${line.assignmentId}`, { dailyLimit: 0 });
    expect((await ask(newKey())).body.reasonCode).toBe('daily_limit_reached');
    expect((await ask(headers)).body).toEqual(first.body);
  });

  it('goes by the number that was chosen then, and not by another one of the agent', async () => {
    const { organizationId, agentId } = line;
    const other = await createPhoneNumber(db, { organizationId });
    await createAssignment(db, { organizationId, agentId, phoneNumberId: other, dailyLimit: 5 });
    const [one, two] = [newKey(), newKey()];
    const first = await ask(one);
    const second = await ask(two);
    expect(first.body.from.phoneNumberId).not.toBe(second.body.from.phoneNumberId);
    await db.query('update agent_phone_numbers set paused_at = now() where phone_number_id = $1', [
      first.body.from.phoneNumberId,
    ]);
    expect((await ask(one)).body).toMatchObject({ allowed: false, reasonCode: 'assignment_paused' });
    expect((await ask(two)).body).toEqual(second.body);
  });

  it('is answered beside new calls of one batch, also when it is the retry of a call of the same batch', async () => {
    const { agentId, assignmentId } = line;
    const thrown = newKey();
    await ask(thrown);
    await change(`/agent-assignments/${assignmentId}`, { allowedCountries: ['US'] });
    const call = { agentId, destination: '+12125550123', idempotencyKey: randomUUID() };
    const { body } = await send('/call-gate/authorize-batch', {
      apiKey: line.key,
      body: {
        calls: [call, { agentId, destination: CANADA, idempotencyKey: thrown['idempotency-key'] }, call],
      },
    });
    const [first, retried, repeated] = body.decisions as Record<string, unknown>[];
    expect(first).toMatchObject({ allowed: true, used: 2 });
    expect(retried).toMatchObject({ allowed: false, reasonCode: 'country_not_allowed', replayed: true });
    expect(repeated).toEqual({ ...first, replayed: true });
    expect((await kept()).map(({ counted }) => counted as unknown)).toEqual([2, 2]);
  });
});
