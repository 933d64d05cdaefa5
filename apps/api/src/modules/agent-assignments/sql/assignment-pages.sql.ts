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

/** How many live assignments there are, from the counters of numbers, and how many of them are paused. $1 organization */
export const COUNT_ASSIGNMENTS = `
  select (
    select coalesce(sum(c.numbers), 0)::integer from phone_number_counts c
    where c.organization_id = $1 and c.facet = '' and c.value = '' and c.assigned
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
