import type { CallSimulationView, DecisionPageView } from '#contracts';
import { MidnightService } from '../../apps/api/src/modules/usage/midnight.service.js';
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
import { REFUSED_FOR_IT, refuseForAnUnknownReason, UNKNOWN_REASON } from '../support/unknown-reason.js';

const ALLOWED = '+14165550123';
const MESSAGE = `The call must not be placed, for the reason ${UNKNOWN_REASON}.`;

/** During an upgrade an older process meets a database that refuses calls for a reason which the process has never heard of. */
describe('a reason that this process does not know', () => {
  let db: TestDatabase;
  let api: RunningApi;
  let token: string;
  let apiKey: string;
  let agentId: string;
  let authorizationId: string;

  beforeAll(async () => {
    db = await createTestDatabase();
    await refuseForAnUnknownReason(db);
    api = await startApi({ databaseUrl: db.url });
    const organizationId = await createOrganization(db, { defaultAllowedCountries: ['CA', 'JM'] });
    await createUser(db, { organizationId, role: 'admin', email: 'admin@tomorrow.test' });
    token = await signIn(api.url, 'admin@tomorrow.test');
    agentId = await createAgent(db, { organizationId });
    for (const dailyLimit of [5, 6]) {
      const phoneNumberId = await createPhoneNumber(db, { organizationId });
      await createAssignment(db, { organizationId, agentId, phoneNumberId, dailyLimit });
    }
    apiKey = (await createApiKey(db, { organizationId, scopes: ['calls:authorize'] })).key;
  });

  afterAll(async () => {
    await api?.close();
    await db?.drop();
  });

  const v1 = (path: string) => `${api.url}/api/v1/${path}`;
  const call = (destination: string) => ({ agentId, destination });
  const authorize = (headers: Record<string, string> = {}) =>
    request(v1('call-gate/authorize'), { apiKey, body: call(REFUSED_FOR_IT), headers });
  const refused = { allowed: false, reasonCode: UNKNOWN_REASON, message: MESSAGE };

  it('is answered as a refusal, and again to a retry', async () => {
    const once = { 'idempotency-key': 'once' };
    const first = await authorize(once);
    expect(first).toMatchObject({ status: 200, body: refused });
    authorizationId = first.body.authorizationId as string;
    const again = await authorize(once);
    expect(again).toMatchObject({ status: 200, body: { ...refused, authorizationId } });
    expect(again.headers.get('idempotent-replayed')).toBe('true');
  });

  it('forbids the call in text', async () => {
    const answer = await authorize({ accept: 'text/plain' });
    expect(answer).toMatchObject({ status: 200, body: `deny ${UNKNOWN_REASON}\n` });
  });

  it('leaves the other calls of a batch alone', async () => {
    const calls = [call(ALLOWED), call(REFUSED_FOR_IT), call(ALLOWED), call(REFUSED_FOR_IT)];
    const { status, body } = await request(v1('call-gate/authorize-batch'), { apiKey, body: { calls } });
    expect(status).toBe(200);
    const decisions = body.decisions as { allowed: boolean; reasonCode: string; used: number }[];
    expect(decisions.map(({ reasonCode }) => reasonCode)).toEqual([
      'allowed',
      UNKNOWN_REASON,
      'allowed',
      UNKNOWN_REASON,
    ]);
    expect(decisions[1]).toMatchObject(refused);
  });

  it('is what a simulation answers', async () => {
    const { status, body } = await request(v1('call-gate/simulate'), { token, body: call(REFUSED_FOR_IT) });
    expect(status).toBe(200);
    const { candidates, ...answer } = body as unknown as CallSimulationView;
    expect(answer).toMatchObject(refused);
    expect(candidates).toHaveLength(2);
    for (const { reasonCode, checks } of candidates) {
      expect(reasonCode).toBe(UNKNOWN_REASON);
      const failed = checks.filter(({ result }) => result === 'failed');
      expect(failed.map(({ check, reasonCode: why }) => [check, why])).toEqual([['destination', UNKNOWN_REASON]]);
    }
  });

  it('stands in the decision log, in its filter and in its file', async () => {
    const log = await request(v1(`call-gate/authorizations?reasonCode=${UNKNOWN_REASON}`), { token });
    expect(log.status).toBe(200);
    const { items } = log.body as unknown as DecisionPageView;
    expect(items).toHaveLength(4);
    for (const item of items) {
      expect(item).toMatchObject({ decision: 'denied', reasonCode: UNKNOWN_REASON, message: MESSAGE });
    }
    const single = await request(v1(`call-gate/authorizations/${authorizationId}`), { token });
    expect(single).toMatchObject({ status: 200, body: { reasonCode: UNKNOWN_REASON, message: MESSAGE } });
    const csv = await request(v1('call-gate/authorizations.csv'), { token });
    expect(
      String(csv.body)
        .split('\r\n')
        .filter((line) => line.includes(`,denied,${UNKNOWN_REASON},`)),
    ).toHaveLength(4);
  });

  it('is counted: today, in the metrics, and in a day that is rolled up', async () => {
    const refusal = { reasonCode: UNKNOWN_REASON, count: 4 };
    const summary = await request(v1('usage/summary'), { token });
    expect(summary).toMatchObject({ status: 200, body: { callsAllowed: 2, callsDenied: 4, refusals: [refusal] } });
    const metrics = await request(`${api.url}/metrics`);
    expect(String(metrics.body)).toContain(
      `ringfence_gate_decisions_total{reason_code="${UNKNOWN_REASON}",outcome="decided"} 4`,
    );
    expect(String(metrics.body)).toContain(
      `ringfence_gate_decisions_total{reason_code="${UNKNOWN_REASON}",outcome="replayed"} 1`,
    );

    await db.query(`update organizations set last_rollup_date = current_date - 3 where kind = 'tenant'`);
    await db.query(
      `create or replace function ringfence_clock() returns timestamptz language sql volatile parallel safe
       as $$ select clock_timestamp() + interval '1 day' $$`,
    );
    await api.app.get(MidnightService).run();
    const rows = await db.query(
      `select key as code, sum(value::integer)::integer as calls from usage_daily, jsonb_each_text(denied_by_reason) group by key`,
    );
    expect(rows).toEqual([{ code: UNKNOWN_REASON, calls: 4 }]);
    const daily = await request(v1('usage/daily'), { token });
    expect(daily.status).toBe(200);
    expect(JSON.stringify(daily.body)).toContain('"callsDenied":4');
  });
});
