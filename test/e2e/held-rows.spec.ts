import { setImmediate } from 'node:timers/promises';
import type pg from 'pg';
import { metricsRegistry } from '../../apps/api/src/platform/metrics/metrics.js';
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

interface Caller {
  agentIds: string[];
  key: string;
}

/** One organization changes many of its assignments at once, as a bulk operation does; another one goes on calling. */
describe('rows that an organization holds for long', () => {
  let db: TestDatabase;
  let api: RunningApi;
  let holder: pg.Client;
  let briefHolder: pg.Client;

  beforeAll(async () => {
    db = await createTestDatabase();
    api = await startApi({ databaseUrl: db.url });
    [holder, briefHolder] = [await db.connect(), await db.connect()];
  });

  afterAll(async () => {
    await Promise.all([holder?.end(), briefHolder?.end()]);
    await api?.close();
    await db?.drop();
  });

  async function organizationWithAgents(agents: number): Promise<Caller> {
    const organizationId = await createOrganization(db, { defaultAllowedCountries: ['CA'] });
    const agentIds: string[] = [];
    for (let agent = 0; agent < agents; agent += 1) {
      const agentId = await createAgent(db, { organizationId });
      const phoneNumberId = await createPhoneNumber(db, { organizationId });
      await createAssignment(db, { organizationId, agentId, phoneNumberId, dailyLimit: 100 });
      agentIds.push(agentId);
    }
    const { key } = await createApiKey(db, { organizationId, scopes: ['calls:authorize'] });
    return { agentIds, key };
  }

  const call = (agentId: string, key: string) =>
    request(`${api.url}/api/v1/call-gate/authorize`, {
      method: 'POST',
      apiKey: key,
      body: { agentId, destination: '+14165550123' },
    });

  const hold = async (client: pg.Client, agentIds: string[]) => {
    await client.query('begin');
    await client.query('select from agent_phone_numbers where agent_id = any ($1) for update', [agentIds]);
  };

  async function metric(name: string): Promise<number> {
    // The page of the metrics is made once a second, and refusals come every two. Reading past it must let calls go on.
    await setImmediate();
    const body = await metricsRegistry.metrics();
    return Number(
      body
        .split('\n')
        .find((line) => line.startsWith(`${name} `))!
        .slice(name.length),
    );
  }

  const waitingCalls = () => metric('ringfence_gate_queue_depth');

  it('hold up none of another: its calls are answered, one whose row was locked as soon as that is free', async () => {
    const holding = await organizationWithAgents(20);
    const other = await organizationWithAgents(21);
    const [brief, ...free] = other.agentIds;
    await hold(holder, holding.agentIds);
    await hold(briefHolder, [brief!]);

    const events: string[] = [];
    const statuses: number[] = [];
    let goesOn = true;
    /** Each agent's next call is sent as soon as the one before is refused. */
    const dial = async (agentId: string) => {
      while (goesOn) {
        const { status } = await call(agentId, holding.key);
        statuses.push(status);
        events.push('held');
      }
    };
    const dialers = holding.agentIds.map(dial);
    try {
      await eventually(async () => (await waitingCalls()) >= 20);
      const freed = call(brief!, other.key).then(({ body }) => events.push(`freed ${body.allowed}`));
      // Had one of these to wait for a held row, or for its turn, refusals would come before it.
      await Promise.all(free.map((agentId) => call(agentId, other.key).then(() => events.push('free'))));
      expect(events).toEqual(free.map(() => 'free'));

      await eventually(async () => (await waitingCalls()) >= 21);
      await briefHolder.query('commit');
      // Sent now and refused when its time is over, so the turn of the freed row must have come by then.
      const next = call(holding.agentIds[0]!, holding.key).then(({ status }) => events.push(`next ${status}`));
      await Promise.all([freed, next]);
      expect(events.filter((event) => !['free', 'held'].includes(event))).toEqual(['freed true', 'next 503']);
    } finally {
      goesOn = false;
      await Promise.all(dialers);
    }
    expect(new Set(statuses)).toEqual(new Set([503]));
    expect(await metric('ringfence_gate_unavailable_total{cause="locked"}')).toBe(statuses.length + 1);
    await holder.query('rollback');
    expect((await call(holding.agentIds[0]!, holding.key)).body.allowed).toBe(true);
  });
});
