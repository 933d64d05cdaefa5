import { randomUUID } from 'node:crypto';
import { startApi, type RunningApi } from '../support/api.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import {
  createAgent,
  createApiKey,
  createAssignment,
  createOrganization,
  createPhoneNumber,
} from '../support/fixtures.js';
import { request } from '../support/http.js';

const CANADA = '+14165550123';
const TEXT = { accept: 'text/plain' };

describe('settling calls by what the dialer knows of them', () => {
  let db: TestDatabase;
  let api: RunningApi;
  let agentId: string;
  let assignmentId: string;
  let dialer: string;
  let otherDialer: string;
  let rival: string;

  beforeAll(async () => {
    db = await createTestDatabase();
    api = await startApi({ databaseUrl: db.url });
    const organizationId = await createOrganization(db, { defaultAllowedCountries: ['CA'] });
    const scopes = ['calls:authorize', 'calls:settle'] as const;
    dialer = (await createApiKey(db, { organizationId, scopes: [...scopes] })).key;
    otherDialer = (await createApiKey(db, { organizationId, scopes: [...scopes] })).key;
    const rivalId = await createOrganization(db);
    rival = (await createApiKey(db, { organizationId: rivalId, scopes: [...scopes] })).key;
    agentId = await createAgent(db, { organizationId });
    const phoneNumberId = await createPhoneNumber(db, { organizationId });
    assignmentId = await createAssignment(db, { organizationId, agentId, phoneNumberId, dailyLimit: 1_000 });
  });
  afterAll(async () => {
    await api?.close();
    await db?.drop();
  });

  const post = (path: string, body: unknown, apiKey = dialer, headers: Record<string, string> = {}) =>
    request(`${api.url}/api/v1/call-gate/${path}`, { apiKey, body, headers });

  async function authorized(): Promise<{ key: string; id: string }> {
    const key = randomUUID();
    const { body } = await post('authorize', { agentId, destination: CANADA }, dialer, { 'idempotency-key': key });
    return { key, id: body.authorizationId as string };
  }

  const counted = async () =>
    (await db.query('select calls_made_today from agent_phone_numbers where id = $1', [assignmentId]))[0]![
      'calls_made_today'
    ] as number;

  it.each(['idempotencyKey', 'authorizationId'] as const)('completes a call by its %s, once', async (name) => {
    const { key, id } = await authorized();
    const body = { [name]: name === 'idempotencyKey' ? key : id, disposition: 'busy', sipCode: 486 };
    expect(await post('complete', body)).toMatchObject({ status: 200, body: { id, status: 'completed' } });
    expect(await post('complete', body)).toMatchObject({ status: 200, body: { id, status: 'completed' } });
    const other = await post('complete', { ...body, disposition: 'answered' });
    expect([other.status, other.body.code]).toEqual([409, 'authorization_settled']);
  });

  it('gives a call back by its key, and counts it no more', async () => {
    const { key, id } = await authorized();
    const before = await counted();
    const body = { idempotencyKey: key, reason: 'not_dialed' };
    expect(await post('void', body)).toMatchObject({ status: 200, body: { id, status: 'voided' } });
    expect(await post('void', body)).toMatchObject({ status: 200 });
    expect(await counted()).toBe(before - 1);
  });

  it('says of a key that was never used that there is no such call, and in the same words of the keys of others', async () => {
    const { key } = await authorized();
    const unused = await post('void', { idempotencyKey: randomUUID(), reason: 'not_dialed' });
    const others = await post('void', { idempotencyKey: key, reason: 'not_dialed' }, otherDialer);
    const foreign = await post('void', { idempotencyKey: key, reason: 'not_dialed' }, rival);
    for (const { status, body } of [unused, others, foreign]) {
      expect([status, body.code, body.detail]).toEqual([404, 'record_not_found', unused.body.detail]);
    }
  });

  it('answers one line to scripts', async () => {
    const [a, b] = [await authorized(), await authorized()];
    const completed = await post('complete', { idempotencyKey: a.key, disposition: 'answered' }, dialer, TEXT);
    expect([completed.status, completed.body]).toEqual([200, `completed ${a.id}\n`]);
    const voided = await post(`authorizations/${b.id}/void`, { reason: 'not_dialed' }, dialer, TEXT);
    expect([voided.status, voided.body]).toEqual([200, `voided ${b.id}\n`]);
    const late = await post('void', { idempotencyKey: a.key, reason: 'not_dialed' }, dialer, TEXT);
    expect([late.status, late.body]).toEqual([409, 'error authorization_settled\n']);
  });

  it.each([
    ['no name', { disposition: 'busy' }, 'authorizationId'],
    ['both names', { disposition: 'busy', authorizationId: randomUUID(), idempotencyKey: 'x' }, 'authorizationId'],
    ['an id that is none', { disposition: 'busy', authorizationId: 'x' }, 'authorizationId'],
    ['an empty key', { disposition: 'busy', idempotencyKey: '' }, 'idempotencyKey'],
    ['an endless key', { disposition: 'busy', idempotencyKey: 'x'.repeat(256) }, 'idempotencyKey'],
    ['no disposition', { idempotencyKey: 'x' }, 'disposition'],
  ])('refuses %s', async (_what, body, field) => {
    const { status, body: problem } = await post('complete', body);
    expect([status, Object.keys(problem.errors as object)]).toEqual([400, [field]]);
  });

  describe('by batch', () => {
    it('settles each for itself, and answers in their order', async () => {
      const [a, b, c] = [await authorized(), await authorized(), await authorized()];
      const body = {
        complete: [
          { idempotencyKey: a.key, disposition: 'answered', durationSeconds: 3 },
          { idempotencyKey: randomUUID(), disposition: 'answered' },
          { authorizationId: b.id, disposition: 'busy' },
        ],
        void: [{ idempotencyKey: c.key, reason: 'trunk_unavailable' }],
      };
      const { status, body: answer } = await post('settle-batch', body);
      expect(status).toBe(200);
      expect(answer).toEqual({
        complete: [
          { authorizationId: a.id, status: 'completed', corrected: false },
          { error: { code: 'record_not_found', message: expect.any(String) } },
          { authorizationId: b.id, status: 'completed', corrected: false },
        ],
        void: [{ authorizationId: c.id, status: 'voided', corrected: false }],
      });
      const text = await post('settle-batch', body, dialer, TEXT);
      expect(text.body).toBe(`completed ${a.id}\nerror record_not_found\ncompleted ${b.id}\nvoided ${c.id}\n`);
    });

    it.each([
      ['nothing', {}, 'complete'],
      ['empty lists', { complete: [], void: [] }, 'complete'],
      [
        '501 calls',
        { void: Array.from({ length: 501 }, () => ({ idempotencyKey: 'x', reason: 'not_dialed' })) },
        'void',
      ],
      ['a call without a name', { complete: [{ disposition: 'busy' }] }, 'complete[0].authorizationId'],
      ['a reason that is none', { void: [{ idempotencyKey: 'x', reason: 'bored' }] }, 'void[0].reason'],
      ['an unknown field', { settle: [] }, 'settle'],
    ])('refuses %s as a whole', async (_what, body, field) => {
      const { status, body: problem } = await post('settle-batch', body);
      expect([status, problem.code]).toEqual([400, 'validation_failed']);
      expect(Object.keys(problem.errors as object)).toEqual([field]);
    });
  });

  it('challenges a client that sends its password only then, and no browser', async () => {
    const url = `${api.url}/api/v1/call-gate/authorize`;
    const ask = (headers: Record<string, string>) =>
      fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: '{}' });
    const challenged = await ask({});
    expect([challenged.status, challenged.headers.get('www-authenticate')]).toEqual([
      401,
      'Bearer realm="ringfence", Basic realm="ringfence"',
    ]);
    const toBrowser = await ask({ origin: 'https://console.example' });
    expect(toBrowser.headers.get('www-authenticate')).toBe('Bearer realm="ringfence"');
    const basic = Buffer.from(`gate:${dialer}`).toString('base64');
    expect((await ask({ authorization: `Basic ${basic}` })).status).toBe(400);
  });
});
