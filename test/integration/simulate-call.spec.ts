import type pg from 'pg';
import { callCheckList, type CallSimulationView } from '#contracts';
import { simulationOf } from '../../apps/api/src/modules/call-gate/simulate/simulate-call.answer.js';
import {
  SIMULATE_CALL,
  type SimulateCallRow,
} from '../../apps/api/src/modules/call-gate/simulate/sql/simulate-call.sql.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { createOrganization } from '../support/fixtures.js';
import { everyAssignment, everyDestination, type PolicyFacts, refusalsOf } from '../support/policy-oracle.js';

type Facts = ReturnType<typeof everyAssignment> extends Generator<infer T> ? T & { exhausted: boolean } : never;

/** What cannot be read has neither country nor type. */
const destinations = [...everyDestination()].filter(
  ({ refusal, country, type }) => refusal === null || (country === null && type === 'UNKNOWN'),
);

/** An agent, a number and an assignment for each combination; the list [US] is inherited. */
const CASES = `select c, i from jsonb_array_elements($2::jsonb) with ordinality x(c, i)`;

const POPULATE_AGENTS = `
  insert into agents (organization_id, name, kind, status)
  select $1, 'Agent ' || i, 'ai', case when (c->>'agentActive')::boolean then 'active' else 'inactive' end
  from (${CASES})`;

const POPULATE_NUMBERS = `
  insert into phone_numbers (organization_id, e164, provider, capabilities, lifecycle)
  select $1, '+1202' || (5550000 + i), 'telnyx', jsonb_build_object('voice', c->'numberCanCall', 'sms', false),
    case when (c->>'numberActive')::boolean then 'active' else 'error' end
  from (${CASES})`;

const POPULATE_ASSIGNMENTS = `
  insert into agent_phone_numbers (organization_id, agent_id, phone_number_id, paused_at, allowed_countries,
    allowed_number_types, daily_limit, calls_made_today, last_reset_date)
  select $1, g.id, n.id, case when (c->>'paused')::boolean then now() end,
    case when c->'countries' <> '["US"]' then array(select jsonb_array_elements_text(c->'countries')) end,
    array(select jsonb_array_elements_text(c->'types')), 5, case when (c->>'exhausted')::boolean then 5 else 4 end, date '2099-01-01'
  from (${CASES})
  join agents g on g.organization_id = $1 and g.name = 'Agent ' || i
  join phone_numbers n on n.organization_id = $1 and n.e164 = '+1202' || (5550000 + i)
  returning id, (select substr(g.name, 7) from agents g where g.id = agent_id) as i`;

describe('the checks of a simulation', () => {
  let db: TestDatabase;
  let client: pg.Client;
  let organizationId: string;
  const factsOf = new Map<string, Facts>();

  beforeAll(async () => {
    db = await createTestDatabase();
    client = await db.connect();
    organizationId = await createOrganization(db, { defaultAllowedCountries: ['US'] });
    const cases = [...everyAssignment()].flatMap((facts) => [
      { ...facts, exhausted: false },
      { ...facts, exhausted: true },
    ]);
    const parameters = [organizationId, JSON.stringify(cases)];
    await client.query(POPULATE_AGENTS, parameters);
    await client.query(POPULATE_NUMBERS, parameters);
    const made = await client.query<{ id: string; i: string }>(POPULATE_ASSIGNMENTS, parameters);
    for (const { id, i } of made.rows) factsOf.set(id, cases[Number(i) - 1]!);
    expect(factsOf.size).toBe(2 * 12 * 4 * 11);
    // The planner would take the tables for nearly empty.
    await client.query('analyze');
  });
  afterAll(async () => {
    await client?.end();
    await db?.drop();
  });

  /** Every assignment of the organization at once: the statement asks for one agent only when it is told to. */
  async function simulate(call: Pick<PolicyFacts, 'refusal' | 'country' | 'type'>): Promise<CallSimulationView> {
    const { refusal, country, type } = call;
    const parameters = [organizationId, null, null, null, country, type, refusal, null];
    const { rows } = await client.query<SimulateCallRow>(SIMULATE_CALL, parameters);
    const destination = { destination: '+1', destinationCountry: country, destinationType: type };
    return simulationOf({ ...destination, destinationRefusal: refusal }, rows);
  }

  it.each([false, true])(
    'agree with the policy for every combination of facts, in a suspended organization: %s',
    async (suspended) => {
      const at = suspended ? new Date() : null;
      await client.query('update organizations set suspended_at = $2 where id = $1', [organizationId, at]);
      for (const call of destinations) {
        const { candidates } = await simulate(call);
        expect(candidates).toHaveLength(factsOf.size);
        for (const { assignmentId, reasonCode, checks } of candidates) {
          const facts = { suspended, ...call, ...factsOf.get(assignmentId)! };
          const applying = [...refusalsOf(facts), ...(facts.exhausted ? ['daily_limit_reached'] : [])];
          const failed = checks.filter(({ result }) => result === 'failed').map((check) => check.reasonCode);
          // The country and the type of what cannot be read are not checked; all others are, and in this order.
          const checked = applying.filter((code) => call.refusal === null || !/type_blocked|country/.test(code));
          if (failed.join() !== checked.join() || reasonCode !== (applying[0] ?? 'allowed')) {
            throw new Error(JSON.stringify({ facts, failed, checked, reasonCode }));
          }
        }
      }
    },
  );

  it('come in the order in which the first refusal wins, and none fails without a reason', async () => {
    const { candidates } = await simulate({ refusal: null, country: 'US', type: 'MOBILE' });
    for (const { checks } of candidates) {
      expect(checks.map(({ check }) => check)).toEqual(callCheckList);
      expect(checks.filter(({ result, reasonCode }) => (result === 'failed') !== (reasonCode !== null))).toEqual([]);
    }
  });
});
