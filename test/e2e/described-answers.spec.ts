import { type RunningApi, startApi } from '../support/api.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { type Described, type Description, descriptionOf, escaped } from '../support/description.js';
import {
  createAgent,
  createApiKey,
  createAssignment,
  createOrganization,
  createPhoneNumber,
} from '../support/fixtures.js';
import { request } from '../support/http.js';

const CANADA = '+14165550123';
const FRANCE = '+33140205050';
const RETRY_AFTER = '/components/responses/GateUnavailable/headers/Retry-After/schema';

/** Answers of the running gate, held against what /api/openapi.json (which CI compares with openapi.json) says of them. */
describe('what openapi.json says of the answers of the call gate', () => {
  let db: TestDatabase;
  let api: RunningApi;
  let organizationId: string;
  let apiKey: string;
  let agentId: string;
  let description: Description;

  beforeAll(async () => {
    db = await createTestDatabase();
    api = await startApi({ databaseUrl: db.url });
    organizationId = await createOrganization(db, { defaultAllowedCountries: ['CA'] });
    apiKey = (await createApiKey(db, { organizationId, scopes: ['calls:authorize'] })).key;
    description = await descriptionOf(api.url);
  });

  afterAll(async () => {
    await description?.close();
    await api?.close();
    await db?.drop();
  });

  beforeEach(async () => {
    agentId = await createAgent(db, { organizationId });
    const phoneNumberId = await createPhoneNumber(db, { organizationId });
    await createAssignment(db, { organizationId, agentId, phoneNumberId, dailyLimit: 1 });
  });

  /** Asks, and expects that status, media type, header and body are as described. */
  async function ask(path: string, options: Parameters<typeof request>[1]) {
    const answer = await request(`${api.url}/api/v1/call-gate/${path}`, options);
    const operation = `/paths/${escaped(`/api/v1/call-gate/${path.split('?')[0]}`)}/post`;
    const { responses } = description.at(operation) as { responses: Record<string, Described | { $ref: string }> };
    const status = [String(answer.status), `${String(answer.status)[0]}XX`].find((key) => key in responses)!;
    const response = responses[status]!;
    const pointer = '$ref' in response ? response.$ref.slice(1) : `${operation}/responses/${status}`;
    const described = description.at(pointer) as Described;
    const type = answer.headers.get('content-type')!.split(';')[0]!;
    const form = type === 'text/plain' ? 'x-text-plain' : `content/${escaped(type)}`;
    expect([...Object.keys(described.content), ...(described['x-text-plain'] ? ['text/plain'] : [])]).toContain(type);
    expect(description.faultsOf(`${pointer}/${form}/schema`, answer.body)).toEqual([]);
    const replayed = answer.headers.get('idempotent-replayed');
    if (replayed !== null) {
      expect(description.faultsOf(`${pointer}/headers/Idempotent-Replayed/schema`, replayed)).toEqual([]);
    }
    return { ...answer, type, replayed, described };
  }

  const call = (destination = CANADA) => ({ agentId, destination });
  const text = { accept: 'text/plain' };

  it('is true of a decision, allowed or denied, and of its retry', async () => {
    const headers = { 'idempotency-key': crypto.randomUUID() };
    const allowed = await ask('authorize', { apiKey, headers, body: call() });
    const again = await ask('authorize', { apiKey, headers, body: call() });
    const denied = await ask('authorize', { apiKey, body: call() });
    const unreadable = await ask('authorize', { apiKey, body: call('no number') });
    expect([allowed, again, denied, unreadable].map(({ body }) => body.reasonCode as string)).toEqual([
      'allowed',
      'allowed',
      'daily_limit_reached',
      'destination_invalid',
    ]);
    expect([allowed.replayed, again.replayed]).toEqual([null, 'true']);
  });

  it('is true of text', async () => {
    const answers = [
      await ask('authorize', { apiKey, headers: text, body: call() }),
      await ask('authorize', { apiKey, headers: text, body: call() }),
      await ask('authorize', { headers: text, body: call() }),
    ];
    expect(answers.map(({ type }) => type)).toEqual(['text/plain', 'text/plain', 'text/plain']);
    expect(answers.map(({ body }) => (body as string).split(' ')[0])).toEqual(['allow', 'deny', 'error']);
  });

  it('is true of 403, be it a denial or a problem, in JSON or as text', async () => {
    const reader = await createApiKey(db, { organizationId, scopes: ['numbers:read'] });
    const headers = { 'idempotency-key': crypto.randomUUID() };
    const body = call(FRANCE);
    const answers = [
      await ask('authorize?statusOnDeny=403', { apiKey, headers, body }),
      await ask('authorize?statusOnDeny=403', { apiKey, headers, body }),
      await ask('authorize?statusOnDeny=403', { apiKey, headers: text, body }),
      await ask('authorize', { apiKey: reader.key, body }),
      await ask('authorize', { apiKey: reader.key, headers: text, body }),
    ];
    expect(answers.map(({ status, type, replayed }) => [status, type, replayed])).toEqual([
      [403, 'application/json', null],
      [403, 'application/json', 'true'],
      [403, 'text/plain', null],
      [403, 'application/problem+json', null],
      [403, 'text/plain', null],
    ]);
  });

  it('is true of a batch: a decision, a retry, and a key that belongs to another call', async () => {
    const idempotencyKey = crypto.randomUUID();
    await ask('authorize-batch', { apiKey, body: { calls: [{ ...call(), idempotencyKey }] } });
    const calls = [call(), { ...call(), idempotencyKey }, { ...call(FRANCE), idempotencyKey }];
    const { body } = await ask('authorize-batch', { apiKey, body: { calls } });
    expect(body.decisions).toMatchObject([
      { reasonCode: 'daily_limit_reached' },
      { reasonCode: 'allowed', replayed: true },
      { allowed: false, error: { code: 'idempotency_key_reused' } },
    ]);
    await ask('authorize-batch', { apiKey, headers: text, body: { calls: [] } });
  });

  it('is true of who is not known: how to say it stands in a header', async () => {
    const { headers, body, described } = await ask('authorize', { body: call() });
    expect(body.code).toBe('authentication_required');
    expect(headers.get('www-authenticate')).toContain('Basic realm="ringfence"');
    expect(Object.keys(described.headers!)).toEqual(['WWW-Authenticate']);
  });

  it('is true of a gate that cannot decide: when to ask again stands in a header', async () => {
    await db.query('alter table agent_phone_numbers rename to agent_phone_numbers_away');
    try {
      const { headers, body, described } = await ask('authorize', { apiKey, body: call() });
      expect(body.code).toBe('gate_unavailable');
      expect(Object.keys(described.headers!)).toEqual(['Retry-After']);
      expect(description.faultsOf(RETRY_AFTER, Number(headers.get('retry-after')))).toEqual([]);
      await ask('authorize', { apiKey, headers: text, body: call() });
    } finally {
      await db.query('alter table agent_phone_numbers_away rename to agent_phone_numbers');
    }
  });

  it('finds an answer that is not as described', () => {
    const undecided = { allowed: false, error: { code: 'idempotency_key_reused', message: 'Send a new key.' } };
    const item = '/components/schemas/BatchDecisionsDto/properties/decisions/items';
    expect(description.faultsOf(item, undecided)).toEqual([]);
    for (const wrong of [{}, { ...undecided, allowed: true }, { ...undecided, used: 1 }, { allowed: false }]) {
      expect(description.faultsOf(item, wrong)).not.toEqual([]);
    }
    expect(description.faultsOf('/components/schemas/CallDecisionDto', undecided)).not.toEqual([]);
  });
});
