import { type Check, checkList, type CheckReasonCode, checks, reasonCodeList } from '#contracts';
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

/** gate_checks() of the facts that a case `c` describes. Made apart from the call, which is put in its place only then. */
const CHECKS = `(
  select row(case when c ? 'unassigned' then null else uuidv7() end, (c->>'suspended')::boolean, (c->>'agentActive')::boolean,
    (c->>'numberActive')::boolean, (c->>'paused')::boolean, array(select jsonb_array_elements_text(c->'countries')),
    array(select jsonb_array_elements_text(c->'types')), (c->>'numberCanCall')::boolean)::assignment_facts as facts,
    row(c->>'refusal', c->>'country', c->>'type')::call_facts as call
  offset 0
) f cross join lateral gate_checks(f.facts, f.call)`;

const HARMLESS: PolicyFacts = {
  refusal: null,
  suspended: false,
  agentActive: true,
  numberActive: true,
  numberCanCall: true,
  paused: false,
  country: 'US',
  type: 'MOBILE',
  countries: ['US'],
  types: [],
};

/** What makes one check refuse and leaves all others as they are. A new check needs its line here. */
const HARM: Record<Exclude<Check, 'daily_limit'>, Partial<PolicyFacts> & { unassigned?: true }> = {
  destination: { refusal: 'destination_invalid' },
  assignment: { unassigned: true },
  organization: { suspended: true },
  agent: { agentActive: false },
  number: { numberActive: false },
  pause: { paused: true },
  number_type: { type: 'PREMIUM_RATE' },
  country: { countries: [] },
};
const harmful = Object.keys(HARM) as (keyof typeof HARM)[];

describe('the checks of the gate', () => {
  let db: TestDatabase;

  beforeAll(async () => {
    db = await createTestDatabase();
  });
  afterAll(() => db?.drop());

  async function judge(cases: object[]): Promise<Record<string, unknown>[]> {
    const rows = await db.query(
      `select to_jsonb(k) as checks from jsonb_array_elements($1::jsonb) with ordinality x(c, i)
       cross join lateral ${CHECKS} k order by i`,
      [JSON.stringify(cases)],
    );
    return rows.map((row) => row['checks'] as Record<string, unknown>);
  }

  async function decide(cases: PolicyFacts[]): Promise<unknown[]> {
    const rows = await db.query(
      `select k.refused from jsonb_array_elements($1::jsonb) with ordinality x(c, i)
       cross join lateral ${CHECKS} k order by i`,
      [JSON.stringify(cases)],
    );
    return rows.map((row) => row['refused'] as unknown);
  }

  it('refuse a destination of which no type is known, whatever is allowed', async () => {
    const unknown = { ...HARMLESS, type: null } as unknown as PolicyFacts;
    expect(await decide([unknown, { ...unknown, types: ['PREMIUM_RATE'] }])).toEqual([
      'number_type_blocked',
      'number_type_blocked',
    ]);
  });

  it('answer the first refusal in the order of the checks, for every combination of facts', async () => {
    const cases = [...everyCase()];
    const decided = await decide(cases);
    const wrong = cases.filter((facts, index) => decided[index] !== (refusalsOf(facts)[0] ?? null));
    expect(cases).toHaveLength(2 * (3 * 3 * 15) * (12 * 4 * 11));
    expect(wrong.slice(0, 3)).toEqual([]);
    expect(new Set(decided)).toEqual(new Set([null, ...refusalOrder]));
  });

  it('put every refusal before every later one that applies at the same time', async () => {
    const pairs = new Map<string, PolicyFacts>();
    for (const facts of everyCase()) {
      const [first, ...others] = refusalsOf(facts);
      for (const other of others) pairs.set(`${first} before ${other}`, facts);
    }
    // Of 36 pairs two exclude themselves: a destination is not both unreadable and an emergency number, and of a number that
    // is not active the gate does not say that it cannot call.
    expect(pairs.size).toBe(34);
    const decided = await decide([...pairs.values()]);
    expect([...pairs.keys()].filter((pair, index) => !pair.startsWith(`${String(decided[index])} `))).toEqual([]);
  });

  it('agree with the catalogue about which there are, and in which order', async () => {
    const columns = await db.query(`select unnest(proargnames) as name from pg_proc where proname = 'gate_checks'`);
    const names = columns.map(({ name }) => name as string);
    const before = names.indexOf('refused');
    expect(names.slice(names.indexOf('call') + 1, before)).toEqual(
      checkList.filter((check) => checks[check].kind !== 'counted_row'),
    );
    expect(names.slice(before)).toEqual(['refused', 'place', 'type_is_free', 'country_is_free']);
  });

  it('refuse each alone, with a reason of its own from the catalogue, and say their place', async () => {
    const [passed] = await judge([HARMLESS]);
    expect(passed).toEqual({
      ...Object.fromEntries(harmful.map((check) => [check, null])),
      refused: null,
      place: null,
      type_is_free: true,
      country_is_free: false,
    });
    const judged = await judge(harmful.map((check) => ({ ...HARMLESS, ...HARM[check] })));
    for (const [index, check] of harmful.entries()) {
      const answer = judged[index]!;
      expect(Object.keys(checks[check].reasons)).toContain(answer['refused']);
      expect(harmful.filter((other) => answer[other] !== null)).toEqual([check]);
      expect([check, answer['place']]).toEqual([check, checkList.indexOf(check) + 1]);
    }
  });

  it('go in the order of the catalogue wherever two of them refuse', async () => {
    const pairs = harmful.flatMap((first, index) => harmful.slice(index + 1).map((second) => [first, second] as const));
    const judged = await judge(pairs.map(([first, second]) => ({ ...HARMLESS, ...HARM[second], ...HARM[first] })));
    const order = pairs.map(([first, second], index) => {
      const { refused, place, [second]: other } = judged[index]!;
      return { first, second, refused, place, isOtherTold: other !== null };
    });
    expect(order).toEqual(
      pairs.map(([first, second]) => ({
        first,
        second,
        refused: Object.keys(checks[first].reasons)[0],
        place: checkList.indexOf(first) + 1,
        isOtherTold: true,
      })),
    );
  });

  it('are those of the oracle, in its order, but for what it takes for granted', () => {
    const codes = checkList.flatMap((check) => Object.keys(checks[check].reasons) as CheckReasonCode[]);
    expect(codes.filter((code) => !['no_assignment', 'daily_limit_reached'].includes(code))).toEqual(refusalOrder);
    expect(reasonCodeList.slice(-codes.length)).toEqual(codes);
    expect(new Set(codes).size).toBe(codes.length);
  });

  it('read facts that exist, the counted ones last', async () => {
    const rows = await db.query(
      `select table_name || '.' || column_name as name from information_schema.columns where table_schema = 'public'`,
    );
    const columns = new Set(rows.map(({ name }) => name));
    const facts = checkList.filter((check) => checks[check].kind !== 'call').flatMap((check) => checks[check].facts);
    expect(facts.filter((fact) => !columns.has(fact))).toEqual([]);
    const kinds = checkList.map((check) => checks[check].kind);
    const order = ['call', 'held_rows', 'counted_row'];
    expect(kinds).toEqual([...kinds].sort((one, other) => order.indexOf(one) - order.indexOf(other)));
  });
});
