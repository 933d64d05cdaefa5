import { reasonCodeList } from '#contracts';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import {
  everyAssignment,
  everyDestination,
  type PolicyFacts,
  refusalOrder,
  refusalsOf,
} from '../support/policy-oracle.js';

function* everyCase(): Generator<PolicyFacts> {
  for (const suspended of [false, true])
    for (const destination of everyDestination())
      for (const assignment of everyAssignment()) yield { suspended, ...destination, ...assignment };
}

describe('decide_call', () => {
  let db: TestDatabase;

  beforeAll(async () => {
    db = await createTestDatabase();
  });
  afterAll(() => db?.drop());

  async function decide(cases: PolicyFacts[]): Promise<unknown[]> {
    const rows = await db.query(
      `select decide_call(c->>'refusal', (c->>'suspended')::boolean, (c->>'agentActive')::boolean,
         (c->>'numberActive')::boolean, (c->>'paused')::boolean, c->>'country', c->>'type',
         array(select jsonb_array_elements_text(c->'countries')), array(select jsonb_array_elements_text(c->'types'))
       ) as reason
       from jsonb_array_elements($1::jsonb) with ordinality x(c, i) order by i`,
      [JSON.stringify(cases)],
    );
    return rows.map((row) => row['reason'] as unknown);
  }

  it('answers the first refusal in the order of the checks, for every combination of facts', async () => {
    const cases = [...everyCase()];
    const decided = await decide(cases);
    const wrong = cases.filter((facts, index) => decided[index] !== (refusalsOf(facts)[0] ?? null));
    expect(cases).toHaveLength(2 * (3 * 3 * 15) * (8 * 4 * 11));
    expect(wrong.slice(0, 3)).toEqual([]);
    expect(new Set(decided)).toEqual(new Set([null, ...refusalOrder]));
  });

  it('puts every refusal before every later one that applies at the same time', async () => {
    const pairs = new Map<string, PolicyFacts>();
    for (const facts of everyCase()) {
      const [first, ...others] = refusalsOf(facts);
      for (const other of others) pairs.set(`${first} before ${other}`, facts);
    }
    // Of 28 pairs one excludes itself: a destination cannot be both unreadable and an emergency number.
    expect(pairs.size).toBe(27);
    const decided = await decide([...pairs.values()]);
    expect([...pairs.keys()].filter((pair, index) => !pair.startsWith(`${String(decided[index])} `))).toEqual([]);
  });

  it('has the order of the reason codes', () => {
    expect(reasonCodeList.filter((code) => refusalOrder.includes(code))).toEqual(refusalOrder);
  });
});
