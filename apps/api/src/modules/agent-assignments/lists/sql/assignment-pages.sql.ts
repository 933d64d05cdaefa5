import { ASSIGNMENT_COLUMNS, ASSIGNMENTS_FROM_IDS } from './assignment-views.sql.js';

/**
 * Ids of live assignments, a page of them. The caller appends conditions on `a`, `n` (its number) and `g` (its agent),
 * order and page. The copy of the agent on the number's row leads from agents to numbers in the order of names, and from
 * numbers to the assignment, so that a page of a million is read in the order of an index. $1 organization.
 */
export const ASSIGNMENT_IDS = `
  select a.id from agent_phone_numbers a
  join phone_numbers n on n.organization_id = a.organization_id and n.id = a.phone_number_id
    and n.assigned_agent_id = a.agent_id and n.lifecycle <> 'released'
  join agents g on g.organization_id = n.organization_id and g.id = n.assigned_agent_id
  where a.organization_id = $1 and a.ended_at is null and n.organization_id = $1 and g.organization_id = $1`;

/** Numbers that agents call from, each of which has one live assignment. Conditions on `n` and `g`. $1 organization. */
export const ASSIGNED_NUMBERS = `
  select n.id from phone_numbers n
  join agents g on g.organization_id = n.organization_id and g.id = n.assigned_agent_id and g.deleted_at is null
  where n.organization_id = $1 and n.assigned_agent_id is not null and n.lifecycle <> 'released'`;

const LIVE_ONE_OF = (number: string) => `
  cross join lateral (
    select a.id, a.paused_at from agent_phone_numbers a
    where a.organization_id = $1 and a.phone_number_id = ${number} and a.ended_at is null offset 0
  ) a`;

/** Which rows of a long list make a page. */
export interface Cut {
  /** On `n` and `g`, and on `a` when `byAssignment`, which costs a look at the assignment of each row that is passed. */
  conditions: string;
  byAssignment: boolean;
  direction: Direction;
  /** `limit … offset …` */
  page: string;
}

type Direction = 'asc' | 'desc';

/**
 * The same for long lists, on a way that the planner would not find, for it takes a number and its assignment for
 * independent: numbers in the order of an index first, then the assignment of each number of the page. Nobody calls who is
 * deleted; that said, names come from their index. Agents are left out where nothing is said of them. $1 organization.
 */
export function assignmentIdsByNumbers(key: string, { conditions, byAssignment, direction, page }: Cut): string {
  const byAgent = /\bg\./.test(`${key} ${conditions}`);
  return assignmentsOf(
    direction,
    `select n.id as number, ${key} as key from phone_numbers n
      ${byAgent ? CALLING_AGENT : ''} ${byAssignment ? LIVE_ONE_OF('n.id') : ''}
      where n.organization_id = $1 and n.assigned_agent_id is not null and n.lifecycle <> 'released' ${conditions}
      order by ${key} ${direction}, n.id ${direction} ${page}`,
  );
}

/** The same where few numbers fit: they are found first and put in order then, wherever they stand in it. */
export function assignmentIdsGathered(key: string, { conditions, byAssignment, direction, page }: Cut): string {
  return assignmentsOf(
    direction,
    `select number, key from (
        select n.id as number, ${key} as key from phone_numbers n ${CALLING_AGENT} ${byAssignment ? LIVE_ONE_OF('n.id') : ''}
        where n.organization_id = $1 and n.lifecycle <> 'released' ${conditions} offset 0
      ) n
      order by key ${direction}, number ${direction} ${page}`,
  );
}

/**
 * The same by the names of agents, of whom few are asked: not the whole list is passed until they come.
 *
 * @param agents place of the parameter with their ids
 */
export function assignmentIdsOfAgents(agents: string, { conditions, byAssignment, direction, page }: Cut): string {
  return assignmentsOf(
    direction,
    `select n.number, g.lower_name as key from (${agentsByName(direction, `and g.id = any (${agents}::uuid[])`)}) g
      cross join lateral (
        select n.id as number from phone_numbers n ${byAssignment ? LIVE_ONE_OF('n.id') : ''}
        where n.organization_id = $1 and n.assigned_agent_id = g.id and n.lifecycle <> 'released' ${conditions} offset 0
      ) n
      order by g.lower_name ${direction}, n.number ${direction} ${page}`,
  );
}

/**
 * Paused assignments by the names of their agents. They are few among many and have an index: passing all others until
 * they come would look at each. Conditions on `a`, `n` and `g`. $1 organization.
 */
export function pausedAssignmentIdsByAgent({ conditions, direction, page }: Cut): string {
  const number = /\bn\./.test(conditions)
    ? 'join phone_numbers n on n.organization_id = a.organization_id and n.id = a.phone_number_id'
    : '';
  return `
    select a.id from (${agentsByName(direction)}) g
    cross join lateral (
      select a.id, a.phone_number_id from agent_phone_numbers a ${number}
      where a.organization_id = $1 and a.agent_id = g.id and a.ended_at is null and a.paused_at is not null ${conditions}
      offset 0
    ) a
    order by g.lower_name ${direction}, a.phone_number_id ${direction} ${page}`;
}

const CALLING_AGENT = `
  join agents g on g.organization_id = n.organization_id and g.id = n.assigned_agent_id and g.deleted_at is null`;

const agentsByName = (direction: Direction, conditions = '') => `
  select g.*, lower(g.name) as lower_name from agents g
  where g.organization_id = $1 and g.deleted_at is null ${conditions} order by lower(g.name) ${direction} offset 0`;

const assignmentsOf = (direction: Direction, numbers: string) => `
  select a.id from (${numbers}) p ${LIVE_ONE_OF('p.number')} order by p.key ${direction}, p.number ${direction}`;

/** The same in the order in which they were made, by conditions on `a` alone. $1 organization. */
export const ASSIGNMENT_IDS_BY_AGE = `
  select a.id from agent_phone_numbers a where a.organization_id = $1 and a.ended_at is null`;

/**
 * How many live assignments there are, of a provider or of all, from the counters of numbers; and how many of all are
 * paused. $1 organization, $2 facet and $3 its values (clients, or that of all), $4 provider or null.
 */
export const COUNT_ASSIGNMENTS = `
  select (
    select coalesce(sum(c.numbers), 0)::integer from phone_number_counts c
    where c.organization_id = $1 and c.facet = $2 and c.value = any ($3::text[]) and c.assigned
      and ($4::text is null or c.provider = $4)
  ) as live, (
    select count(*)::integer from agent_phone_numbers
    where organization_id = $1 and ended_at is null and paused_at is not null
  ) as paused`;

/** How many live assignments these agents, and these numbers of others, have. $1 organization, $2 agents, $3 numbers. */
export const COUNT_FOUND_ASSIGNMENTS = `
  select (
    select coalesce(sum(p.numbers), 0)::integer from phone_number_places p
    where p.organization_id = $1 and p.list = 'agent' and p.place = any (($2::uuid[])::text[])
  ) + (
    select count(*)::integer from phone_numbers n
    where n.organization_id = $1 and n.id = any ($3::uuid[]) and n.lifecycle <> 'released'
      and n.assigned_agent_id is not null and n.assigned_agent_id <> all ($2::uuid[])
  ) as total`;

/** Who calls from these numbers. $1 organization, $2 numbers, $3 most. */
export const AGENTS_OF_NUMBERS = `
  select distinct n.assigned_agent_id as id from phone_numbers n
  where n.organization_id = $1 and n.id = any ($2::uuid[]) and n.assigned_agent_id is not null limit $3`;

/** $1 organization, $2 most. */
export const PAUSED_ASSIGNMENTS = `
  select id from agent_phone_numbers
  where organization_id = $1 and ended_at is null and paused_at is not null limit $2`;

/** The records of a page, in the order of their ids. $1 organization, $2 ids. */
export const ASSIGNMENTS_BY_ID = `
  select ${ASSIGNMENT_COLUMNS} ${ASSIGNMENTS_FROM_IDS}
  order by array_position($2::uuid[], a.id)`;

/** Agents whose names have the pattern. $1 organization, $2 pattern, $3 most. */
export const AGENTS_BY_NAME = `
  select id from agents where organization_id = $1 and deleted_at is null and lower(name) like $2 limit $3`;
