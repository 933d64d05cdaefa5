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
const FRANCE = '+33140205050';

interface Item {
  allowed: boolean;
  authorizationId?: string;
  reasonCode?: string;
  used?: number;
  replayed?: boolean;
  error?: { code: string; message: string };
}

describe('POST /call-gate/authorize-batch', () => {
  let db: TestDatabase;
  let api: RunningApi;
  let organizationId: string;
  let key: string;

  beforeAll(async () => {
    db = await createTestDatabase();
    api = await startApi({ databaseUrl: db.url });
    organizationId = await createOrganization(db, { defaultAllowedCountries: ['CA'] });
    key = (await createApiKey(db, { organizationId, scopes: ['calls:authorize'] })).key;
  });

  afterAll(async () => {
    await api?.close();
    await db?.drop();
  });

  async function agentWithLimit(dailyLimit: number): Promise<string> {
    const agentId = await createAgent(db, { organizationId });
    const phoneNumberId = await createPhoneNumber(db, { organizationId });
    await createAssignment(db, { organizationId, agentId, phoneNumberId, dailyLimit });
    return agentId;
  }

  const send = (body: unknown, path = '/call-gate/authorize-batch') =>
    request(`${api.url}/api/v1${path}`, { method: 'POST', apiKey: key, body });

  async function decide(calls: unknown[]): Promise<Item[]> {
    const { status, body } = await send({ calls });
    expect(status).toBe(200);
    return (body as { decisions: Item[] }).decisions;
  }

  it('refuses an Idempotency-Key of the whole batch, and counts nothing', async () => {
    const agentId = await agentWithLimit(1);
    const answer = await request(`${api.url}/api/v1/call-gate/authorize-batch`, {
      apiKey: key,
      body: { calls: [{ agentId, destination: CANADA }] },
      headers: { 'idempotency-key': 'batch-1' },
    });
    expect(answer).toMatchObject({
      status: 400,
      body: {
        code: 'validation_failed',
        errors: { 'Idempotency-Key': expect.stringContaining('give each call of the batch an idempotencyKey') },
      },
    });
    expect(await decide([{ agentId, destination: CANADA }])).toMatchObject([{ allowed: true, used: 1 }]);
  });

  it('answers every call in its order, allowed and refused side by side', async () => {
    const agentId = await agentWithLimit(2);
    const decisions = await decide([
      { agentId, destination: CANADA },
      { agentId, destination: FRANCE },
      { agentId, destination: CANADA },
      { agentId, destination: 'no number' },
      { agentId, destination: CANADA },
    ]);
    expect(decisions.map(({ reasonCode }) => reasonCode)).toEqual([
      'allowed',
      'country_not_allowed',
      'allowed',
      'destination_invalid',
      'daily_limit_reached',
    ]);
    expect(decisions.map(({ allowed }) => allowed)).toEqual([true, false, true, false, false]);
  });

  it('admits exactly what is left of the limit from 500 calls, and writes each to the ledger', async () => {
    const agentId = await agentWithLimit(123);
    const decisions = await decide(Array.from({ length: 500 }, () => ({ agentId, destination: CANADA })));
    expect(decisions.filter(({ allowed }) => allowed)).toHaveLength(123);
    const [ledger] = await db.query('select count(*)::int as calls from call_authorizations where agent_id = $1', [
      agentId,
    ]);
    expect(ledger).toEqual({ calls: 500 });
  });

  it('counts a call once that is asked for again with its key, in a batch or alone', async () => {
    const agentId = await agentWithLimit(10);
    const calls = ['a', 'b'].map((name) => ({ agentId, destination: CANADA, idempotencyKey: `${agentId} ${name}` }));
    const first = await decide(calls);
    const second = await decide([...calls, { ...calls[0], destination: FRANCE }]);
    expect(second.map(({ authorizationId }) => authorizationId)).toEqual([
      first[0]!.authorizationId,
      first[1]!.authorizationId,
      undefined,
    ]);
    expect(second.map(({ replayed }) => replayed)).toEqual([true, true, undefined]);
    expect(second[2]).toMatchObject({ allowed: false, error: { code: 'idempotency_key_reused' } });
    const alone = await request(`${api.url}/api/v1/call-gate/authorize`, {
      method: 'POST',
      apiKey: key,
      headers: { 'idempotency-key': calls[1]!.idempotencyKey },
      body: { agentId, destination: CANADA },
    });
    expect(alone.body.authorizationId).toBe(first[1]!.authorizationId);
    const [counter] = await db.query('select calls_made_today from agent_phone_numbers where agent_id = $1', [agentId]);
    expect(counter).toEqual({ calls_made_today: 2 });
  });

  it('decides calls of an agent with two numbers beside one that is asked for again', async () => {
    const agentId = await agentWithLimit(10);
    const again = { agentId, destination: CANADA, idempotencyKey: `${agentId} again` };
    const [first] = await decide([again]);
    const twoNumbers = await agentWithLimit(1);
    const phoneNumberId = await createPhoneNumber(db, { organizationId });
    await createAssignment(db, { organizationId, agentId: twoNumbers, phoneNumberId, dailyLimit: 1 });
    const call = { agentId: twoNumbers, destination: CANADA };
    const decisions = await decide([again, call, { agentId, destination: CANADA }, call, call]);
    expect(decisions.map(({ reasonCode, replayed }) => [reasonCode, replayed])).toEqual([
      ['allowed', true],
      ['allowed', undefined],
      ['allowed', undefined],
      ['allowed', undefined],
      ['daily_limit_reached', undefined],
    ]);
    expect(decisions[0]!.authorizationId).toBe(first!.authorizationId);
    const counters = await db.query(
      'select calls_made_today from agent_phone_numbers where agent_id = any ($1) order by agent_id, id',
      [[agentId, twoNumbers]],
    );
    expect(counters.map((row) => row['calls_made_today'] as number)).toEqual([2, 1, 1]);
  });

  it('refuses a batch that is wrong in one call as a whole, names the call, and counts nothing', async () => {
    const agentId = await agentWithLimit(10);
    const good = { agentId, destination: CANADA };
    const wrong: [unknown, string][] = [
      [{ calls: [good, { agentId }] }, 'calls[1].destination'],
      [{ calls: [good, { ...good, agentId: 'me' }] }, 'calls[1].agentId'],
      [{ calls: [good, { ...good, country: 'CA' }] }, 'calls[1].country'],
      [{ calls: [good, null] }, 'calls[1]'],
      [{ calls: [good, 7] }, 'calls[1]'],
      [{ calls: [good, { ...good, idempotencyKey: 'é' }] }, 'calls[1].idempotencyKey'],
      [{ calls: [good, { ...good, idempotencyKey: 7 }] }, 'calls[1].idempotencyKey'],
      [{ calls: [good], mode: 'x' }, 'mode'],
      [{ calls: [] }, 'calls'],
      [{ calls: Array.from({ length: 501 }, () => good) }, 'calls'],
      [{}, 'calls'],
      [[good], 'calls'],
    ];
    for (const [body, field] of wrong) {
      const answer = await send(body);
      expect([field, answer.status, answer.body.code]).toEqual([field, 400, 'validation_failed']);
      expect(Object.keys(answer.body.errors as object)).toContain(field);
    }
    expect((await send({ calls: [good] }, '/call-gate/authorize-batch?statusOnDeny=403')).status).toBe(400);
    const [counter] = await db.query('select calls_made_today from agent_phone_numbers where agent_id = $1', [agentId]);
    expect(counter).toEqual({ calls_made_today: 0 });
  });

  it('decides all calls of a batch or none when too many wait', async () => {
    const env = { GATE_QUEUE_SIZE: '500', GATE_BATCH_SIZE: '16', GATE_POOL_SIZE: '1' };
    const small = await startApi({ databaseUrl: db.url, env });
    const holder = await db.connect();
    try {
      const agentId = await agentWithLimit(1_000);
      // As long as the table is locked nothing is decided, so the first 500 calls leave no room for others.
      await holder.query('begin');
      await holder.query('lock table agent_phone_numbers in exclusive mode');
      const body = { calls: Array.from({ length: 500 }, () => ({ agentId, destination: CANADA })) };
      const url = `${small.url}/api/v1/call-gate/authorize-batch`;
      const answers = [1, 2, 3].map(() => request(url, { method: 'POST', apiKey: key, body }));
      const refused: Awaited<(typeof answers)[number]>[] = [];
      await new Promise<void>((resolve, reject) => {
        for (const answer of answers) answer.then((it) => refused.push(it) === 2 && resolve(), reject);
      });
      await holder.query('commit');
      for (const { status, headers, body: problem } of refused.slice(0, 2)) {
        expect([status, headers.get('retry-after'), problem.code]).toEqual([503, '1', 'gate_unavailable']);
      }
      const decided = (await Promise.all(answers)).filter(({ status }) => status === 200);
      expect(decided.map(({ body: { decisions } }) => (decisions as Item[]).every(({ allowed }) => allowed))).toEqual([
        true,
      ]);
      const [ledger] = await db.query('select count(*)::int as calls from call_authorizations where agent_id = $1', [
        agentId,
      ]);
      expect(ledger).toEqual({ calls: 500 });
      const { body: metrics } = await request<string>(`${small.url}/metrics`);
      expect(metrics).toContain('ringfence_gate_unavailable_total{cause="queue_full"} 1000\n');
    } finally {
      await holder.end();
      await small.close();
    }
  });

  it('does not start with a queue that a full batch never fits into', async () => {
    const start = startApi({ databaseUrl: db.url, env: { GATE_QUEUE_SIZE: '499' } });
    await expect(start).rejects.toThrow('GATE_QUEUE_SIZE');
  });

  it('lets a person authorize calls of the own agent only', async () => {
    const userId = await createUser(db, { organizationId, role: 'agent', email: 'dialer@batch.test' });
    const own = await createAgent(db, { organizationId, kind: 'human', userId });
    const token = await signIn(api.url, 'dialer@batch.test');
    const other = await agentWithLimit(5);
    const ask = (agents: string[]) =>
      request(`${api.url}/api/v1/call-gate/authorize-batch`, {
        method: 'POST',
        token,
        body: { calls: agents.map((agentId) => ({ agentId, destination: CANADA })) },
      });
    expect((await ask([own, own])).body.decisions).toMatchObject([
      { reasonCode: 'no_assignment' },
      { reasonCode: 'no_assignment' },
    ]);
    expect((await ask([own, other])).body.code).toBe('permission_denied');
  });

  it('refuses callers without credentials or without the scope', async () => {
    const { key: reader } = await createApiKey(db, { organizationId, scopes: ['numbers:read'] });
    const url = `${api.url}/api/v1/call-gate/authorize-batch`;
    const body = { calls: [{ agentId: await agentWithLimit(1), destination: CANADA }] };
    expect((await request(url, { method: 'POST', body })).status).toBe(401);
    expect((await request(url, { method: 'POST', apiKey: reader, body })).status).toBe(403);
  });
});
