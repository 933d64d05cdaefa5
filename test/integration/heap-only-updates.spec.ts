import type pg from 'pg';
import { RESET_COUNTERS, TURN_COUNTERS } from '../../apps/api/src/modules/usage/sql/set-counters-back.sql.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

const ASSIGNMENTS = 300;
/** One transaction touches a quarter of them: the versions that it leaves are cleared away when it has ended. */
const TOUCHED = ASSIGNMENTS / 4;
const TODAY = '2031-03-30';

/** Assignments as an import leaves them: each page of the table has the room that its fill factor keeps free. */
const POPULATE = `
  create or replace function ringfence_clock() returns timestamptz language sql volatile parallel safe
    as $$ select timestamptz '${TODAY}T11:30:00Z' $$;
  insert into organizations (slug, name, time_zone, default_allowed_countries) values ('calls', 'calls', 'UTC', '{CA}');
  insert into agents (organization_id, name, kind)
    select o.id, 'Agent ' || i, 'ai' from organizations o, generate_series(1, ${ASSIGNMENTS}) i where o.slug = 'calls';
  insert into phone_numbers (organization_id, e164, provider)
    select o.id, '+1202555' || lpad(i::text, 4, '0'), 'telnyx'
    from organizations o, generate_series(1, ${ASSIGNMENTS}) i where o.slug = 'calls';
  insert into agent_phone_numbers (organization_id, agent_id, phone_number_id, daily_limit, last_reset_date)
    select g.organization_id, g.id, n.id, 10, date '${TODAY}' - (place % 4 = 0)::integer
    from (select *, row_number() over (order by id) as place from agents) g
    join (select *, row_number() over (order by id) as place from phone_numbers) n using (place)`;

const CALL_EACH = `
  with made as (select array_agg(agent_id order by agent_id) as agents, array_agg(organization_id order by agent_id) as orgs
    from agent_phone_numbers where last_reset_date < '${TODAY}')
  select g.reason_code as reason
  from made
  cross join lateral gate_authorize(orgs, agents, array_fill(null::uuid, array[$1::int]), array_fill(null::text, array[$1]),
    array_fill('+14165550123'::text, array[$1]), array_fill('CA'::text, array[$1]), array_fill('MOBILE'::text, array[$1]),
    array_fill(null::text, array[$1]), orgs, array_fill(null::text, array[$1]), array_fill(null::bytea, array[$1]),
    interval '1 hour', interval '48 hours') g`;

const UPDATES = `
  select pg_stat_get_xact_tuples_updated(t.oid)::integer as updated,
    pg_stat_get_xact_tuples_hot_updated(t.oid)::integer as "heapOnly"
  from pg_class t where t.relname = 'agent_phone_numbers'`;

/**
 * A heap-only update writes no index entry. That each call is one is what lets the gate count as fast as it does: see
 * docs/adr/0011-lists-and-totals.md.
 */
describe('The counters of assignments', () => {
  let db: TestDatabase;
  let client: pg.Client;
  let organizationId: string;

  beforeAll(async () => {
    db = await createTestDatabase();
    client = await db.connect();
    await client.query(POPULATE);
    organizationId = (await client.query<{ id: string }>(`select id from organizations where slug = 'calls'`)).rows[0]!
      .id;
  });

  afterAll(async () => {
    await client?.end();
    await db?.drop();
  });

  /** What a transaction does to the rows of assignments. It is taken back, so that every page is as full as before. */
  async function updatesOf(work: () => Promise<unknown>): Promise<{ updated: number; heapOnly: number }> {
    const updates = async () => (await client.query<{ updated: number; heapOnly: number }>(UPDATES)).rows[0]!;
    await client.query('begin');
    try {
      // What earlier transactions did may not have been reported yet, and stands in the figures of this one.
      const before = await updates();
      await work();
      const after = await updates();
      return { updated: after.updated - before.updated, heapOnly: after.heapOnly - before.heapOnly };
    } finally {
      await client.query('rollback');
      await client.query('vacuum agent_phone_numbers');
    }
  }

  async function callEach(): Promise<void> {
    const { rows } = await client.query<{ reason: string }>(CALL_EACH, [TOUCHED]);
    expect(new Set(rows.map(({ reason }) => reason))).toEqual(new Set(['allowed']));
  }

  const ALL_HEAP_ONLY = { updated: TOUCHED, heapOnly: TOUCHED };

  it('are counted up by a call in heap-only updates, on a new day as well', async () => {
    expect(await updatesOf(callEach)).toEqual(ALL_HEAP_ONLY);
  });

  it('are set back by hand and at midnight in heap-only updates', async () => {
    await client.query(`update agent_phone_numbers set calls_made_today = 3 where last_reset_date < '${TODAY}'`);
    await client.query('vacuum agent_phone_numbers');
    const byHand = () => client.query(RESET_COUNTERS, [organizationId, TODAY, null]);
    expect(await updatesOf(byHand)).toEqual(ALL_HEAP_ONLY);
    const atMidnight = () => client.query(TURN_COUNTERS, [organizationId, TODAY, ASSIGNMENTS]);
    expect(await updatesOf(atMidnight)).toEqual(ALL_HEAP_ONLY);
  });

  it('take new limits and countries in heap-only updates, whose time is written down', async () => {
    for (const change of [`daily_limit = 20, allowed_countries = '{CA}'`, 'updated_at = now()']) {
      const sql = `update agent_phone_numbers set ${change} where last_reset_date < '${TODAY}'`;
      expect(await updatesOf(() => client.query(sql))).toEqual(ALL_HEAP_ONLY);
    }
  });

  it('would write index entries with an index on them, which this test would see', async () => {
    const { updated, heapOnly } = await updatesOf(async () => {
      await client.query(
        'create index on agent_phone_numbers (organization_id, calls_made_today) where ended_at is null',
      );
      await callEach();
    });
    expect({ updated, heapOnly }).toEqual({ updated: TOUCHED, heapOnly: 0 });
  });
});
