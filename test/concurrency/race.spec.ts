import { createTestDatabase, type TestDatabase } from '../support/database.js';
import {
  createAgent,
  createApiKey,
  createAssignment,
  createOrganization,
  createPhoneNumber,
} from '../support/fixtures.js';
import { request } from '../support/http.js';
import { startApiProcess, type ApiProcess } from '../support/api-process.js';

const LIMIT = 50;
const CALLS = 200;

describe('two API processes on one database', () => {
  let db: TestDatabase;
  let processes: ApiProcess[] = [];

  beforeAll(async () => {
    db = await createTestDatabase();
    processes = await Promise.all([startApiProcess(db.url), startApiProcess(db.url)]);
  });

  afterAll(async () => {
    await Promise.all(processes.map((api) => api.stop()));
    await db?.drop();
  });

  async function agentWithLimits(limits: number[]) {
    const organizationId = await createOrganization(db, { defaultAllowedCountries: ['CA'] });
    const agentId = await createAgent(db, { organizationId });
    for (const dailyLimit of limits) {
      const phoneNumberId = await createPhoneNumber(db, { organizationId });
      await createAssignment(db, { organizationId, agentId, phoneNumberId, dailyLimit });
    }
    const { key } = await createApiKey(db, { organizationId, scopes: ['calls:authorize'] });
    return { agentId, key };
  }

  async function callAtOnce(agentId: string, key: string) {
    return Promise.all(
      Array.from({ length: CALLS }, (_, call) =>
        request(`${processes[call % 2]!.url}/api/v1/call-gate/authorize`, {
          method: 'POST',
          apiKey: key,
          body: { agentId, destination: '+14165550123' },
        }),
      ),
    );
  }

  it.each([
    ['one number', [LIMIT]],
    ['five numbers', [10, 10, 10, 10, 10]],
  ])(`admit exactly ${LIMIT} of ${CALLS} concurrent calls with a limit of ${LIMIT} on %s`, async (_, limits) => {
    const { agentId, key } = await agentWithLimits(limits);
    const answers = await callAtOnce(agentId, key);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(answers.filter(({ body }) => body.allowed)).toHaveLength(LIMIT);
    const refused = answers.filter(({ body }) => !body.allowed);
    expect(new Set(refused.map(({ body }) => body.reasonCode))).toEqual(new Set(['daily_limit_reached']));

    const [counter] = await db.query(
      `select sum(calls_made_today)::int as counter, bool_and(calls_made_today <= daily_limit) as within,
         (select count(*)::int from call_authorizations where agent_id = $1 and decision = 'allowed') as ledger
       from agent_phone_numbers where agent_id = $1`,
      [agentId],
    );
    expect(counter).toEqual({ counter: LIMIT, within: true, ledger: LIMIT });
  });

  it('hold up only the calls that need a row which another transaction holds', async () => {
    const held = await agentWithLimits([LIMIT]);
    const free = await Promise.all(Array.from({ length: 20 }, () => agentWithLimits([1])));
    const call = ({ agentId, key }: { agentId: string; key: string }) =>
      request(`${processes[0]!.url}/api/v1/call-gate/authorize`, {
        method: 'POST',
        apiKey: key,
        body: { agentId, destination: '+14165550123' },
      });
    const holder = await db.connect();
    try {
      await holder.query('begin');
      await holder.query('select from agent_phone_numbers where agent_id = $1 for update', [held.agentId]);
      const waiting = call(held);
      const answers = await Promise.all(free.map(call));
      expect(answers.map(({ body }) => body.allowed)).toEqual(free.map(() => true));
      await holder.query('commit');
      expect((await waiting).body.allowed).toBe(true);

      await holder.query('begin');
      await holder.query('select from agent_phone_numbers where agent_id = $1 for update', [held.agentId]);
      const refused = await call(held);
      expect([refused.status, refused.body.code]).toEqual([503, 'gate_unavailable']);
      await holder.query('rollback');
      expect((await call(held)).body.allowed).toBe(true);
    } finally {
      await holder.end();
    }
  });
});
