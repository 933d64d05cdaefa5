import { createTestDatabase, type TestDatabase } from '../support/database.js';

interface Facts {
  refusal: string | null;
  suspended: boolean;
  agentActive: boolean;
  numberActive: boolean;
  paused: boolean;
  country: string | null;
  type: string;
  countries: string[];
  types: string[];
}

/** The policy told a second time, in the words of the design: one line for each check, the first refusal wins. */
function expected(facts: Facts): string | null {
  const restricted = ['PREMIUM_RATE', 'SHARED_COST'].includes(facts.type);
  const checks: [boolean, string | null][] = [
    [facts.refusal !== null, facts.refusal],
    [facts.suspended, 'organization_suspended'],
    [!facts.agentActive, 'agent_inactive'],
    [!facts.numberActive, 'number_inactive'],
    [facts.paused, 'assignment_paused'],
    [facts.type === 'NON_GEOGRAPHIC' && !facts.types.includes('NON_GEOGRAPHIC'), 'destination_unroutable'],
    [facts.type === 'NON_GEOGRAPHIC', null],
    [restricted && !facts.types.includes(facts.type), 'number_type_blocked'],
    [facts.country === null || !facts.countries.includes(facts.country), 'country_not_allowed'],
    [true, null],
  ];
  return checks.find(([applies]) => applies)![1];
}

function* everyCase(): Generator<Facts> {
  const both = [false, true];
  for (const refusal of [null, 'destination_invalid', 'destination_emergency'])
    for (const suspended of both)
      for (const agentActive of both)
        for (const numberActive of both)
          for (const paused of both)
            for (const country of [null, 'US', 'GG'])
              for (const type of ['MOBILE', 'UNKNOWN', 'PREMIUM_RATE', 'SHARED_COST', 'NON_GEOGRAPHIC'])
                for (const countries of [[], ['US'], ['GB', 'GG']])
                  for (const types of [[], ['PREMIUM_RATE'], ['NON_GEOGRAPHIC', 'SHARED_COST']])
                    yield { refusal, suspended, agentActive, numberActive, paused, country, type, countries, types };
}

describe('decide_call', () => {
  let db: TestDatabase;

  beforeAll(async () => {
    db = await createTestDatabase();
  });
  afterAll(() => db?.drop());

  it('answers the first refusal in the order of the checks, for every combination of facts', async () => {
    const cases = [...everyCase()];
    const rows = await db.query(
      `select decide_call(c->>'refusal', (c->>'suspended')::boolean, (c->>'agentActive')::boolean,
         (c->>'numberActive')::boolean, (c->>'paused')::boolean, c->>'country', c->>'type',
         array(select jsonb_array_elements_text(c->'countries')), array(select jsonb_array_elements_text(c->'types'))
       ) as reason
       from jsonb_array_elements($1::jsonb) with ordinality x(c, i) order by i`,
      [JSON.stringify(cases)],
    );
    const wrong = cases.filter((facts, index) => rows[index]!['reason'] !== expected(facts));
    expect(cases.length).toBeGreaterThan(5_000);
    expect(wrong).toEqual([]);
  });
});
