import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { createAgent, createOrganization } from '../support/fixtures.js';

/** More than the triggers copy at once, so that a statement is copied in several steps. */
const NUMBERS = 2_300;

const WRONG = `
  select count(*)::integer as wrong from phone_numbers n
  where n.assigned_agent_id is distinct from (
    select a.agent_id from agent_phone_numbers a
    where a.organization_id = n.organization_id and a.phone_number_id = n.id and a.ended_at is null)`;

const COUNTED = `
  select coalesce(sum(c.numbers), 0)::integer as counted from phone_number_counts c
  where c.organization_id = $1 and c.facet = '' and c.assigned`;

describe('what numbers know of the agents that call from them', () => {
  let db: TestDatabase;
  let organizationId: string;

  beforeAll(async () => {
    db = await createTestDatabase();
    organizationId = await createOrganization(db);
    const agentId = await createAgent(db, { organizationId });
    await db.query(
      `insert into phone_numbers (organization_id, e164, provider)
       select $1, '+1202' || 5550000 + i, 'telnyx' from generate_series(1, $2::integer) i`,
      [organizationId, NUMBERS],
    );
    await db.query(
      `insert into agent_phone_numbers (organization_id, agent_id, phone_number_id, daily_limit, last_reset_date)
       select $1, $2, n.id, 10, current_date from phone_numbers n`,
      [organizationId, agentId],
    );
  });
  afterAll(() => db?.drop());

  async function expectAssigned(expected: number): Promise<void> {
    expect(await db.query(WRONG)).toEqual([{ wrong: 0 }]);
    expect(await db.query(COUNTED, [organizationId])).toEqual([{ counted: expected }]);
  }

  it('is right, and counted, when one statement assigns, ends or brings back thousands', async () => {
    await expectAssigned(NUMBERS);
    await db.query('update agent_phone_numbers set ended_at = now()');
    await expectAssigned(0);
    await db.query(`update agent_phone_numbers set ended_at = null where id in (
      select id from agent_phone_numbers order by id limit 1500)`);
    await expectAssigned(1500);
    await db.query('update agent_phone_numbers set ended_at = case when ended_at is null then now() end');
    await expectAssigned(NUMBERS - 1500);
    await db.query('update agent_phone_numbers set ended_at = null');
    await expectAssigned(NUMBERS);
  });

  it('is right after a statement that failed was taken back to a savepoint', async () => {
    const client = await db.connect();
    await client.query('begin');
    await client.query('savepoint before');
    // Its last row cannot be written: a limit is not below zero.
    const fails = `update agent_phone_numbers set ended_at = now(),
      daily_limit = case when id = (select id from agent_phone_numbers order by id desc limit 1) then -1 else 10 end`;
    await expect(client.query(fails)).rejects.toThrow();
    await client.query('rollback to before');
    await client.query(`update agent_phone_numbers set ended_at = now() where id in (
      select id from agent_phone_numbers order by id limit 7)`);
    await client.query('commit');
    await client.end();
    await expectAssigned(NUMBERS - 7);
  });
});
