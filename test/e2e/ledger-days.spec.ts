import { readEnv } from '../../apps/api/src/config/env.js';
import { LedgerDays } from '../../apps/api/src/modules/call-gate/call-gate.public.js';
import { MidnightService } from '../../apps/api/src/modules/usage/midnight.service.js';
import { type RunningApi, startApi } from '../support/api.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import {
  createAgent,
  createApiKey,
  createAssignment,
  createOrganization,
  createPhoneNumber,
} from '../support/fixtures.js';
import { request } from '../support/http.js';
import { fillLedger } from '../support/ledger.js';

const DAY_MS = 86_400_000;
const dayOf = (daysAgo: number) => new Date(Date.now() - daysAgo * DAY_MS).toISOString().slice(0, 10);

describe('the ledger by days', () => {
  let db: TestDatabase;
  let api: RunningApi;
  let organizationId: string;
  let apiKey: string;
  let agentId: string;

  beforeAll(async () => {
    db = await createTestDatabase();
    api = await startApi({ databaseUrl: db.url, env: { LEDGER_RETENTION_DAYS: '7' } });
    organizationId = await createOrganization(db, { defaultAllowedCountries: ['CA'], timeZone: 'UTC' });
    const scopes = ['calls:authorize', 'calls:settle', 'calls:read', 'usage:read'] as const;
    apiKey = (await createApiKey(db, { organizationId, scopes: [...scopes] })).key;
    agentId = await createAgent(db, { organizationId });
    const phoneNumberId = await createPhoneNumber(db, { organizationId });
    await createAssignment(db, { organizationId, agentId, phoneNumberId, dailyLimit: 100 });
  });
  afterAll(async () => {
    await api?.close();
    await db?.drop();
  });

  const job = () => api.app.get(LedgerDays, { strict: false });
  const gate = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    request(`${api.url}/api/v1/call-gate/${path}`, { apiKey, body, headers });
  const authorize = (key: string) =>
    gate('authorize', { agentId, destination: '+14165550123' }, { 'idempotency-key': key });
  const ledgerOf = async () => (await request(`${api.url}/readyz`)).body.info?.ledger;
  const partitionOf = async (id: string) =>
    (await db.query('select tableoid::regclass::text as day from call_authorizations where id = $1', [id]))[0]!['day'];

  it('decides calls of a day that has no partition, says so, and is mended by the job', async () => {
    await eventually(async () => (await ledgerOf())?.status === 'up');
    for (const { name } of await db.query(
      'select relation::text as name from ledger_days() order by day desc limit 15',
    )) {
      await db.query(`drop table ${name}`);
    }
    const first = await authorize('without-a-day');
    expect(first).toMatchObject({ status: 200, body: { allowed: true } });
    const id = first.body.authorizationId as string;
    expect(await partitionOf(id)).toBe('ledger.unplaced');

    await eventually(async () => (await ledgerOf())?.status === 'degraded');
    const { status, body } = await request(`${api.url}/readyz`);
    expect([status, body.status]).toEqual([200, 'ok']);
    expect(body.info.ledger.message).toContain('1 calls of the ledger lie in no day');

    expect(await job().run()).toEqual({ made: 15, moved: 1, dropped: 0 });
    expect(await partitionOf(id)).toBe(`ledger.day_${dayOf(0).replaceAll('-', '_')}`);
    await eventually(async () => (await ledgerOf())?.status === 'up');
    expect(await authorize('without-a-day')).toMatchObject({ status: 200, body: { ...first.body, allowed: true } });
    expect((await gate(`authorizations/${id}/complete`, { disposition: 'answered' })).status).toBe(200);
  });

  it('waits out the moment in which a day is made', async () => {
    const maker = await db.connect();
    await maker.query('begin');
    await maker.query('lock table only call_authorizations in access exclusive mode');
    const asked = authorize('while-a-day-is-made');
    await eventually(async () => {
      const waiting = await db.query(
        `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      );
      return waiting.length > 0;
    });
    await maker.query('commit');
    await maker.end();
    expect(await asked).toMatchObject({ status: 200, body: { allowed: true } });
  });

  it('tells how far it reaches', async () => {
    await eventually(async () => {
      const { body } = await request<string>(`${api.url}/metrics`);
      return /^ringfence_ledger_days_ahead 14$/m.test(body) && /^ringfence_ledger_unplaced_rows 0$/m.test(body);
    });
  });

  it('answers retries of a call whose day was dropped: denied, counted once, with its id', async () => {
    const first = (await authorize('of-a-dropped-day')).body;
    await db.query('delete from call_authorizations where id = $1', [first.authorizationId]);
    const { status, headers, body } = await authorize('of-a-dropped-day');
    expect(status).toBe(200);
    expect(headers.get('idempotent-replayed')).toBe('true');
    expect(body).toMatchObject({
      allowed: false,
      reasonCode: 'authorization_expired',
      authorizationId: first.authorizationId,
      expiresAt: null,
      destination: first.destination,
    });
    expect(
      (await gate('authorize', { agentId, destination: '+14165550199' }, { 'idempotency-key': 'of-a-dropped-day' }))
        .status,
    ).toBe(422);
    const settled = await gate(`authorizations/${first.authorizationId}/complete`, { disposition: 'answered' });
    expect(settled.body.code).toBe('record_not_found');
  });

  it('keeps the usage of days that it dropped, and answers the rest of the decision log', async () => {
    await db.query('update organizations set created_at = $2 where id = $1', [organizationId, dayOf(9)]);
    for (const days of [9, 8, 6]) {
      await db.query('select make_ledger_day($1::date, 0)', [dayOf(days)]);
      const from = new Date(`${dayOf(days)}T12:00:00Z`);
      await fillLedger(db, { organizationId, calls: days, from, agentId, reasonCode: 'country_not_allowed' });
    }
    await api.app.get(MidnightService, { strict: false }).run();
    const usage = async () => {
      const { body } = await request(`${api.url}/api/v1/usage/daily?from=${dayOf(10)}&to=${dayOf(5)}`, { apiKey });
      return body.rows.map((row: { localDate: string; callsDenied: number }) => [row.localDate, row.callsDenied]);
    };
    const log = async () => {
      let calls = 0;
      for (let cursor = '', isMore = true; isMore;) {
        const path = `call-gate/authorizations?decision=denied&limit=100${cursor}`;
        const { items, nextCursor } = (await request(`${api.url}/api/v1/${path}`, { apiKey })).body;
        calls += items.length as number;
        isMore = nextCursor !== null;
        cursor = `&cursor=${nextCursor}`;
      }
      return calls;
    };
    const before = await usage();
    expect(before).toEqual([9, 8, 6].map((days) => [dayOf(days), days]));
    expect(await log()).toBe(23);
    expect(await job().run()).toMatchObject({ dropped: 2 });
    expect(await usage()).toEqual(before);
    expect(await log()).toBe(6);
  });

  describe('LEDGER_RETENTION_DAYS', () => {
    const settings = {
      DATABASE_URL: 'postgres://unused',
      SYSTEM_DATABASE_URL: 'postgres://unused',
      JWT_SECRET: 'unused'.repeat(8),
    };
    const read = (extra: Record<string, string>) => () => readEnv({ ...settings, ...extra }).LEDGER_RETENTION_DAYS;

    it('is off when it is left out', () => {
      expect(read({})()).toBeUndefined();
      expect(read({ LEDGER_RETENTION_DAYS: '' })()).toBeUndefined();
    });

    it.each([
      ['4', {}, null],
      ['3', {}, 'at least 4, because the usage of a day is rolled up from it until then'],
      ['0', {}, 'LEDGER_RETENTION_DAYS'],
      ['9', { IDEMPOTENCY_RETENTION_HOURS: '240' }, 'at least 10, because retries are answered from it'],
      ['10', { IDEMPOTENCY_RETENTION_HOURS: '240' }, null],
      ['6', { GATE_LEASE_MINUTES: '10080' }, 'at least 7, because calls are settled in it'],
      ['7', { GATE_LEASE_MINUTES: '10080' }, null],
    ])('of %s with %j is judged by what the ledger is needed for', (days, others, complaint) => {
      const reading = read({ LEDGER_RETENTION_DAYS: days, ...others });
      if (complaint === null) expect(reading()).toBe(Number(days));
      else expect(reading).toThrow(complaint);
    });
  });
});
