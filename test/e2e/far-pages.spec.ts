import { type RunningApi, startApi } from '../support/api.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { createAgent, createApiKey, createOrganization } from '../support/fixtures.js';
import { request } from '../support/http.js';

const NUMBERS = 6_000;
/** Nearer to either end than counters are asked, at the border, and in the middle. */
const OFFSETS = [0, 1_999, 2_000, 2_001, 2_480, 2_999, 3_000, 3_550, 5_990];
const LIVE = `from phone_numbers n where n.organization_id = $1 and n.lifecycle <> 'released'`;
const OF_AGENTS = `from phone_numbers n join agents g on g.id = n.assigned_agent_id
  where n.organization_id = $1 and n.lifecycle <> 'released'`;

let db: TestDatabase;
let api: RunningApi;
let organizationId: string;
let key: string;
let agentIds: string[];

beforeAll(async () => {
  db = await createTestDatabase();
  api = await startApi({ databaseUrl: db.url });
  organizationId = await createOrganization(db);
  key = (await createApiKey(db, { organizationId, scopes: ['numbers:read', 'assignments:read'] })).key;
  agentIds = [];
  for (const name of ['carol', 'Alice', 'bob', 'Zoë', 'dora']) {
    agentIds.push(await createAgent(db, { organizationId, name }));
  }
  // Made over weeks and within seconds, in another order than that of the numbers; some numbers begin like others end.
  await db.query(
    `insert into phone_numbers (id, organization_id, e164, provider, country_code)
     select uuidv7(-make_interval(secs => case when i % 3 = 0 then i * 700 else i % 11 end)), $1,
       case when i % 1000 = 7 then '+4420' || i / 1000 || 1 when i % 2 = 0 then '+1202' || 2000000 + i * 4001 % 7000000
         else '+4420' || i * 37 % 100000 || i end, 'telnyx', case when i % 5 = 0 then 'GB' end
     from generate_series(1, ${NUMBERS}) i`,
    [organizationId],
  );
  await db.query(
    `insert into agent_phone_numbers (organization_id, agent_id, phone_number_id, daily_limit, last_reset_date)
     select $1, ($2::uuid[])[place % 5 * (place % 5 + place % 3) % 5 + 1], n.id, 10, current_date
     from (select id, row_number() over (order by md5(e164)) as place from phone_numbers where organization_id = $1) n
     where place % 10 > 0`,
    [organizationId, agentIds],
  );
});

afterAll(async () => {
  await api?.close();
  await db?.drop();
});

async function list(resource: string, field: string, direction: 'ASC' | 'DESC', offset: number, filter: object = {}) {
  const search = new URLSearchParams({
    filter: JSON.stringify(filter),
    sort: JSON.stringify([field, direction]),
    range: JSON.stringify([offset, offset + 9]),
  });
  return request(`${api.url}/api/v1/${resource}?${search}`, { apiKey: key });
}

async function truth(columns: string, from: string, order: string): Promise<string[]> {
  const rows = await db.query(`select ${columns} as id ${from} order by ${order}`, [organizationId]);
  return rows.map((row) => String(row['id']));
}

async function expectPages(resource: string, field: string, rising: string[], idOf = 'id'): Promise<void> {
  for (const direction of ['ASC', 'DESC'] as const) {
    const all = direction === 'ASC' ? rising : rising.toReversed();
    for (const offset of OFFSETS) {
      const { body, headers } = await list(resource, field, direction, offset);
      const ids = (body as Record<string, string>[]).map((row) => row[idOf]);
      expect({ field, direction, offset, ids }).toEqual({
        field,
        direction,
        offset,
        ids: all.slice(offset, offset + 10),
      });
      expect(headers.get('x-total-count')).toBe(String(all.length));
    }
  }
}

const expectAllPages = async () => {
  await expectPages('phone-numbers', 'createdAt', await truth('n.id', LIVE, 'n.id'));
  await expectPages('phone-numbers', 'phoneNumber', await truth('n.id', LIVE, 'n.e164'));
  const called = await truth('n.id', OF_AGENTS, 'lower(g.name), n.id');
  await expectPages('agent-assignments', 'agentName', called, 'phoneNumberId');
};

describe('pages far down a long list', () => {
  it('are the whole list in both directions, by age, by number and by agent', expectAllPages);

  it('stay so when numbers come and go, change, and are called by others', async () => {
    const some = (share: number) => `(select id from phone_numbers where organization_id = $1
      and lifecycle <> 'released' and abs(hashtext(e164)) % 100 < ${share})`;
    const end = `update agent_phone_numbers set ended_at = now() where ended_at is null and phone_number_id in`;
    await db.query(`${end} ${some(8)}`, [organizationId]);
    await db.query(
      `update phone_numbers set lifecycle = 'released' where id in ${some(5)} and assigned_agent_id is null`,
      [organizationId],
    );
    await db.query(`update phone_numbers set e164 = '+33' || right(e164, -2) where id in ${some(12)}`, [
      organizationId,
    ]);
    await db.query(`delete from phone_numbers where assigned_agent_id is null and lifecycle = 'released' and id not in (
      select phone_number_id from agent_phone_numbers)`);
    // Single changes, of which one in ten folds counters.
    const rows = await db.query(`select id from phone_numbers where organization_id = $1 order by md5(e164) limit 60`, [
      organizationId,
    ]);
    for (const { id } of rows) {
      await db.query(`update phone_numbers set e164 = '+49' || right(e164, -3) where id = $1`, [id]);
    }
    expect(await db.query(DIFFERENCE)).toEqual([]);
    await expectAllPages();
  });

  it.each([
    ['phone-numbers', 'createdAt', { countryCode: 'GB' }],
    ['phone-numbers', 'provider', {}],
    ['agent-assignments', 'phoneNumber', {}],
  ])(
    'of %s by %s with %j are refused where tens of thousands of rows would be passed',
    async (resource, field, filter) => {
      // A difference that no trigger wrote makes the list look long.
      const add = `insert into phone_number_counts select $1, '', '', 'GB', 'telnyx', 'active', false, true, false, '', $2, 0`;
      await db.query(add, [organizationId, 300_000]);
      const { status, body } = await list(resource, field, 'DESC', 140_000, filter);
      expect({ status, code: body.code }).toEqual({ status: 400, code: 'validation_failed' });
      expect(body.errors.range).toBe(
        'starts more than 10,000 rows from either end of this list; narrow the filter, or download the whole list as a file',
      );
      expect((await list(resource, field, 'DESC', 9_000, filter)).status).toBe(200);
      await db.query(add, [organizationId, -300_000]);
    },
  );
});

const DIFFERENCE = `
  with truth as (
    select n.organization_id, p.list, p.place from phone_numbers n cross join lateral (values
      ('id', left(n.id::text, 6)), ('id ' || left(n.id::text, 6), left(n.id::text, 10)),
      ('number', left(n.e164, 5)), ('number ' || left(n.e164, 5), left(n.e164, 8)),
      ('agent', (select a.agent_id::text from agent_phone_numbers a
        where a.phone_number_id = n.id and a.ended_at is null))) p(list, place)
    where n.lifecycle <> 'released' and p.place is not null)
  select organization_id, list, place, sum(numbers) from (
    select *, 1 as numbers from truth
    union all select organization_id, list, place, -numbers from phone_number_places) d
  group by 1, 2, 3 having sum(numbers) <> 0`;
