import net from 'node:net';
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

const DESTINATION = '+14165550123';

/** A dialer closes its connection while its call waits for a row that another transaction holds. */
describe('a call whose client has hung up', () => {
  let db: TestDatabase;
  let api: RunningApi;
  let holder: pg.Client;
  let organizationId: string;

  beforeAll(async () => {
    db = await createTestDatabase();
    api = await startApi({ databaseUrl: db.url });
    holder = await db.connect();
    organizationId = await createOrganization(db, { defaultAllowedCountries: ['CA'] });
  });

  afterAll(async () => {
    await holder?.end();
    await api?.close();
    await db?.drop();
  });

  async function newAgent(): Promise<string> {
    const agentId = await createAgent(db, { organizationId });
    const phoneNumberId = await createPhoneNumber(db, { organizationId });
    await createAssignment(db, { organizationId, agentId, phoneNumberId, dailyLimit: 100 });
    return agentId;
  }

  function send(agentId: string, key: string): net.Socket {
    const { hostname, port } = new URL(api.url);
    const body = JSON.stringify({ agentId, destination: DESTINATION });
    const socket = net.connect(Number(port), hostname);
    socket.write(
      `POST /api/v1/call-gate/authorize HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer ${key}\r\n` +
        `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    return socket;
  }

  const valueOf = async (name: string, labels: Record<string, string> = {}): Promise<number> => {
    // A metric is read without a turn of the event loop, in which the API of this process goes on.
    await setImmediate();
    const { values } = await metricsRegistry.getSingleMetric(name)!.get();
    return values.find((one) => Object.entries(labels).every(([label, value]) => one.labels[label] === value))!.value;
  };
  const left = () => valueOf('ringfence_gate_client_gone_total', { decided: 'false' });
  const refused = () => valueOf('ringfence_gate_unavailable_total', { cause: 'locked' });

  it.each([
    ['by way of the guard, with a key that is not known yet', false],
    ['by the shortcut', true],
  ])('is not decided while it waits for a row: %s', async (_way, isKnown) => {
    const { key } = await createApiKey(db, { organizationId, scopes: ['calls:authorize'] });
    const authorize = (agentId: string) =>
      request(`${api.url}/api/v1/call-gate/authorize`, {
        method: 'POST',
        apiKey: key,
        body: { agentId, destination: DESTINATION },
      });
    const agentId = await newAgent();
    if (isKnown) await authorize(await newAgent());
    const [leftBefore, refusedBefore] = [await left(), await refused()];
    await holder.query('begin');
    await holder.query('select from agent_phone_numbers where agent_id = $1 for update', [agentId]);
    try {
      const socket = send(agentId, key);
      await eventually(async () => (await valueOf('ringfence_gate_queue_depth')) === 1);
      socket.destroy();
      await eventually(async () => (await valueOf('ringfence_gate_queue_depth')) === 0);
      await eventually(async () => (await left()) - leftBefore === 1);
    } finally {
      await holder.query('commit');
    }
    expect((await refused()) - refusedBefore).toBe(0);
    const { body } = await authorize(agentId);
    expect(body).toMatchObject({ allowed: true, used: 1 });
    expect(await db.query('select id from call_authorizations where agent_id = $1', [agentId])).toHaveLength(1);
  });
});
