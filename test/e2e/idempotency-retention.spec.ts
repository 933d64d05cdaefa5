import { readFileSync } from 'node:fs';
import { IDEMPOTENCY_RETENTION_HOURS } from '../../apps/api/src/config/env.schema.js';
import { readEnv } from '../../apps/api/src/config/env.js';
import { IdempotencyKeyPurge } from '../../apps/api/src/modules/call-gate/retention/idempotency-key-purge.js';
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

const CANADA = '+14165550123';
const FRANCE = '+33140205050';
const DECIDED_AT = '2026-06-01T12:00:00Z';
const LAST_MOMENT = '2026-06-04T11:59:59Z';
const OVER = '2026-06-04T12:00:00Z';

interface Decision {
  authorizationId: string;
  used: number;
}

describe('how long an idempotency key holds', () => {
  let db: TestDatabase;
  let api: RunningApi;
  let organizationId: string;
  let apiKey: string;
  let agentId: string;

  beforeAll(async () => {
    db = await createTestDatabase();
    api = await startApi({ databaseUrl: db.url });
    organizationId = await createOrganization(db, { defaultAllowedCountries: ['CA', 'FR'] });
    apiKey = (await createApiKey(db, { organizationId, scopes: ['calls:authorize'] })).key;
  });

  afterAll(async () => {
    await api?.close();
    await db?.drop();
  });

  beforeEach(async () => {
    await turnClockTo(DECIDED_AT);
    await db.query('truncate idempotency_keys');
    agentId = await createAgent(db, { organizationId });
    const phoneNumberId = await createPhoneNumber(db, { organizationId });
    await createAssignment(db, { organizationId, agentId, phoneNumberId });
  });

  async function turnClockTo(instant: string): Promise<void> {
    await db.query(`create or replace function ringfence_clock() returns timestamptz language sql volatile parallel safe
      as $$ select timestamptz '${instant}' $$`);
  }

  const purge = () => api.app.get(IdempotencyKeyPurge, { strict: false }).run();

  async function alone(key: string, destination = CANADA) {
    const { status, headers, body } = await request<Decision>(`${api.url}/api/v1/call-gate/authorize`, {
      apiKey,
      headers: { 'idempotency-key': key },
      body: { agentId, destination },
    });
    return { status, replayed: headers.get('idempotent-replayed') === 'true', body };
  }

  async function inBatch(key: string, destination = CANADA) {
    const { status, body } = await request<{ decisions: (Decision & { replayed?: boolean })[] }>(
      `${api.url}/api/v1/call-gate/authorize-batch`,
      { apiKey, body: { calls: [{ agentId, destination, idempotencyKey: key }] } },
    );
    const { replayed = false, ...decision } = body.decisions[0]!;
    return { status, replayed, body: decision };
  }

  /** The same decision, whose lease ran out long before its key. */
  const expired = <Answer extends { body: object }>(first: Answer) => ({
    ...first,
    replayed: true,
    body: {
      ...first.body,
      ...{ allowed: false, reasonCode: 'authorization_expired', expiresAt: null, message: expect.any(String) },
    },
  });

  async function callsInLedger(): Promise<number> {
    const [row] = await db.query('select count(*)::int as calls from call_authorizations where agent_id = $1', [
      agentId,
    ]);
    return row!['calls'] as number;
  }

  describe.each([
    ['alone', alone],
    ['in a batch', inBatch],
  ])('of a call %s', (_, authorize) => {
    it('is 72 hours: a purge before that leaves the first decision to the retry', async () => {
      const key = crypto.randomUUID();
      const first = await authorize(key);
      await turnClockTo(LAST_MOMENT);
      expect(await purge()).toBe(0);
      expect(await authorize(key)).toEqual(expired(first));
      expect(await callsInLedger()).toBe(1);
    });

    it('lasts until the key is purged: a retry between is replayed and counted once', async () => {
      const key = crypto.randomUUID();
      const first = await authorize(key);
      await turnClockTo(OVER);
      expect(await authorize(key)).toEqual(expired(first));
      expect(await callsInLedger()).toBe(1);
      expect((await alone(key, FRANCE)).status).toBe(422);
      // A retry does not make the key younger.
      expect(await purge()).toBe(1);
    });

    it('is over with the purge: the same key is a new call, with an authorization of its own that is counted', async () => {
      const key = crypto.randomUUID();
      const first = await authorize(key);
      await turnClockTo(OVER);
      expect(await purge()).toBe(1);
      const second = await authorize(key);
      expect(second).toMatchObject({ status: 200, replayed: false, body: { used: 1 } });
      expect(second.body.authorizationId).not.toBe(first.body.authorizationId);
      expect(await callsInLedger()).toBe(2);
      expect(await authorize(key)).toEqual({ ...second, replayed: true });
    });

    it('is over with the purge: the key may be of another call then', async () => {
      const key = crypto.randomUUID();
      await authorize(key);
      await turnClockTo(OVER);
      await purge();
      expect(await authorize(key, FRANCE)).toMatchObject({ status: 200, replayed: false, body: { used: 1 } });
    });
  });

  it('cannot be set below 48 hours', () => {
    const settings = {
      DATABASE_URL: 'postgres://unused',
      SYSTEM_DATABASE_URL: 'postgres://unused',
      JWT_SECRET: 'unused'.repeat(8),
    };
    expect(readEnv(settings).IDEMPOTENCY_RETENTION_HOURS).toBe(72);
    expect(readEnv({ ...settings, IDEMPOTENCY_RETENTION_HOURS: '48' }).IDEMPOTENCY_RETENTION_HOURS).toBe(48);
    expect(() => readEnv({ ...settings, IDEMPOTENCY_RETENTION_HOURS: '47' })).toThrow('IDEMPOTENCY_RETENTION_HOURS');
  });

  it.each([
    'README.md',
    'docs/operating.md',
    'docs/problems/idempotency_key_reused.md',
    'docs/problems/gate_unavailable.md',
  ])('is told in %s', (page) => {
    const text = readFileSync(page, 'utf8').replace(/\s+/g, ' ');
    const { least, usual } = IDEMPOTENCY_RETENTION_HOURS;
    for (const statement of [
      `${usual} hours`,
      `${least} hours at least`,
      'IDEMPOTENCY_RETENTION_HOURS',
      'a new call',
    ]) {
      expect(text).toContain(statement);
    }
  });

  it('is told with the header and with the field of a batch', async () => {
    const { paths, components } = (await request(`${api.url}/api/openapi.json`)).body;
    const { parameters } = paths['/api/v1/call-gate/authorize'].post as { parameters: Record<string, string>[] };
    const header = parameters.find(({ name }) => name === 'Idempotency-Key')!;
    for (const { description } of [header, components.schemas.BatchCallDto.properties.idempotencyKey]) {
      expect(description).toContain('holds for 72 hours');
      expect(description).toContain('48 hours at least');
      expect(description).toContain('the same key is a new call');
    }
  });
});
