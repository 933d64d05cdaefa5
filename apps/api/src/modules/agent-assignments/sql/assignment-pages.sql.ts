import { ASSIGNMENT_COLUMNS, ASSIGNMENTS_FROM } from './assignment-views.sql.js';

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

/** Numbers that somebody calls from, each of which has one live assignment. Conditions on `n` and `g`. $1 organization. */
export const ASSIGNED_NUMBERS = `
  select n.id from phone_numbers n
  join agents g on g.organization_id = n.organization_id and g.id = n.assigned_agent_id and g.deleted_at is null
  where n.organization_id = $1 and n.assigned_agent_id is not null and n.lifecycle <> 'released'`;

const LIVE_ONE_OF = (number: string) => `
  cross join lateral (
    select a.id, a.paused_at from agent_phone_numbers a
    where a.organization_id = $1 and a.phone_number_id = ${number} and a.ended_at is null offset 0
  ) a`;

/**
 * The same for long lists, on a way that the planner would not find, for it takes a number and its assignment for
 * independent: numbers in the order of an index first, then the assignment of each number of the page. Nobody calls who is
 * deleted; that said, names come from their index. The caller's conditions are on `n` and `g`, and on `a` when they need
 * the assignment (`byAssignment`), which costs a look at each row that is passed, as the agent does, who is left out where
 * nothing is said of them. $1 organization.
 */
export function assignmentIdsByNumbers(
  key: string,
  direction: 'asc' | 'desc',
  { conditions, page, byAssignment }: { conditions: string; page: string; byAssignment: boolean },
): string {
  const byAgent = /\bg\./.test(`${key} ${conditions}`);
  return `
    select a.id from (
      select n.id as number, ${key} as key from phone_numbers n
      ${byAgent ? 'join agents g on g.organization_id = n.organization_id and g.id = n.assigned_agent_id and g.deleted_at is null' : ''}
      ${byAssignment ? LIVE_ONE_OF('n.id') : ''}
      where n.organization_id = $1 and n.assigned_agent_id is not null and n.lifecycle <> 'released' ${conditions}
      order by ${key} ${direction}, n.id ${direction} ${page}
    ) p ${LIVE_ONE_OF('p.number')}
    order by p.key ${direction}, p.number ${direction}`;
}

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

/** $1 organization, $2 most. */
export const PAUSED_ASSIGNMENTS = `
  select id from agent_phone_numbers
  where organization_id = $1 and ended_at is null and paused_at is not null limit $2`;

/** The records of a page, in the order of their ids. $1 organization, $2 ids. */
export const ASSIGNMENTS_BY_ID = `
  select ${ASSIGNMENT_COLUMNS} ${ASSIGNMENTS_FROM} and a.id = any ($2::uuid[]) and f.assignment_id = any ($2::uuid[])
  order by array_position($2::uuid[], a.id)`;

/** Agents whose names have the pattern. $1 organization, $2 pattern, $3 most. */
export const AGENTS_BY_NAME = `
  select id from agents where organization_id = $1 and deleted_at is null and lower(name) like $2 limit $3`;
