import type { MigrationInterface, QueryRunner } from 'typeorm';
import { FasterCallGate1795300005000 } from './1795300005000-FasterCallGate.js';

/**
 * A connection of the gate keeps its plans. Some statements could get one that reads a whole table of the organization,
 * when it was made while statistics said that the table was empty, as they do in a new installation: busy callers then
 * waited until the statement's timeout. Now each looks up what the step before has found, whatever statistics say. A
 * subquery for one value is never hashed and `offset 0` keeps the planner from turning the steps around.
 */
export class GatePlansOutliveStatistics1795500002000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    const former = await formerFunctions();
    await queryRunner.query(changed(former.choose, CHOICE));
    await queryRunner.query(
      [FREE, BUSY, OWN_KEY, ORGANIZATIONS, ORGANIZATION_OF_CALL, REPLAYS].reduce(changed, former.authorize),
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    const former = await formerFunctions();
    await queryRunner.query(former.authorize);
    await queryRunner.query(former.choose);
  }
}

/** The two functions as the earlier migration made them. */
async function formerFunctions(): Promise<{ choose: string; authorize: string }> {
  const statements: string[] = [];
  const record = { query: (sql: string) => Promise.resolve(statements.push(sql)) } as unknown as QueryRunner;
  await new FasterCallGate1795300005000().up(record);
  const replacing = (name: string) =>
    statements
      .find((sql) => sql.includes(`create function ${name}(`))!
      .replace('create function', 'create or replace function');
  return { choose: replacing('gate_choose'), authorize: replacing('gate_authorize') };
}

interface Change {
  from: string;
  to: string;
}

function changed(sql: string, { from, to }: Change): string {
  if (sql.split(from).length !== 2) throw new Error(`The function does not say exactly once: ${from}`);
  return sql.replace(from, () => to);
}

const CHOICE: Change = {
  from: `
      cross join lateral gate_facts(c.at) f
`,
  to: `
      cross join lateral (
        select a.phone_number_id from agent_phone_numbers a
        where a.live_organization_id = p_organization and a.agent_id = p_agent
        offset 0
      ) l
      cross join lateral (
        select g.* from gate_facts(c.at) g
        where g.organization_id = p_organization and g.agent_id = p_agent and g.phone_number_id = l.phone_number_id
        offset 0
      ) f
`,
};

const FREE: Change = {
  from: `
        join agent_phone_numbers a on a.live_organization_id = c.org and a.agent_id = c.agent
        for no key update of a skip locked);
`,
  to: `
        cross join lateral (
          select a.id from agent_phone_numbers a
          where a.live_organization_id = c.org and a.agent_id = c.agent
          for no key update skip locked
        ) a);
`,
};

const BUSY: Change = {
  from: `
        select exists (
          select from agent_phone_numbers a
          where a.live_organization_id = c.org and a.agent_id = c.agent and a.id <> all (v_free))
`,
  to: `
        select (
          select count(*) > 0 from agent_phone_numbers a
          where a.live_organization_id = c.org and a.agent_id = c.agent and a.id <> all (v_free))
`,
};

const OWN_KEY: Change = {
  from: `
        select c.open is not false and (c.key is null or exists (
          select from idempotency_keys k
          where k.organization_id = c.org and k.key = c.key and k.authorization_id = c.id))
`,
  to: `
        select c.open is not false and (c.key is null or (
          select count(*) > 0 from idempotency_keys k
          where k.organization_id = c.org and k.key = c.key and k.authorization_id = c.id))
`,
};

/** Read from the function itself: a common table expression copies each row for each call that looks for its own. */
const ORGANIZATIONS: Change = {
  from: `
    ), org as materialized (
      select o.*
      from (select count(*) from locked) l(locked)
      cross join lateral gate_organizations(array(select distinct o from unnest(p_organization) o), l.locked) o
`,
  to: '\n',
};

const ORGANIZATION_OF_CALL: Change = {
  from: `
      join org o on o.id = l.org
`,
  to: `
      join gate_organizations(
        array(select distinct o from unnest(p_organization) o), (select count(*) from locked)) o on o.id = l.org
`,
};

const REPLAYS: Change = {
  from: `
      join idempotency_keys k on k.organization_id = c.org and k.key = c.key and k.authorization_id <> c.id
      join call_authorizations l on l.organization_id = k.organization_id and l.id = k.authorization_id
      where c.busy is not true;`,
  to: `
      cross join lateral (
        select k.fingerprint, k.authorization_id from idempotency_keys k
        where k.organization_id = c.org and k.key = c.key and k.authorization_id <> c.id
        offset 0
      ) k
      cross join lateral (
        select l.* from call_authorizations l
        where l.organization_id = c.org and l.id = k.authorization_id
        offset 0
      ) l
      where c.busy is not true;`,
};
