import { type ApiProcess, startApiProcess } from '../support/api-process.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import {
  createAgent,
  createApiKey,
  createAssignment,
  createOrganization,
  createPhoneNumber,
} from '../support/fixtures.js';
import { request } from '../support/http.js';

const EXTERNAL_ID = 'crm-4711';
const ROUNDS = 12;
const CALLS = 24;

/** The ledger says when each call was decided, and the record of the moves who had the id then. */
describe('an external id that moves between agents while calls name it', () => {
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

  it('never lets a call be decided for the agent that has lost it', async () => {
    const organizationId = await createOrganization(db, { defaultAllowedCountries: ['CA'] });
    const { key } = await createApiKey(db, { organizationId, scopes: ['calls:authorize'] });
    const make = async (externalId?: string) => {
      const agentId = await createAgent(db, { organizationId, externalId });
      const phoneNumberId = await createPhoneNumber(db, { organizationId });
      await createAssignment(db, { organizationId, agentId, phoneNumberId, dailyLimit: 10_000 });
      return agentId;
    };
    const agents = [await make(EXTERNAL_ID), await make()] as const;
    const mover = await db.connect();
    await db.query('create table moves (agent_id uuid, at timestamptz)');
    await db.query('insert into moves values ($1, clock_timestamp())', [agents[0]]);
    // The time of a move is read while both rows are held.
    const moveTo = (to: string, from: string) =>
      mover.query(`begin;
        update agents set external_id = null where id = '${from}';
        update agents set external_id = '${EXTERNAL_ID}' where id = '${to}';
        insert into moves values ('${to}', clock_timestamp());
        commit`);
    const call = (index: number) =>
      request(`${processes[index % 2]!.url}/api/v1/call-gate/authorize`, {
        apiKey: key,
        body: { agentExternalId: EXTERNAL_ID, destination: '+14165550123' },
      });

    const answers = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const calls = Array.from({ length: CALLS }, (_, index) => call(index));
      for (let moves = 0; moves < 5; moves += 1) {
        const [to, from] = (round + moves) % 2 === 0 ? [agents[1], agents[0]] : [agents[0], agents[1]];
        await moveTo(to, from);
      }
      answers.push(...(await Promise.all(calls)), await call(0));
    }
    await mover.end();

    expect(answers.map(({ status, body }) => [status, body.reasonCode])).toEqual(
      Array.from({ length: ROUNDS * (CALLS + 1) }, () => [200, 'allowed']),
    );
    const [ledger] = await db.query(
      `select count(*)::int as calls, count(distinct l.agent_id)::int as agents,
         count(*) filter (where l.agent_id <> (
           select m.agent_id from moves m where m.at < l.decided_at order by m.at desc limit 1))::int as wrong
       from call_authorizations l where l.organization_id = $1`,
      [organizationId],
    );
    expect(ledger).toEqual({ calls: ROUNDS * (CALLS + 1), agents: 2, wrong: 0 });
  });
});
