import { SchedulerRegistry } from '@nestjs/schedule';
import { Jobs } from '../../apps/api/src/platform/jobs/jobs.js';
import { startApi, type RunningApi } from '../support/api.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
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

const MISSING_ID = '00000000-0000-7000-8000-00000000dead';
const POOL = '00000000-0000-7000-8000-000000000001';
const CANADA = '+14165550123';
const FRANCE = '+33140205050';

describe('/usage', () => {
  let db: TestDatabase;
  let api: RunningApi;
  let serial = 0;

  beforeAll(async () => {
    db = await createTestDatabase();
    api = await startApi({ databaseUrl: db.url });
  });

  afterAll(async () => {
    await api?.close();
    await db?.drop();
  });

  /** An organization with two agents, one of which made 3 calls of 5, was refused twice for a country and once for good. */
  async function office(timeZone = 'America/New_York') {
    serial += 1;
    const organizationId = await createOrganization(db, { timeZone, defaultAllowedCountries: ['CA'] });
    await createUser(db, { organizationId, role: 'admin', email: `admin${serial}@usage.test` });
    await createUser(db, { organizationId, role: 'agent', email: `agent${serial}@usage.test` });
    const admin = await signIn(api.url, `admin${serial}@usage.test`);
    const agentToken = await signIn(api.url, `agent${serial}@usage.test`);
    const { key } = await createApiKey(db, { organizationId, scopes: ['calls:authorize'] });
    const busy = await createAgent(db, { organizationId, name: 'Busy' });
    const idle = await createAgent(db, { organizationId, name: 'Idle', kind: 'ai', status: 'inactive' });
    const phoneNumberId = await createPhoneNumber(db, { organizationId });
    await createPhoneNumber(db, { organizationId });
    const assignmentId = await createAssignment(db, { organizationId, agentId: busy, phoneNumberId, dailyLimit: 5 });

    const call = (path: string, options: Parameters<typeof request>[1] = {}) =>
      request(`${api.url}/api/v1/usage/${path}`, { token: admin, ...options });
    const authorize = async (destination: string, agentId = busy): Promise<string> => {
      const body = { agentId, destination };
      return (await request(`${api.url}/api/v1/call-gate/authorize`, { token: key, body })).body.reasonCode as string;
    };
    for (let i = 0; i < 3; i += 1) expect(await authorize(CANADA)).toBe('allowed');
    for (let i = 0; i < 2; i += 1) expect(await authorize(FRANCE)).toBe('country_not_allowed');
    expect(await authorize(CANADA, MISSING_ID)).toBe('no_assignment');
    const today = (await call('summary')).body.localDate as string;
    return { organizationId, agentToken, busy, idle, phoneNumberId, assignmentId, call, authorize, today };
  }

  function before(day: string, days: number): string {
    return new Date(Date.parse(day) - days * 86_400_000).toISOString().slice(0, 10);
  }

  it('summarizes the usage day of the organization', async () => {
    await createPhoneNumber(db, { organizationId: POOL });
    const { call, busy, idle } = await office('Pacific/Kiritimati');
    const { status, body } = await call('summary');
    const [today] = await db.query(`select (clock_timestamp() at time zone 'Pacific/Kiritimati')::date::text as date`);
    expect(status).toBe(200);
    expect(body).toEqual({
      localDate: today!['date'],
      timeZone: 'Pacific/Kiritimati',
      resetsAt: expect.stringMatching(/T10:00:00\.000Z$/),
      callsAllowed: 3,
      callsDenied: 3,
      dailyCapacity: 5,
      callsMadeToday: 3,
      phoneNumbers: { total: 2, assigned: 1, unassigned: 1, pool: 1 },
      agents: { total: 2, active: 1 },
      perAgent: [
        { agentId: busy, agentName: 'Busy', agentKind: 'human', callsMadeToday: 3, dailyLimit: 5, callsDenied: 2 },
        { agentId: idle, agentName: 'Idle', agentKind: 'ai', callsMadeToday: 0, dailyLimit: 0, callsDenied: 0 },
      ],
      refusals: [
        { reasonCode: 'country_not_allowed', count: 2 },
        { reasonCode: 'no_assignment', count: 1 },
      ],
    });
  });

  it('shows a counter of yesterday as 0, although it is not set back yet', async () => {
    const { call, assignmentId, today } = await office();
    await db.query('update agent_phone_numbers set last_reset_date = $2 where id = $1', [
      assignmentId,
      before(today, 1),
    ]);
    expect((await call('summary')).body).toMatchObject({ callsAllowed: 0, callsMadeToday: 0, dailyCapacity: 5 });
    expect((await call('daily')).body.rows).toEqual([
      expect.objectContaining({ localDate: before(today, 1), callsAllowed: 3 }),
      expect.objectContaining({ localDate: today, callsAllowed: 0, callsDenied: 3 }),
    ]);
  });

  it('sets counters back by hand and loses no call', async () => {
    const { call, authorize, organizationId } = await office();
    expect(await call('reset', { body: {} })).toMatchObject({ status: 200, body: { resetCount: 1 } });
    expect((await call('summary')).body).toMatchObject({ callsAllowed: 3, callsMadeToday: 0 });
    for (let i = 0; i < 5; i += 1) expect(await authorize(CANADA)).toBe('allowed');
    expect(await authorize(CANADA)).toBe('daily_limit_reached');

    expect(await call('reset', { method: 'POST' })).toMatchObject({ status: 200, body: { resetCount: 1 } });
    expect(await call('reset', { method: 'POST' })).toMatchObject({ status: 200, body: { resetCount: 0 } });
    expect((await call('summary')).body).toMatchObject({ callsAllowed: 8, callsMadeToday: 0 });
    expect((await call('daily')).body.rows).toEqual([expect.objectContaining({ callsAllowed: 8, callsDenied: 4 })]);
    const events = await db.query(
      `select changes->>'resetCount' as count from audit_events
       where organization_id = $1 and action = 'usage.reset' order by id`,
      [organizationId],
    );
    expect(events.map(({ count }) => count as string)).toEqual(['1', '1', '0']);
  });

  it('loses no call while resets and calls race', async () => {
    const { call, authorize, assignmentId } = await office();
    await db.query('update agent_phone_numbers set daily_limit = 1000 where id = $1', [assignmentId]);
    const [calls] = await Promise.all([
      Promise.all(Array.from({ length: 60 }, () => authorize(CANADA))),
      Promise.all(Array.from({ length: 6 }, () => call('reset', { method: 'POST' }))),
    ]);
    expect(calls.every((reason) => reason === 'allowed')).toBe(true);
    expect((await call('summary')).body).toMatchObject({ callsAllowed: 63 });
  });

  it('never moves the day of a counter back, whatever the clock says', async () => {
    const { call, assignmentId, today } = await office();
    const tomorrow = before(today, -1);
    await db.query('update agent_phone_numbers set last_reset_date = $2 where id = $1', [assignmentId, tomorrow]);
    await call('reset', { method: 'POST' });
    const rows = await db.query(
      `select a.last_reset_date::text as day, u.local_date::text as archived
       from agent_phone_numbers a join usage_daily u using (organization_id, agent_id) where a.id = $1`,
      [assignmentId],
    );
    expect(rows).toEqual([{ day: tomorrow, archived: tomorrow }]);
  });

  it('sets the counters of one agent back, and of no other', async () => {
    const { call, organizationId, idle, busy } = await office();
    const phoneNumberId = await createPhoneNumber(db, { organizationId });
    await createAssignment(db, { organizationId, agentId: idle, phoneNumberId, callsMadeToday: 4 });
    expect(await call('reset', { body: { agentId: idle } })).toMatchObject({ status: 200, body: { resetCount: 1 } });
    const { perAgent } = (await call('summary')).body as {
      perAgent: { agentId: string; callsMadeToday: number }[];
    };
    expect(perAgent.find(({ agentId }) => agentId === busy)).toMatchObject({ callsMadeToday: 3 });
    expect(perAgent.find(({ agentId }) => agentId === idle)).toMatchObject({ callsMadeToday: 0 });
  });

  it('refuses to reset an agent that is not there, or of another organization', async () => {
    const { call } = await office();
    const { busy: foreign } = await office();
    for (const agentId of [MISSING_ID, foreign]) {
      expect(await call('reset', { body: { agentId } })).toMatchObject({ status: 404 });
    }
    expect(await call('reset', { body: { agentId: 'x' } })).toMatchObject({ status: 400 });
    expect(await call('reset', { body: { all: true } })).toMatchObject({ status: 400 });
  });

  it('tells usage by day from the archive, and today from the counters', async () => {
    const { call, organizationId, busy, phoneNumberId, today } = await office();
    await db.query(`update organizations set last_rollup_date = $2 where id = $1`, [organizationId, before(today, 1)]);
    await db.query(
      `insert into usage_daily (organization_id, local_date, agent_id, phone_number_id, calls_allowed, calls_denied,
         allowed_by_country, denied_by_reason)
       values ($1, $2, $3, $4, 20, 6, '{"CA": 15, "US": 5}', '{"country_not_allowed": 6}'),
         ($1, $2, $3, '00000000-0000-0000-0000-000000000000', 0, 2, '{}', '{"no_assignment": 2}'),
         ($1, $5, $3, $4, 99, 0, '{"CA": 99}', '{}')`,
      [organizationId, before(today, 1), busy, phoneNumberId, before(today, 14)],
    );
    const none = { groupId: null, groupLabel: null };
    expect((await call('daily')).body).toEqual({
      from: before(today, 13),
      to: today,
      groupBy: null,
      rows: [
        { localDate: before(today, 1), ...none, callsAllowed: 20, callsDenied: 8 },
        { localDate: today, ...none, callsAllowed: 3, callsDenied: 3 },
      ],
    });
    expect((await call(`daily?from=${before(today, 14)}&to=${before(today, 14)}`)).body.rows).toEqual([
      { localDate: before(today, 14), ...none, callsAllowed: 99, callsDenied: 0 },
    ]);
    expect((await call('daily?groupBy=agent')).body.rows).toEqual([
      { localDate: before(today, 1), groupId: busy, groupLabel: 'Busy', callsAllowed: 20, callsDenied: 8 },
      { localDate: today, groupId: busy, groupLabel: 'Busy', callsAllowed: 3, callsDenied: 2 },
      { localDate: today, groupId: MISSING_ID, groupLabel: null, callsAllowed: 0, callsDenied: 1 },
    ]);
    const label = expect.stringMatching(/^\+1415/) as unknown;
    expect((await call('daily?groupBy=number')).body.rows).toEqual([
      { localDate: before(today, 1), groupId: phoneNumberId, groupLabel: label, callsAllowed: 20, callsDenied: 6 },
      { localDate: before(today, 1), ...none, callsAllowed: 0, callsDenied: 2 },
      { localDate: today, groupId: phoneNumberId, groupLabel: label, callsAllowed: 3, callsDenied: 2 },
      { localDate: today, ...none, callsAllowed: 0, callsDenied: 1 },
    ]);
    expect((await call('daily?groupBy=country')).body.rows).toEqual([
      { localDate: before(today, 1), groupId: 'CA', groupLabel: 'CA', callsAllowed: 15, callsDenied: 0 },
      { localDate: before(today, 1), groupId: 'US', groupLabel: 'US', callsAllowed: 5, callsDenied: 0 },
      { localDate: today, groupId: 'CA', groupLabel: 'CA', callsAllowed: 3, callsDenied: 1 },
      { localDate: today, groupId: 'FR', groupLabel: 'FR', callsAllowed: 0, callsDenied: 2 },
    ]);
  });

  describe('spans', () => {
    let call: Awaited<ReturnType<typeof office>>['call'];

    beforeAll(async () => {
      ({ call } = await office());
    });

    it.each([
      'daily?from=2026-02-30',
      'daily?from=yesterday',
      'daily?to=2026-1-1',
      'daily?from=2026-03-02&to=2026-03-01',
      'daily?from=2025-01-01&to=2026-01-02',
      'daily?from=2026-01-01&to=2026-02-01&groupBy=country',
      'daily?groupBy=mood',
      'daily?from=2026-01-01&from=2026-01-02',
      'daily?limit=5',
    ])('refuses %s', async (path) => {
      expect(await call(path)).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
    });

    it('takes the longest span there is', async () => {
      expect(await call('daily?from=2024-01-01&to=2024-12-31')).toMatchObject({ status: 200 });
      expect(await call('daily?from=2026-01-01&to=2026-01-31&groupBy=country')).toMatchObject({ status: 200 });
    });
  });

  it('shows and resets nothing of another organization', async () => {
    const first = await office();
    const second = await office();
    await first.call('reset', { method: 'POST' });
    expect((await second.call('summary')).body).toMatchObject({ callsAllowed: 3, callsMadeToday: 3 });
  });

  it.each(['true', 'false'])('runs the midnight job when MIDNIGHT_JOB is true: %s', async (flag) => {
    const replica = await startApi({ databaseUrl: db.url, env: { MIDNIGHT_JOB: flag } });
    try {
      expect(replica.app.get(SchedulerRegistry, { strict: false }).getIntervals()).toEqual(['jobs']);
      const names = replica.app.get(Jobs, { strict: false }).names();
      expect(names.filter((name) => name.startsWith('usage.'))).toEqual(flag === 'true' ? ['usage.midnight'] : []);
      const ran = async () => {
        const [claim] = await db.query(`select succeeded_at from job_claims where name = 'usage.midnight'`);
        return claim?.['succeeded_at'] instanceof Date;
      };
      if (flag === 'true') await eventually(ran);
    } finally {
      await replica.close();
    }
    const [due] = await db.query(
      `select count(*)::integer as count from organizations where kind = 'tenant' and last_rollup_date is null`,
    );
    expect(due!['count'] === 0).toBe(flag === 'true');
    await createOrganization(db);
  });

  it('is not for agents, and resets are for admins', async () => {
    const { call, agentToken: token, organizationId } = await office();
    await createUser(db, { organizationId, role: 'manager', email: `manager${serial}@usage.test` });
    const manager = await signIn(api.url, `manager${serial}@usage.test`);
    for (const path of ['summary', 'daily']) {
      expect(await call(path, { token })).toMatchObject({ status: 403 });
      expect(await call(path, { token: manager })).toMatchObject({ status: 200 });
    }
    for (const caller of [token, manager]) {
      expect(await call('reset', { method: 'POST', token: caller })).toMatchObject({ status: 403 });
    }
  });
});
