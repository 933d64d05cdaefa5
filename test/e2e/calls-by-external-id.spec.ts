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
const LONDON = '+442079460958';
const EXTERNAL_ID = 'crm, "4711" \\ {NULL}';

let db: TestDatabase;
let api: RunningApi;
let key: string;
let organizationId: string;
let agentId: string;
let phoneNumberId: string;
let assignmentId: string;

beforeAll(async () => {
  db = await createTestDatabase();
  api = await startApi({ databaseUrl: db.url });
  organizationId = await createOrganization(db, { defaultAllowedCountries: ['CA'] });
  key = (await createApiKey(db, { organizationId, scopes: ['calls:authorize'] })).key;
  agentId = await createAgent(db, { organizationId, externalId: EXTERNAL_ID });
  phoneNumberId = await createPhoneNumber(db, { organizationId, e164: LONDON, countryCode: 'GB' });
  assignmentId = await createAssignment(db, { organizationId, agentId, phoneNumberId, dailyLimit: 1_000 });
});
afterAll(async () => {
  await api?.close();
  await db?.drop();
});

const send = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  request(`${api.url}/api/v1/call-gate/${path}`, { method: 'POST', apiKey: key, body, headers });
const keyed = () => ({ 'idempotency-key': randomUUID() });
const callerOf = async (authorizationId: string) => {
  const [row] = await db.query('select agent_id as agent, from_number as from from call_authorizations where id = $1', [
    authorizationId,
  ]);
  return row;
};
const messageOf = (
  answer: { status: number; body: { code: string; errors: Record<string, string> } },
  field: string,
) => {
  expect([answer.status, answer.body.code]).toEqual([400, 'validation_failed']);
  return answer.body.errors[field];
};

describe('a call that names its agent by the external id', () => {
  it('is decided for that agent: alone, in text, in a batch, and in a simulation', async () => {
    const call = { agentExternalId: EXTERNAL_ID, destination: CANADA };
    const alone = await send('authorize', call);
    expect(alone.body).toMatchObject({ allowed: true, from: { phoneNumber: LONDON } });
    expect(await callerOf(alone.body.authorizationId)).toEqual({ agent: agentId, from: LONDON });
    const text = await send('authorize', call, { accept: 'text/plain' });
    expect(text.body).toMatch(new RegExp(`^allow \\${LONDON} [0-9a-f-]{36}\n$`));
    const batch = await send('authorize-batch', {
      calls: [call, { agentId, destination: CANADA }, { ...call, agentExternalId: 'crm' }, { ...call, assignmentId }],
    });
    expect(batch.body.decisions.map(({ reasonCode }: { reasonCode: string }) => reasonCode)).toEqual([
      'allowed',
      'allowed',
      'no_assignment',
      'allowed',
    ]);
    const simulation = await send('simulate', call);
    expect(simulation.body).toMatchObject({ allowed: true, candidates: [{ agentId, assignmentId }] });
  });

  it('answers for an id that nobody has what it answers for an unknown agent', async () => {
    const other = await createOrganization(db);
    await createAgent(db, { organizationId: other, externalId: 'theirs' });
    const facts = ({ status, body, headers }: Awaited<ReturnType<typeof send>>) => [
      status,
      headers.get('content-type'),
      typeof body === 'string' ? body : { ...body, authorizationId: null },
    ];
    for (const path of ['authorize', 'authorize?statusOnDeny=403', 'simulate']) {
      for (const accept of ['application/json', 'text/plain']) {
        if (path === 'simulate' && accept === 'text/plain') continue;
        const unknown = await send(path, { agentId: randomUUID(), destination: CANADA }, { accept });
        for (const agentExternalId of ['nobody', 'theirs', EXTERNAL_ID.toUpperCase()]) {
          const answer = await send(path, { agentExternalId, destination: CANADA }, { accept });
          expect(facts(answer)).toEqual(facts(unknown));
        }
      }
    }
  });

  it('is refused beside an agentId, whether the two agree or not', async () => {
    for (const id of [agentId, randomUUID()]) {
      const both = { agentId: id, agentExternalId: EXTERNAL_ID, destination: CANADA };
      for (const path of ['authorize', 'simulate']) {
        expect(messageOf(await send(path, both), 'agentExternalId')).toBe(
          'must not stand beside agentId: name the agent by one of the two',
        );
      }
      const batch = await send('authorize-batch', { calls: [both] });
      expect(messageOf(batch, 'calls[0].agentExternalId')).toContain('must not stand beside agentId');
      const text = await send('authorize', both, { accept: 'text/plain' });
      expect([text.status, text.body]).toEqual([400, 'error validation_failed\n']);
    }
  });

  it.each([
    ['', 'must have 1 to 200'],
    ['x'.repeat(201), 'must have 1 to 200'],
    ['a\0b', 'must not contain the character NUL'],
    [7, 'must be text'],
  ])('%j is refused', async (agentExternalId, message) => {
    const answer = await send('authorize', { agentExternalId, destination: CANADA });
    expect(messageOf(answer, 'agentExternalId')).toContain(message);
  });

  it('keeps its decision under its key when the id goes to another agent', async () => {
    const other = await createAgent(db, { organizationId });
    const call = { agentExternalId: EXTERNAL_ID, destination: CANADA };
    const headers = keyed();
    const first = await send('authorize', call, headers);
    try {
      await db.query('update agents set external_id = null where id = $1', [agentId]);
      await db.query('update agents set external_id = $2 where id = $1', [other, EXTERNAL_ID]);
      expect((await send('authorize', call)).body.reasonCode).toBe('no_assignment');
      const again = await send('authorize', call, headers);
      expect(again.headers.get('idempotent-replayed')).toBe('true');
      expect(again.body).toEqual(first.body);
    } finally {
      await db.query('update agents set external_id = null where id = $1', [other]);
      await db.query('update agents set external_id = $2 where id = $1', [agentId, EXTERNAL_ID]);
    }
  });

  it('is another call than one with the same key that names another agent, or the same by its id', async () => {
    const headers = keyed();
    const call = { agentExternalId: EXTERNAL_ID, destination: CANADA };
    expect((await send('authorize', call, headers)).status).toBe(200);
    expect((await send('authorize', { ...call, agentExternalId: ` ${EXTERNAL_ID} ` }, headers)).status).toBe(200);
    for (const other of [{ agentExternalId: 'crm' }, { agentExternalId: undefined, agentId }]) {
      const answer = await send('authorize', { ...call, ...other }, headers);
      expect([answer.status, answer.body.code]).toEqual([422, 'idempotency_key_reused']);
    }
  });

  it('may be placed by the person of the agent, and by no other', async () => {
    const people = ['own', 'strange'].map((name) => `${name}@external.test`);
    const [own, strange] = await Promise.all(
      people.map((email) => createUser(db, { organizationId, role: 'agent', email })),
    );
    const mine = await createAgent(db, { organizationId, userId: own!, externalId: 'mine' });
    await createAgent(db, { organizationId, userId: strange!, externalId: 'not mine' });
    const number = await createPhoneNumber(db, { organizationId });
    await createAssignment(db, { organizationId, agentId: mine, phoneNumberId: number, dailyLimit: 50 });
    const token = await signIn(api.url, people[0]!);
    const ask = (path: string, body: unknown) => request(`${api.url}/api/v1/call-gate/${path}`, { token, body });
    for (const path of ['authorize', 'simulate']) {
      expect((await ask(path, { agentExternalId: 'mine', destination: CANADA })).body.reasonCode).toBe('allowed');
      for (const agentExternalId of ['not mine', 'nobody', EXTERNAL_ID]) {
        const refused = await ask(path, { agentExternalId, destination: CANADA });
        expect([refused.status, refused.body.code]).toEqual([403, 'permission_denied']);
      }
    }
    const calls = ['mine', 'mine', 'not mine'].map((agentExternalId) => ({ agentExternalId, destination: CANADA }));
    expect((await ask('authorize-batch', { calls })).status).toBe(403);
    const batch = await ask('authorize-batch', { calls: calls.slice(0, 2) });
    expect(batch.body.decisions.map(({ allowed }: { allowed: boolean }) => allowed)).toEqual([true, true]);
  });
});

describe('the number to call from', () => {
  it.each([
    LONDON,
    '+44 20 7946 0958',
    'tel:+44-20-7946-0958',
    '+44 (20) 7946 0958',
    '\u200e+44\u00a020\u00a07946\u00a00958',
  ])('is found as %j, alone, in a batch and in a simulation', async (from) => {
    const call = { agentId, from, destination: CANADA };
    expect((await send('authorize', call)).body).toMatchObject({ allowed: true, from: { phoneNumber: LONDON } });
    expect((await send('simulate', call)).body).toMatchObject({ allowed: true, from: { phoneNumber: LONDON } });
    const batch = await send('authorize-batch', { calls: [call] });
    expect(batch.body.decisions).toMatchObject([{ allowed: true, from: { phoneNumber: LONDON } }]);
    const text = await send('authorize', call, { accept: 'text/plain' });
    expect(text.body).toContain(`allow ${LONDON} `);
  });

  it.each([
    ['+44 (0)20 7946 0958', `Write ${LONDON} if that is the number.`],
    ['442079460958', `Write ${LONDON} if that is the number.`],
    ['020 7946 0958', 'has no + and country code in front'],
    ['sip:+442079460958@example.com', 'This is a SIP address'],
    ['+44 20 7946 0958 ext 7', 'has an extension'],
    ['anonymous', 'has letters in it'],
    ['', 'is missing'],
  ])('%j is refused, with what to do', async (from, message) => {
    const call = { agentId, from, destination: CANADA };
    expect(messageOf(await send('authorize', call), 'from')).toContain(message);
    expect(messageOf(await send('simulate', call), 'from')).toContain(message);
    expect(messageOf(await send('authorize-batch', { calls: [call] }), 'calls[0].from')).toContain(message);
    const text = await send('authorize', call, { accept: 'text/plain' });
    expect([text.status, text.body]).toEqual([400, 'error validation_failed\n']);
  });

  it('and the destination may be spelled otherwise in a retry, and no other', async () => {
    const headers = keyed();
    const first = await send('authorize', { agentId, from: LONDON, destination: CANADA }, headers);
    const again = { agentId, from: '+44 20 7946 0958', destination: 'tel:+1-416-555-0123' };
    const retried = await send('authorize', again, headers);
    expect([retried.status, retried.headers.get('idempotent-replayed')]).toEqual([200, 'true']);
    expect(retried.body).toEqual(first.body);
    for (const other of [{ destination: '+14165550124' }, { from: '+442079460959' }, { from: null }]) {
      expect((await send('authorize', { ...again, ...other }, headers)).body.code).toBe('idempotency_key_reused');
    }
    const batch = await send('authorize-batch', { calls: [{ ...again, idempotencyKey: headers['idempotency-key'] }] });
    expect(batch.body.decisions).toEqual([{ ...first.body, replayed: true }]);
  });
});

describe('the platform link of the number', () => {
  const link = (platform: string | null, id: string | null) =>
    db.query('update phone_numbers set platform = $2, platform_id = $3 where id = $1', [phoneNumberId, platform, id]);
  afterEach(() => link(null, null));
  const call = { agentExternalId: EXTERNAL_ID, destination: CANADA };

  it('is null where there is none', async () => {
    const from = { phoneNumberId, phoneNumber: LONDON, provider: 'telnyx', platform: null, platformNumberId: null };
    expect((await send('authorize', call)).body.from).toEqual(from);
    expect((await send('simulate', call)).body).toMatchObject({ from, candidates: [{ from }] });
  });

  it.each([
    ['vapi', 'b1e5c3a0-0000-4000-8000-00000000000a'],
    ['livekit', 'ST_a,"b" {c} \\ NULL'],
  ])('is answered for %s: for new calls, retries, denials, batches and simulations', async (platform, id) => {
    const from = { phoneNumberId, phoneNumber: LONDON, provider: 'telnyx', platform, platformNumberId: id };
    await link(platform, id);
    const headers = keyed();
    const first = await send('authorize', call, headers);
    expect(first.body).toMatchObject({ allowed: true, from });
    expect((await send('authorize', { ...call, destination: '+33140205050' })).body).toMatchObject({
      reasonCode: 'country_not_allowed',
      from,
    });
    expect((await send('simulate', call)).body).toMatchObject({ from, candidates: [{ from }] });
    const batch = await send('authorize-batch', { calls: [{ ...call, agentExternalId: 'nobody' }, call] });
    expect(batch.body.decisions).toMatchObject([{ from: null }, { from }]);
    // A retry is told what the call was told, whatever the number has now.
    await link('vapi', 'another');
    expect((await send('authorize', call, headers)).body).toEqual(first.body);
    expect((await send('authorize', call)).body.from).toMatchObject({ platform: 'vapi', platformNumberId: 'another' });
  });

  it('comes with an assignment that is made later', async () => {
    const number = await createPhoneNumber(db, { organizationId });
    await db.query(`update phone_numbers set platform = 'vapi', platform_id = 'first' where id = $1`, [number]);
    const later = await createAgent(db, { organizationId, externalId: 'later' });
    await createAssignment(db, { organizationId, agentId: later, phoneNumberId: number, dailyLimit: 5 });
    const { body } = await send('authorize', { agentExternalId: 'later', destination: CANADA });
    expect(body.from).toMatchObject({ phoneNumberId: number, platform: 'vapi', platformNumberId: 'first' });
  });
});
