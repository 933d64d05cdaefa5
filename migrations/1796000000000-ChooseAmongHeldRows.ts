import type { MigrationInterface, QueryRunner } from 'typeorm';
import { type Change, rewriteFunction, undone } from './rewrite-function.js';

/**
 * A call of an agent with several numbers is decided by gate_choose(), which reads by a younger snapshot than the
 * statement that took the locks: it could see an assignment that was made meanwhile and that nobody had locked, and write
 * over the count of another batch. Now it chooses among rows that this transaction holds. A new row that nobody holds is
 * taken as well; for one that somebody holds it does not wait, for waiting here would be out of the order of locks.
 *
 * And a call that names its number or assignment is no longer passed over because another number of its agent is held.
 */
export class ChooseAmongHeldRows1796000000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await rewriteFunction(queryRunner, 'gate_choose', CHOOSE);
    await queryRunner.query(`drop function gate_choose(${FORMER_ARGUMENTS})`);
    await rewriteFunction(queryRunner, 'gate_authorize', AUTHORIZE);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await rewriteFunction(queryRunner, 'gate_choose', undone(CHOOSE));
    await queryRunner.query(`drop function gate_choose(${FORMER_ARGUMENTS}, uuid[])`);
    await rewriteFunction(queryRunner, 'gate_authorize', undone(AUTHORIZE));
  }
}

const FORMER_ARGUMENTS = 'uuid, uuid, text, text, text, text, text, uuid, uuid, interval';

const CHOOSE: Change[] = [
  { from: 'p_lease interval)', to: 'p_lease interval, p_held uuid[])' },
  {
    from: `
        select a.phone_number_id from agent_phone_numbers a
        where a.live_organization_id = p_organization and a.agent_id = p_agent
        offset 0
      ) l
`,
    to: `
        select a.id, a.phone_number_id from agent_phone_numbers a
        where a.live_organization_id = p_organization and a.agent_id = p_agent
        offset 0
      ) l
`,
  },
  {
    from: `
      where f.organization_id = p_organization and f.agent_id = p_agent
`,
    to: `
      where l.id = any (p_held)
`,
  },
];

const AUTHORIZE: Change[] = [
  {
    from: `
    v_call integer;
`,
    to: `
    v_call integer;
    -- The calls of agents with several numbers, and which of their assignments this transaction holds.
    v_several integer[];
    v_held uuid[];
`,
  },
  {
    from: `
        from (select distinct c.org, c.agent from unnest(p_organization, v_agent) c(org, agent)) c
        cross join lateral (
          select a.id from agent_phone_numbers a
          where a.live_organization_id = c.org and a.agent_id = c.agent
          for no key update skip locked
        ) a);
`,
    to: `
        from (
          select distinct c.org, c.agent, c.assignment, c.from_asked
          from unnest(p_organization, v_agent, p_assignment, p_from) c(org, agent, assignment, from_asked)
        ) c
        cross join lateral (
          select a.id from agent_phone_numbers a
          where a.live_organization_id = c.org and a.agent_id = c.agent
            and (c.assignment is null or a.id = c.assignment) and (c.from_asked is null or a.from_number = c.from_asked)
          for no key update skip locked
        ) a);
`,
  },
  {
    from: `
          where a.live_organization_id = c.org and a.agent_id = c.agent and a.id <> all (v_free))
        from unnest(p_organization, v_agent) with ordinality c(org, agent, i)
`,
    to: `
          where a.live_organization_id = c.org and a.agent_id = c.agent and a.id <> all (v_free)
            and (c.assignment is null or a.id = c.assignment) and (c.from_asked is null or a.from_number = c.from_asked))
        from unnest(p_organization, v_agent, p_assignment, p_from) with ordinality c(org, agent, assignment, from_asked, i)
`,
  },
  {
    from: `
    -- An agent with several numbers: one call after the other. Their assignments are locked.
    for v_call in
      select c.i::integer
      from unnest(p_organization, v_ids, v_open) with ordinality c(org, id, open, i)
      where c.open is not false
        and not exists (select from call_authorizations l where l.organization_id = c.org and l.id = c.id)
      order by c.i
    loop
`,
    to: `
    -- An agent with several numbers: one call after the other, among the assignments that this transaction holds. Those
    -- that were live when the locks were taken are held by now. One that came later is taken if nobody holds it: what
    -- is not held may be counted on by somebody else, and waiting for it here would be out of the order of locks.
    v_several := array(
      select c.i::integer
      from unnest(p_organization, v_ids, v_open) with ordinality c(org, id, open, i)
      where c.open is not false
        and not exists (select from call_authorizations l where l.organization_id = c.org and l.id = c.id)
      order by c.i);
    if v_several <> '{}' then
      v_held := array(
        select a.id
        from (select distinct p_organization[c.i] as org, v_agent[c.i] as agent from unnest(v_several) c(i)) c
        cross join lateral (
          select a.id from agent_phone_numbers a
          where a.live_organization_id = c.org and a.agent_id = c.agent
          for no key update skip locked
        ) a);
    end if;
    foreach v_call in array v_several loop
`,
  },
  {
    from: `
        v_ids[v_call], p_lease) g;
`,
    to: `
        v_ids[v_call], p_lease, v_held) g;
`,
  },
];
