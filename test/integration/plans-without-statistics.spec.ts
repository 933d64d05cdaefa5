import type pg from 'pg';
import { ASSIGNMENTS_BY_ID } from '../../apps/api/src/modules/agent-assignments/lists/sql/assignment-pages.sql.js';
import { AGENTS_FROM, agentViews } from '../../apps/api/src/modules/agents/sql/agent-views.sql.js';
import { USAGE_DAY } from '../../apps/api/src/modules/usage/sql/usage-day.sql.js';
import { TODAYS_AGENTS } from '../../apps/api/src/modules/usage/sql/usage-summary.sql.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { createOrganization } from '../support/fixtures.js';

const AGENTS = 2_000;
const PAGE = 1_000;
/** Blocks that a row of an answer may cost: a few look-ups by key. Going through all assignments for each row costs 90. */
const BLOCKS_PER_ROW = 35;

/** An organization that was filled a moment ago: agents with a number and an assignment each, counters of today and yesterday. */
const GROWTH = [
  `create temporary table grown as
     select uuidv7() as agent, uuidv7() as number, uuidv7() as assignment, i from generate_series(1, ${AGENTS}) i`,
  `insert into agents (organization_id, id, name, kind, deleted_at)
   select $1, agent, 'Grown ' || i, 'ai', case when i % 100 = 7 then now() end from grown`,
  `insert into phone_numbers (organization_id, id, e164, provider, country_code)
   select $1, number, '+1202' || (5560000 + i), 'telnyx', 'US' from grown`,
  `insert into agent_phone_numbers (organization_id, id, agent_id, phone_number_id, daily_limit, calls_made_today,
     last_reset_date, ended_at)
   select $1, assignment, agent, number, 100, i % 50, (ringfence_clock() at time zone 'UTC')::date - i % 2,
     case when i % 100 = 9 then now() end
   from grown`,
];

describe('lists and figures before the planner has statistics', () => {
  let db: TestDatabase;
  let app: pg.Client;
  let organizationId: string;

  beforeAll(async () => {
    db = await createTestDatabase();
    for (const table of ['agents', 'phone_numbers', 'agent_phone_numbers', 'organizations']) {
      await db.query(`alter table ${table} set (autovacuum_enabled = false)`);
    }
    organizationId = await createOrganization(db);
    app = await db.connect();
    for (const sql of GROWTH) await app.query(sql, sql.includes('$1') ? [organizationId] : []);
    await app.query('set role ringfence_app');
    await app.query(`set ringfence.organization_ids = '{${organizationId}}'`);
  });

  afterAll(async () => {
    await app?.end();
    await db?.drop();
  });

  async function blocksOf(sql: string, parameters: unknown[]): Promise<number> {
    const { rows } = await app.query<{ 'QUERY PLAN': [{ Plan: Record<string, number> }] }>(
      `explain (analyze, buffers, format json) ${sql}`,
      parameters,
    );
    const { Plan } = rows[0]!['QUERY PLAN'][0];
    return Plan['Shared Hit Blocks']! + Plan['Shared Read Blocks']!;
  }

  const localDate = async () =>
    (await app.query<{ localDate: string }>(USAGE_DAY, [organizationId])).rows[0]!.localDate;
  const page = `select g.id, row_number() over (order by lower(g.name), g.id) as place ${AGENTS_FROM}
    order by lower(g.name), g.id limit ${PAGE}`;

  it("reads every agent's usage of today in one pass", async () => {
    expect(await blocksOf(TODAYS_AGENTS, [organizationId, await localDate()])).toBeLessThan(AGENTS);
  });

  it('reads a long page of agents, and of assignments, by a few look-ups for each row', async () => {
    expect(await blocksOf(agentViews(page, null), [organizationId])).toBeLessThan(PAGE * BLOCKS_PER_ROW);
    const { rows } = await app.query<{ id: string }>(
      'select id from agent_phone_numbers where ended_at is null limit $1',
      [PAGE],
    );
    const ids = rows.map(({ id }) => id);
    expect(await blocksOf(ASSIGNMENTS_BY_ID, [organizationId, ids])).toBeLessThan(PAGE * BLOCKS_PER_ROW);
  });

  it('counts for each agent what the gate counts', async () => {
    const truth = (
      await app.query<{ id: string }>(
        `select g.id, count(f.assignment_id)::integer as numbers, coalesce(sum(f.used), 0)::integer as used,
           coalesce(sum(f.daily_limit), 0)::integer as "dailyLimit"
         from agents g
         left join gate_facts(ringfence_clock()) f on f.organization_id = g.organization_id and f.agent_id = g.id
         where g.organization_id = $1 and g.deleted_at is null
         group by g.id order by g.id`,
        [organizationId],
      )
    ).rows;
    expect(truth).toHaveLength(AGENTS - AGENTS / 100);
    const today = await app.query(
      `select "agentId" as id, "callsMadeToday" as used, "dailyLimit" from (${TODAYS_AGENTS}) t order by 1`,
      [organizationId, await localDate()],
    );
    expect(today.rows).toEqual(
      truth.map(({ id, ...figures }) => expect.objectContaining({ id, ...omit(figures) }) as object),
    );
    const all = page.replace(`limit ${PAGE}`, '');
    const listed = await app.query(
      `select id, "numbersAssigned" as numbers, "callsMadeToday" as used, "dailyLimit" from (${agentViews(all, null)}) t
       order by 1`,
      [organizationId],
    );
    expect(listed.rows).toEqual(truth);
  });
});

/** The summary does not tell how many numbers an agent has. */
function omit(figures: object): object {
  return Object.fromEntries(Object.entries(figures).filter(([name]) => name !== 'numbers'));
}
