import { randomUUID } from 'node:crypto';
import { type RunningApi, startApi } from '../support/api.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import {
  createAgent,
  createApiKey,
  createAssignment,
  createOrganization,
  createPhoneNumber,
} from '../support/fixtures.js';
import { request } from '../support/http.js';

const CALLER_ID = '+12025550147';
const DESTINATION = '+14165550123';

const REFUSE_TO_WRITE_CALLS = `
  create function refuse_call() returns trigger language plpgsql as $$
    begin
      if new.destination = '${DESTINATION}' then raise exception 'no room for %', new.destination; end if;
      return new;
    end $$;
  create trigger refuse_call before insert on call_authorizations for each row execute function refuse_call()`;

describe('what operators see of the gate', () => {
  let db: TestDatabase;
  let api: RunningApi;
  let organizationId: string;
  let agentId: string;
  let key: string;
  const log: string[] = [];

  beforeAll(async () => {
    db = await createTestDatabase();
    api = await startApi({ databaseUrl: db.url, onLog: (line) => log.push(line) });
    organizationId = await createOrganization(db, { defaultAllowedCountries: ['CA'] });
    agentId = await createAgent(db, { organizationId });
    const phoneNumberId = await createPhoneNumber(db, { organizationId, e164: CALLER_ID });
    await createAssignment(db, { organizationId, agentId, phoneNumberId, dailyLimit: 2 });
    key = (await createApiKey(db, { organizationId, scopes: ['calls:authorize', 'calls:settle', 'numbers:read'] })).key;
    await calls();
  });

  afterAll(async () => {
    await api?.close();
    await db?.drop();
  });

  const authorize = (destination: string, headers: Record<string, string> = {}) =>
    request(`${api.url}/api/v1/call-gate/authorize`, {
      apiKey: key,
      body: { agentId, from: CALLER_ID, destination },
      headers,
    });

  /** Allowed, replayed, refused, invalid, and not decided at all. */
  async function calls(): Promise<void> {
    const once = { 'idempotency-key': 'once' };
    const { authorizationId } = (await authorize(DESTINATION, once)).body;
    await authorize(DESTINATION, once);
    for (const disposition of ['answered', 'answered', 'busy']) {
      const path = `/api/v1/call-gate/authorizations/${authorizationId}/complete`;
      await request(`${api.url}${path}`, { apiKey: key, body: { disposition } });
    }
    await authorize('+33140205050');
    await authorize(DESTINATION);
    await authorize(DESTINATION);
    await request(`${api.url}/api/v1/call-gate/authorize`, {
      apiKey: key,
      body: { destination: DESTINATION, [DESTINATION]: 1 },
    });
    await request(`${api.url}/api/v1/phone-numbers/check/${encodeURIComponent(DESTINATION)}`, { apiKey: key });
    await db.query('alter table agent_phone_numbers rename to away');
    await authorize(DESTINATION, { 'x-request-id': 'undecided-call' });
    await request(`${api.url}/api/v1/phone-numbers?filter=${encodeURIComponent(`{"q":"${DESTINATION}"}`)}`, {
      apiKey: key,
    });
    await db.query('alter table away rename to agent_phone_numbers');
    await db.query(REFUSE_TO_WRITE_CALLS);
    await request(`${api.url}/api/v1/call-gate/authorize-batch`, {
      apiKey: key,
      body: { calls: [DESTINATION, '+33140205050', DESTINATION].map((destination) => ({ agentId, destination })) },
      headers: { 'x-request-id': 'undecided-batch' },
    });
    await db.query('drop trigger refuse_call on call_authorizations');
  }

  it('counts decisions, batches, statements, waiting calls and calls that were not decided', async () => {
    const { body } = await request<string>(`${api.url}/metrics`);
    for (const line of [
      'ringfence_gate_decisions_total{reason_code="allowed",outcome="decided"} 2',
      'ringfence_gate_decisions_total{reason_code="allowed",outcome="replayed"} 1',
      'ringfence_gate_decisions_total{reason_code="country_not_allowed",outcome="decided"} 2',
      'ringfence_gate_decisions_total{reason_code="daily_limit_reached",outcome="decided"} 1',
      'ringfence_gate_unavailable_total{cause="database"} 3',
      'ringfence_gate_unavailable_total{cause="queue_full"} 0',
      'ringfence_gate_unavailable_total{cause="access"} 0',
      'ringfence_gate_settlements_total{action="complete",result="completed"} 1',
      'ringfence_gate_settlements_total{action="complete",result="repeated"} 1',
      'ringfence_gate_settlements_total{action="complete",result="settled_otherwise"} 1',
      'ringfence_gate_batch_size_count 6',
      'ringfence_gate_queue_depth 0',
    ]) {
      expect(body).toContain(`${line}\n`);
    }
    expect(body).toMatch(/^ringfence_gate_statement_seconds_count [1-9]/m);
  });

  it('has no label that holds a number, an agent or an organization', async () => {
    const { body } = await request<string>(`${api.url}/metrics`);
    const labels = [...body.matchAll(/[a-z_]+="((?:[^"\\]|\\.)*)"/g)].map((match) => match[1]!);
    expect(labels.length).toBeGreaterThan(20);
    expect(labels.filter((label) => /\d{5,}|[0-9a-f]{8}-/.test(label))).toEqual([]);
    for (const known of [agentId, organizationId, DESTINATION, CALLER_ID]) expect(body).not.toContain(known);
  });

  it('logs no number in full, whatever became of the call', () => {
    const text = log.join('');
    expect(text).toContain('A call could not be decided');
    expect(text).toContain('/phone-numbers/check/%2B1416');
    for (const number of [DESTINATION, CALLER_ID, '+33140205050']) expect(text).not.toContain(number.slice(1));
  });

  const lineOf = (requestId: string) => {
    const lines = log.map((line) => JSON.parse(line) as Record<string, unknown>);
    return lines.find((line) => line['requestId'] === requestId && line['method'] === 'POST');
  };
  const REASON = expect.stringContaining('cannot decide: the database could not decide') as unknown;

  it('logs why a call was not decided, with the request id that its caller got', () => {
    expect(lineOf('undecided-call')).toMatchObject({
      level: 'warn',
      status: 503,
      code: 'gate_unavailable',
      reason: REASON,
      cause: 'relation "agent_phone_numbers" does not exist',
    });
  });

  it('logs how many calls of a batch were not decided and why, with the request id that its caller got', () => {
    expect(lineOf('undecided-batch')).toMatchObject({
      level: 'warn',
      status: 200,
      undecided: 2,
      why: [{ calls: 2, code: 'gate_unavailable', reason: REASON, cause: 'no room for +1416•••••23' }],
    });
  });

  it.each([
    '/livez',
    '/readyz',
    '/metrics',
    '/api/openapi.json',
    '/',
    '/nowhere',
    '/docs/problems/conflict',
    '/api/v1/%zz',
  ])('names the request in the answer to %s', async (path) => {
    const { headers } = await request(`${api.url}${path}`, { headers: { 'x-request-id': 'mine-1' } });
    expect(headers.get('x-request-id')).toBe('mine-1');
  });
});

describe('the address of a caller', () => {
  let db: TestDatabase;

  beforeAll(async () => {
    db = await createTestDatabase();
  });
  afterAll(() => db?.drop());

  /** Guesses until it is refused, each time said to come from another address. */
  async function isRefused(trust: string | undefined, forwardedFor: (attempt: number) => string): Promise<boolean> {
    const api = await startApi({ databaseUrl: db.url, env: trust === undefined ? {} : { TRUST_PROXY: trust } });
    const email = `guessed-${randomUUID()}@proxy.test`;
    try {
      for (let attempt = 1; attempt <= 12; attempt += 1) {
        const { body } = await request(`${api.url}/api/v1/auth/login`, {
          body: { email, password: 'wrong' },
          headers: { 'x-forwarded-for': forwardedFor(attempt) },
        });
        if (body.code === 'too_many_requests') return true;
      }
      return false;
    } finally {
      await api.close();
    }
  }

  it.each([
    ['is not what it claims by default', undefined, (n: number) => `203.0.113.${n}`, true],
    ['is what the one proxy says', '1', (n: number) => `203.0.113.${n}`, false],
    ['is what the proxies of the network say', '127.0.0.0/8,::1', (n: number) => `203.0.113.${n}`, false],
    ['is not what it claimed towards the one proxy', '1', (n: number) => `203.0.113.${n}, 198.51.100.7`, true],
    ['is not what a stranger says', '10.0.0.0/8', (n: number) => `203.0.113.${n}`, true],
  ])('%s', async (_what, trust, forwardedFor, refused) => {
    expect(await isRefused(trust, forwardedFor)).toBe(refused);
  });

  it.each(['true', '0', '10.0.0.0/33', 'proxy.internal', '10.0.0.1,'])('cannot be trusted to %s', async (trust) => {
    await expect(startApi({ databaseUrl: db.url, env: { TRUST_PROXY: trust } })).rejects.toThrow('TRUST_PROXY');
  });
});
