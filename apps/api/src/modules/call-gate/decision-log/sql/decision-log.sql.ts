import type { DecisionFilter } from '../decision-log-filter.js';
import { AUTHORIZATION_COLUMNS, type AuthorizationRow } from './authorization-view.sql.js';

/** What the log tells of an authorization: the name of its agent as well. */
export interface LoggedRow extends AuthorizationRow {
  agentName: string | null;
}

/** Said in the transaction before its steps: the ledger is read in the order of its key, and never sorted. */
export const WALK_BY_KEY = 'set local enable_sort = off';

/** A line of a step: of the step itself, and of one row that fits. Without such a row there is one line, without an id. */
export type StepLine = { examined: number; lastId: string | null } & (LoggedRow | { id: null });

/** One authorization ($2) of the organization ($1); only of the agents that the user $3 signs in as, if given. */
export const LOGGED_AUTHORIZATION = `
  select ${AUTHORIZATION_COLUMNS}, g.name as "agentName"
  from call_authorizations l
  cross join (select ringfence_clock() as at) clock
  left join agents g on g.organization_id = l.organization_id and g.id = l.agent_id
  where l.organization_id = $1 and l.id = $2 and ${ownAgents('$3')}`;

/**
 * The newest $5 authorizations that fit, out of the $4 rows from below the id $2 down to the id $3, organization $1.
 *
 * The ledger has its primary key and no other index, for each one more would be written with every call. Ids are UUIDv7,
 * so the key is walked backwards from the newest, and the filter looks at each row on the way. What bounds the time is the
 * number of rows that are looked at, not the number that fit: a filter that nothing fits costs as much as one that
 * everything fits. The rows on the way leave only their id and whether they fit, so that a step needs no temporary file;
 * those that are answered are read once more by their key. Both times the range leaves out the other days of the ledger.
 *
 * Neither may hang on statistics: for an organization that is newer than they are, the planner expects a row or none, and
 * reads and sorts everything that it has. `WALK_BY_KEY` keeps the walk on the key, `limit 1` the second reading.
 */
export function decisionLogStep(filter: DecisionFilter, ownUserId: string | null): { sql: string; values: unknown[] } {
  const values: unknown[] = [];
  const conditions: string[] = [];
  const where = (condition: (parameter: string) => string, value: unknown): void => {
    if (value === null) return;
    values.push(value);
    conditions.push(condition(`$${values.length + STEP_PARAMETERS}`));
  };
  where((own) => ownAgents(own), ownUserId);
  where((agent) => `l.agent_id = ${agent}::uuid`, filter.agentId);
  where((number) => `l.phone_number_id = ${number}::uuid`, filter.phoneNumberId);
  if (filter.destination?.endsWith('*')) {
    where((beginning) => `starts_with(l.destination, ${beginning})`, filter.destination.slice(0, -1));
  } else {
    where((destination) => `l.destination = ${destination}`, filter.destination);
  }
  where((decision) => `l.decision = ${decision}`, filter.decision);
  where((reason) => `l.reason_code = ${reason}`, filter.reasonCode);
  where(
    (status) => `authorization_status(l.status, l.expires_at, (select ringfence_clock())) = ${status}`,
    filter.status,
  );
  where((from) => `l.decided_at >= ${from}::timestamptz`, filter.from);
  where((to) => `l.decided_at < ${to}::timestamptz`, filter.to);
  return { sql: stepSql(conditions.length === 0 ? 'true' : conditions.join(' and ')), values };
}

const STEP_PARAMETERS = 5;

const stepSql = (fits: string): string => `
  with step as materialized (
    select l.id, (${fits}) as fits
    from call_authorizations l
    where l.organization_id = $1 and l.id < $2::uuid and l.id >= $3::uuid
    order by l.id desc
    limit $4
  ), found as (
    select s.id from step s where s.fits order by s.id desc limit $5
  )
  select e.examined, e.last_id as "lastId", r.*
  from (select count(*)::integer as examined, (select s.id from step s order by s.id limit 1) as last_id from step) e
  left join (
    select ${AUTHORIZATION_COLUMNS}, g.name as "agentName"
    from found f
    cross join (select ringfence_clock() as at) clock
    cross join lateral (
      select * from call_authorizations a
      where a.organization_id = $1 and a.id = f.id and a.id < $2::uuid and a.id >= $3::uuid
      limit 1
    ) l
    left join agents g on g.organization_id = l.organization_id and g.id = l.agent_id
  ) r on true
  order by r.id desc`;

/** People who dial by hand see the calls of the agents that they sign in as. */
function ownAgents(user: string): string {
  return `(${user}::uuid is null or l.agent_id = any (array(
    select own.id from agents own
    where own.organization_id = $1 and own.user_id = ${user}::uuid and own.deleted_at is null)))`;
}
