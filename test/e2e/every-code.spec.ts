import { readFileSync } from 'node:fs';
import type { ProblemCode, ReasonCode } from '#contracts';
import { type RunningApi, startApi } from '../support/api.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { type Description, descriptionOf } from '../support/description.js';
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
import { RawConnection } from '../support/raw-http.js';

type Answer = Awaited<ReturnType<typeof request>>;

const POOL = '00000000-0000-7000-8000-000000000001';
const CANADA = '+14165550123';
const PREMIUM = '+19005551234';

let db: TestDatabase;
let api: RunningApi;
let description: Description;
let organizationId: string;
let admin: string;
let key: string;

beforeAll(async () => {
  db = await createTestDatabase();
  api = await startApi({ databaseUrl: db.url });
  description = await descriptionOf(api.url);
  organizationId = await createOrganization(db, { defaultAllowedCountries: ['CA'] });
  await createUser(db, { organizationId, role: 'owner', email: 'owner@codes.test' });
  admin = await signIn(api.url, 'owner@codes.test');
  key = (await createApiKey(db, { organizationId, scopes: ['calls:authorize'] })).key;
});

afterAll(async () => {
  await description?.close();
  await api?.close();
  await db?.drop();
});

type Sent = NonNullable<Parameters<typeof request>[1]>;

const send = (path: string, options: Sent = {}) => request(`${api.url}/api/v1${path}`, options);
const asAdmin = (path: string, options: Sent = {}) => send(path, { token: admin, ...options });
const json = { 'content-type': 'application/json' };

async function assignment(dailyLimit = 10) {
  const agentId = await createAgent(db, { organizationId });
  const phoneNumberId = await createPhoneNumber(db, { organizationId });
  const assignmentId = await createAssignment(db, { organizationId, agentId, phoneNumberId, dailyLimit });
  return { agentId, phoneNumberId, assignmentId };
}

const authorize = (body: unknown, headers: Record<string, string> = {}) =>
  send('/call-gate/authorize', { apiKey: key, body, headers });

async function authorizedCall(agentId?: string): Promise<string> {
  const caller = agentId ?? (await assignment()).agentId;
  return (await authorize({ agentId: caller, destination: CANADA })).body.authorizationId as string;
}

const settle = (id: string, how: 'complete' | 'void', body: unknown) =>
  asAdmin(`/call-gate/authorizations/${id}/${how}`, { body });

/** Asks for a call of a new agent, after something was done to what it calls with. */
async function call(
  destination = CANADA,
  change?: (made: Awaited<ReturnType<typeof assignment>>) => Promise<unknown>,
): Promise<Answer> {
  const made = await assignment();
  await change?.(made);
  return authorize({ agentId: made.agentId, destination });
}

/** Takes a table away while the work runs. */
async function without(table: string, work: () => Promise<Answer>): Promise<Answer> {
  await db.query(`alter table ${table} rename to ${table}_away`);
  try {
    return await work();
  } finally {
    await db.query(`alter table ${table}_away rename to ${table}`);
  }
}

/** Asks for a call once more with its key, after something became of its authorization. */
async function retriedAfter(happening: (id: string) => Promise<unknown>): Promise<Answer> {
  const { agentId } = await assignment();
  const again = { 'idempotency-key': crypto.randomUUID() };
  const first = await authorize({ agentId, destination: CANADA }, again);
  await happening(first.body.authorizationId as string);
  return authorize({ agentId, destination: CANADA }, again);
}

/** How each reason comes about. A new code without an entry does not compile. */
const reasons = {
  allowed: () => call(),
  authorization_voided: () => retriedAfter((id) => settle(id, 'void', { reason: 'not_dialed' })),
  authorization_completed: () => retriedAfter((id) => settle(id, 'complete', { disposition: 'busy' })),
  authorization_expired: () =>
    retriedAfter((id) => db.query('update call_authorizations set expires_at = decided_at where id = $1', [id])),
  destination_invalid: () => call('+1'),
  destination_emergency: () => call('911'),
  no_assignment: async () => authorize({ agentId: await createAgent(db, { organizationId }), destination: CANADA }),
  organization_suspended: async () => {
    const suspended = await createOrganization(db);
    const agentId = await createAgent(db, { organizationId: suspended });
    const phoneNumberId = await createPhoneNumber(db, { organizationId: suspended });
    await createAssignment(db, { organizationId: suspended, agentId, phoneNumberId });
    const made = await createApiKey(db, { organizationId: suspended, scopes: ['calls:authorize'] });
    await db.query('update organizations set suspended_at = now() where id = $1', [suspended]);
    return send('/call-gate/authorize', { apiKey: made.key, body: { agentId, destination: CANADA } });
  },
  agent_inactive: () =>
    call(CANADA, ({ agentId }) => db.query(`update agents set status = 'inactive' where id = $1`, [agentId])),
  number_inactive: () =>
    call(CANADA, ({ phoneNumberId }) =>
      db.query(`update phone_numbers set lifecycle = 'inactive' where id = $1`, [phoneNumberId]),
    ),
  number_cannot_call: () =>
    call(CANADA, ({ phoneNumberId }) =>
      db.query(`update phone_numbers set capabilities = '{"voice": false}' where id = $1`, [phoneNumberId]),
    ),
  assignment_paused: () =>
    call(CANADA, ({ assignmentId }) =>
      db.query('update agent_phone_numbers set paused_at = now() where id = $1', [assignmentId]),
    ),
  number_type_blocked: () => call(PREMIUM),
  country_not_allowed: () => call('+33140205050'),
  daily_limit_reached: async () => {
    const { agentId } = await assignment(0);
    return authorize({ agentId, destination: CANADA });
  },
} satisfies Record<ReasonCode, () => Promise<Answer>>;

/** How each problem comes about. A new code without an entry does not compile. */
const problems = {
  validation_failed: () => authorize({}),
  malformed_request: () => send('/auth/login', { method: 'POST', body: '{', headers: json }),
  invalid_credentials: () => send('/auth/login', { body: { email: 'owner@codes.test', password: 'wrong' } }),
  authentication_required: () => send('/agents'),
  refresh_token_invalid: () => send('/auth/refresh', { method: 'POST', headers: { 'x-requested-with': 'test' } }),
  permission_denied: () => send('/agents', { apiKey: key }),
  not_found: () => send('/nowhere'),
  invitation_invalid: () => send('/invitations/preview', { body: { token: 'no token' } }),
  record_not_found: () => asAdmin(`/agents/${crypto.randomUUID()}`),
  method_not_allowed: () => send('/auth/login', { method: 'DELETE' }),
  request_timeout: async () => {
    const impatient = await startApi({ databaseUrl: db.url, env: { REQUEST_TIMEOUT_SECONDS: '1' } });
    try {
      const connection = await RawConnection.open(impatient.url);
      await connection.closed;
      const [headers = '', body = ''] = connection.received.split('\r\n\r\n');
      const requestId = /x-request-id: (\S+)/.exec(headers)?.[1] ?? '';
      const status = Number(headers.split(' ')[1]);
      return { status, body: JSON.parse(body), headers: new Headers({ 'x-request-id': requestId }) };
    } finally {
      await impatient.close();
    }
  },
  conflict: async () => {
    const number = await createPhoneNumber(db, { organizationId });
    return asAdmin(`/phone-numbers/${number}/unassign`, { method: 'POST' });
  },
  phone_number_exists: async () => {
    await createPhoneNumber(db, { organizationId, e164: '+14155550199' });
    return asAdmin('/phone-numbers', { body: { phoneNumber: '+14155550199', provider: 'telnyx' } });
  },
  phone_number_assigned: async () => {
    const { phoneNumberId } = await assignment();
    return asAdmin(`/phone-numbers/${phoneNumberId}`, { method: 'DELETE' });
  },
  phone_number_connected: async () => {
    const number = await createPhoneNumber(db, { organizationId });
    const agentId = await createAgent(db, { organizationId });
    await db.query('update phone_numbers set inbound_agent_id = $2 where id = $1', [number, agentId]);
    return asAdmin(`/phone-numbers/${number}`, { method: 'DELETE' });
  },
  phone_number_taken: async () => {
    const number = await createPhoneNumber(db, { organizationId: POOL });
    const rival = await createOrganization(db);
    await db.query(`update phone_numbers set organization_id = $2, claimed_from = '{}' where id = $1`, [number, rival]);
    return asAdmin(`/phone-numbers/${number}/claim`, { method: 'POST' });
  },
  phone_number_reserved: async () => {
    const number = await createPhoneNumber(db, { organizationId: POOL });
    const sql = `update phone_numbers set reserved_until = now() + interval '1 hour', reserved_by = $2 where id = $1`;
    await db.query(sql, [number, await createOrganization(db)]);
    return asAdmin(`/phone-numbers/${number}/claim`, { method: 'POST' });
  },
  pool_quota_reached: async () => {
    const number = await createPhoneNumber(db, { organizationId: POOL });
    await db.query('update organizations set pool_quota = 0 where id = $1', [organizationId]);
    return asAdmin(`/phone-numbers/${number}/claim`, { method: 'POST' });
  },
  number_cannot_call: async () => {
    const number = await createPhoneNumber(db, { organizationId });
    await db.query(`update phone_numbers set capabilities = '{"voice": false}' where id = $1`, [number]);
    return asAdmin(`/phone-numbers/${number}/assign`, { body: { agentId: await createAgent(db, { organizationId }) } });
  },
  agent_has_number: async () => {
    const { agentId } = await assignment();
    const number = await createPhoneNumber(db, { organizationId });
    await asAdmin(`/phone-numbers/${number}/assign`, { body: { agentId } });
    return asAdmin('/organizations/current', { method: 'PUT', body: { numbersPerAgent: 'one' } });
  },
  agent_inactive: async () => {
    const number = await createPhoneNumber(db, { organizationId });
    const agentId = await createAgent(db, { organizationId, status: 'inactive' });
    return asAdmin(`/phone-numbers/${number}/assign`, { body: { agentId } });
  },
  authorization_settled: async () => {
    const id = await authorizedCall();
    await settle(id, 'complete', { disposition: 'busy' });
    return settle(id, 'void', { reason: 'not_dialed' });
  },
  authorization_not_settleable: async () => {
    const { body } = await authorize({ agentId: crypto.randomUUID(), destination: CANADA });
    return settle(body.authorizationId as string, 'complete', { disposition: 'busy' });
  },
  void_limit_reached: async () => {
    const { agentId } = await assignment(100);
    for (let voids = 1; ; voids += 1) {
      const answer = await settle(await authorizedCall(agentId), 'void', { reason: 'test_call' });
      if (answer.status !== 200 || voids === 50) return answer;
    }
  },
  payload_too_large: () => send('/auth/login', { body: `{"email":"${'x'.repeat(1_048_576)}"}`, headers: json }),
  unsupported_media_type: () =>
    send('/auth/login', { method: 'POST', body: '<a/>', headers: { 'content-type': 'application/xml' } }),
  csv_invalid: () =>
    asAdmin('/phone-numbers/bulk-upload', {
      method: 'POST',
      body: new Uint8Array([0xff, 0xfe, 0]),
      headers: { 'content-type': 'text/csv' },
    }),
  idempotency_key_reused: async () => {
    const { agentId } = await assignment();
    const again = { 'idempotency-key': crypto.randomUUID() };
    await authorize({ agentId, destination: CANADA }, again);
    return authorize({ agentId, destination: '+14165550124' }, again);
  },
  too_many_requests: async () => {
    const body = { email: 'guessed@codes.test', password: 'wrong' };
    for (let attempt = 1; ; attempt += 1) {
      const answer = await send('/auth/login', { body });
      if (answer.body.code !== 'invalid_credentials' || attempt === 50) return answer;
    }
  },
  internal_error: () => without('agents', () => asAdmin('/agents')),
  gate_unavailable: () =>
    without('agent_phone_numbers', () => authorize({ agentId: crypto.randomUUID(), destination: CANADA })),
  service_unavailable: () => without('migrations', () => request(`${api.url}/readyz`)),
} satisfies Record<ProblemCode, () => Promise<Answer>>;

describe('every answer of the gate', () => {
  it.each(Object.entries(reasons))('%s is given over HTTP, and its page says what to do', async (code, provoke) => {
    const { status, body, headers } = await provoke();
    expect([status, body.reasonCode, body.allowed]).toEqual([200, code, code === 'allowed']);
    expect(headers.get('x-request-id')).toMatch(/./);
    expect(pageOf('reasons', code)).toEqual({ means: expect.any(String), todo: expect.any(String) });
  });
});

describe('every problem', () => {
  it.each(Object.entries(problems))('%s is given over HTTP, and its page says what to do', async (code, provoke) => {
    const { status, body, headers } = await provoke();
    expect([status, body.code]).toEqual([body.status, code]);
    expect(body.requestId).toBe(headers.get('x-request-id'));
    expect(body.detail).toMatch(/\S/);
    expect((await request(`${api.url}${body.type}`)).status).toBe(200);
    expect(description.faultsOf(`/components/schemas/${typeOf(code as ProblemCode)}`, body)).toEqual([]);
    expect(HEADERS[code as ProblemCode]?.filter((name) => !headers.has(name)) ?? []).toEqual([]);
    expect(pageOf('problems', code)).toEqual({ means: expect.any(String), todo: expect.any(String) });
  });
});

/** What openapi.json says of the headers of these problems, in every response that may be one of them. */
const HEADERS: Partial<Record<ProblemCode, string[]>> = {
  authentication_required: ['www-authenticate'],
  too_many_requests: ['retry-after'],
  gate_unavailable: ['retry-after'],
  service_unavailable: ['retry-after'],
};

/** The type of a code in openapi.json. Those of addresses that no operation has are problems without one of their own. */
function typeOf(code: ProblemCode): string {
  if (code === 'not_found' || code === 'method_not_allowed') return 'Problem';
  return `${code.replace(/(^|_)([a-z])/g, (_, _start, letter: string) => letter.toUpperCase())}Problem`;
}

/** What stands below the two headings of a page; undefined where there is too little to be of use. */
function pageOf(folder: string, code: string) {
  const text = readFileSync(`docs/${folder}/${code}.md`, 'utf8');
  const below = (heading: string) => new RegExp(`^## ${heading}\\n+([^#]{20,})`, 'm').exec(text)?.[1];
  return { means: below('What it means'), todo: below('What to do') };
}
