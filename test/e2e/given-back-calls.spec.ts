import net from 'node:net';
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
/** Whose holder keeps every statement of the gate from writing the ledger. No lock timeout ends that wait. */
const HOLD = 4711;

describe('a call that was allowed when its client had hung up', () => {
  let db: TestDatabase;
  let api: RunningApi;
  let holder: pg.Client;
  let organizationId: string;
  let key: string;
  /** Of clients whose connection the API knows to be closed. */
  const closedPorts = new Set<number>();

  beforeAll(async () => {
    db = await createTestDatabase();
    await db.query(`
      create function wait_for_the_test() returns trigger language plpgsql as $$
      begin
        while not pg_try_advisory_xact_lock_shared(${HOLD}) loop
          perform pg_sleep(0.005);
        end loop;
        return new;
      end $$`);
    await db.query(
      'create trigger wait_for_the_test before insert on call_authorizations for each row execute function wait_for_the_test()',
    );
    api = await startApi({ databaseUrl: db.url });
    holder = await db.connect();
    const server = api.app.getHttpServer() as net.Server;
    server.on('connection', (socket: net.Socket) => {
      const port = socket.remotePort!;
      closedPorts.delete(port);
      socket.once('close', () => closedPorts.add(port));
    });
    organizationId = await createOrganization(db, { defaultAllowedCountries: ['CA'] });
    ({ key } = await createApiKey(db, { organizationId, scopes: ['calls:authorize', 'calls:settle'] }));
    await authorize(await newAgent());
  });

  afterAll(async () => {
    await holder?.end();
    await api?.close();
    await db?.drop();
  });

  async function newAgent(): Promise<string> {
    const agentId = await createAgent(db, { organizationId });
    const phoneNumberId = await createPhoneNumber(db, { organizationId });
    await createAssignment(db, { organizationId, agentId, phoneNumberId, dailyLimit: 1 });
    return agentId;
  }

  const newAgents = (count: number) => Promise.all(Array.from({ length: count }, newAgent));
  const post = async (path: string, body: unknown, idempotencyKey?: string) =>
    request(`${api.url}/api/v1/call-gate/${path}`, {
      method: 'POST',
      apiKey: key,
      body,
      headers: idempotencyKey ? { 'idempotency-key': idempotencyKey } : {},
    });
  const authorize = async (agentId: string, idempotencyKey?: string) =>
    (await post('authorize', { agentId, destination: DESTINATION }, idempotencyKey)).body;

  function send(path: string, payload: unknown, idempotencyKey?: string): net.Socket {
    const { hostname, port } = new URL(api.url);
    const body = JSON.stringify(payload);
    const socket = net.connect(Number(port), hostname);
    const keyHeader = idempotencyKey ? `Idempotency-Key: ${idempotencyKey}\r\n` : '';
    socket.write(
      `POST /api/v1/call-gate/${path} HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer ${key}\r\n${keyHeader}` +
        `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    return socket;
  }

  const statementsOut = async () => {
    const [row] = await db.query(
      `select count(*)::integer from pg_stat_activity
       where datname = current_database() and application_name = 'ringfence-gate' and wait_event = 'PgSleep'`,
    );
    return row!.count;
  };

  /** Sends with the ledger held, hangs up once the database has the calls, and lets go once the API knows of it. */
  async function hangUp(calls: number, open: () => net.Socket[]): Promise<void> {
    const before = await gone();
    await holder.query('select pg_advisory_lock($1)', [HOLD]);
    try {
      const sockets = open();
      await eventually(async () => (await statementsOut()) > 0);
      const ports = sockets.map(({ localPort }) => localPort!);
      for (const socket of sockets) socket.destroy();
      await eventually(() => ports.every((port) => closedPorts.has(port)));
    } finally {
      await holder.query('select pg_advisory_unlock($1)', [HOLD]);
    }
    await eventually(async () => (await gone()) - before === calls);
  }

  /** Calls whose client was gone before the answer: every one is either dropped or given back. */
  const gone = async (): Promise<number> => {
    const { values } = await metricsRegistry.getSingleMetric('ringfence_gate_client_gone_total')!.get();
    return values.reduce((sum, { value }) => sum + value, 0);
  };
  const givenBack = async (result: string): Promise<number> => {
    const { values } = await metricsRegistry.getSingleMetric('ringfence_gate_given_back_total')!.get();
    return values.find(({ labels }) => labels['result'] === result)!.value;
  };
  const ledgerOf = (agents: string[]) =>
    db.query(
      `select id, status, void_reason as reason, settled_by as by from call_authorizations where agent_id = any ($1)`,
      [agents],
    );
  const counted = async (agents: string[]) => {
    const [row] = await db.query(
      'select sum(calls_made_today)::integer as calls from agent_phone_numbers where agent_id = any ($1)',
      [agents],
    );
    return row!.calls;
  };
  const voidedAll = async (agents: string[]) =>
    eventually(async () => {
      const rows = await ledgerOf(agents);
      return rows.length > 0 && rows.every(({ status }) => status === 'voided');
    });

  it.each([
    ['alone', (agents: string[]) => agents.map((agentId) => send('authorize', { agentId, destination: DESTINATION }))],
    [
      'in a batch',
      (agents: string[]) => [
        send('authorize-batch', { calls: agents.map((agentId) => ({ agentId, destination: DESTINATION })) }),
      ],
    ],
  ])('is voided by the API and counts no longer: asked for %s', async (_how, open) => {
    const agents = await newAgents(5);
    const before = await givenBack('voided');
    await hangUp(agents.length, () => open(agents));
    await voidedAll(agents);
    const rows = await ledgerOf(agents);
    expect(rows.map(({ reason, by }) => ({ reason, by }))).toEqual(
      rows.map(() => ({ reason: 'client_gone', by: null })),
    );
    await eventually(async () => (await givenBack('voided')) - before === rows.length);
    expect(await counted(agents)).toBe(0);
    const events = await db.query(
      `select actor_kind as actor, changes from audit_events
       where action = 'authorization.voided' and subject_id = any ($1::uuid[])`,
      [rows.map(({ id }) => id)],
    );
    expect(events).toEqual(rows.map(() => ({ actor: 'system', changes: { reason: 'client_gone' } })));
    // The limit of 1 is free again, and so is the caller's own void.
    const again = await authorize(agents[0]!);
    expect(again).toMatchObject({ allowed: true, used: 1 });
    const voided = await post(`authorizations/${again.authorizationId}/void`, { reason: 'not_dialed' });
    expect(voided).toMatchObject({ status: 200, body: { status: 'voided', voidReason: 'not_dialed' } });
  });

  it('is denied to a retry that comes later, as every voided call is', async () => {
    const [agentId] = await newAgents(1);
    await hangUp(1, () => [send('authorize', { agentId, destination: DESTINATION }, 'gone-1')]);
    await voidedAll([agentId!]);
    expect(await authorize(agentId!, 'gone-1')).toMatchObject({ allowed: false, reasonCode: 'authorization_voided' });
    expect(await authorize(agentId!, 'gone-2')).toMatchObject({ allowed: true, used: 1 });
  });

  const GIVE_BACK = `select give_back_authorization($1, $2, $3, interval '5 minutes') as result`;

  it('stays counted when a retry was answered first, for that one may dial', async () => {
    const [agentId] = await newAgents(1);
    const { authorizationId } = await authorize(agentId!, 'retried');
    expect(await authorize(agentId!, 'retried')).toMatchObject({ allowed: true, authorizationId });
    expect(await db.query(GIVE_BACK, [organizationId, authorizationId, 'retried'])).toEqual([{ result: 'retried' }]);
    expect(await counted([agentId!])).toBe(1);
  });

  it('is denied to a retry that comes while it is given back', async () => {
    const [agentId] = await newAgents(1);
    const { authorizationId } = await authorize(agentId!, 'meanwhile');
    await holder.query('begin');
    let retry: Promise<unknown>;
    try {
      const { rows } = await holder.query(GIVE_BACK, [organizationId, authorizationId, 'meanwhile']);
      expect(rows).toEqual([{ result: 'voided' }]);
      retry = authorize(agentId!, 'meanwhile');
      await eventually(async () => {
        const [row] = await db.query(
          `select count(*)::integer from pg_stat_activity
           where datname = current_database() and application_name = 'ringfence-gate' and wait_event_type = 'Lock'`,
        );
        return row!.count > 0;
      });
    } finally {
      await holder.query('commit');
    }
    expect(await retry).toMatchObject({ allowed: false, reasonCode: 'authorization_voided' });
    expect(await counted([agentId!])).toBe(0);
  });

  it('is given back by no request: client_gone is the word of the API alone', async () => {
    const [agentId] = await newAgents(1);
    const { authorizationId } = await authorize(agentId!);
    const answer = await post(`authorizations/${authorizationId}/void`, { reason: 'client_gone' });
    expect(answer).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
    expect(await counted([agentId!])).toBe(1);
  });
});
