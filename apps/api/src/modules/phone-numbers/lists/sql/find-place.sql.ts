/**
 * The stretch of a list that a row stands in, from the counters of stretches, and how many rows are before it. Going
 * down, a stretch ends where the one that was passed before it begins: the beginning of a number may be a whole one.
 * The first stretches hold the second as lists of their own. $1 organization, $2 list, $3 rows to pass.
 */
export const findPlace = (direction: 'asc' | 'desc'): string => `
  with wide as materialized (${stretches('$2', '$3', direction)}),
  narrow as materialized (${stretches(`(select $2 || ' ' || place from wide)`, '$3 - (select passed from wide)', direction)})
  select ${direction === 'asc' ? 'narrow.place' : 'coalesce(narrow.above, wide.above)'} as edge,
    (wide.passed + narrow.passed)::integer as passed
  from wide, narrow`;

const stretches = (list: string, skip: string, direction: 'asc' | 'desc') => `
  select place, above, passed from (
    select place, lag(place) over w as above, sum(numbers) over w - numbers as passed from (
      select place, sum(numbers)::integer as numbers from phone_number_places
      where organization_id = $1 and list = ${list} group by place having sum(numbers) > 0) s
    window w as (order by place ${direction})) p
  where passed <= ${skip} order by passed desc limit 1`;

/**
 * The agent whose numbers a row of a list by agents stands among, by the name in small letters, which is an agent's own.
 * Agents are passed in the order of their index until their numbers reach the row. Several rows of one agent's counters
 * are equal in the order, so that each has the sum of all. $1 organization, $2 rows to pass.
 */
export const findAgentPlace = (direction: 'asc' | 'desc'): string => `
  select edge, (upto - (
    select sum(c.numbers) from phone_number_places c
    where c.organization_id = $1 and c.list = 'agent' and c.place = p.id::text))::integer as passed
  from (
    select g.id, lower(g.name) as edge, sum(c.numbers) over (order by lower(g.name) ${direction}) as upto
    from agents g
    cross join lateral (
      select c.numbers from phone_number_places c
      where c.organization_id = $1 and c.list = 'agent' and c.place = g.id::text offset 0
    ) c
    where g.organization_id = $1 and g.deleted_at is null) p
  where upto > $2 order by edge ${direction} limit 1`;
