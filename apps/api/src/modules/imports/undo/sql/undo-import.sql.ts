/**
 * Takes back what an import changed. $1 organization, $2 import everywhere.
 *
 * A record is untouched when it still carries the time of the import: every change of a number or an assignment sets
 * updated_at, and calls move the assignment's counter. A later import that was undone gave the record back as it found it,
 * so its undoing is such a time, too, if it found the record untouched.
 */
const STANDS_AGAIN = `
  undone as materialized (
    select j.id, j.undone_at from import_jobs j where j.organization_id = $1 and j.undone_at is not null
  ),
  returned (kind, record_id, at) as (
    select c.kind, c.record_id, u.undone_at
    from undone u
    join import_changes b on b.organization_id = $1 and b.import_job_id = u.id
    join import_changes c on c.organization_id = $1 and c.import_job_id = $2 and c.kind = b.kind and c.record_id = b.record_id
      and c.changed_at = (b.before ->> 'updated_at')::timestamptz
    union
    select r.kind, r.record_id, u.undone_at
    from returned r
    join import_changes b on b.organization_id = $1 and b.kind = r.kind and b.record_id = r.record_id
      and (b.before ->> 'updated_at')::timestamptz = r.at
    join undone u on u.id = b.import_job_id
  ),
  stands_again as (select kind, record_id, max(at) as at from returned group by 1, 2)`;

/**
 * The first numbers that were changed since, or are used by more than the import. Ids of calls are UUIDv7: those from an
 * hour before the import on hold every call since, whatever clock made them.
 */
export const FIND_TOUCHED = `
  with recursive ${STANDS_AGAIN},
  called as (
    select l.assignment_id, max(l.decided_at) as last_at
    from call_authorizations l
    where l.organization_id = $1 and l.id >= (
      select lowest_id_of(j.created_at - interval '1 hour') from import_jobs j where j.organization_id = $1 and j.id = $2)
    group by 1
  )
  select coalesce(n.e164, '(deleted)') as e164, case when k.archived_at is not null then 'client_archived' end as reason
  from import_changes c
  left join phone_numbers n on n.organization_id = $1 and n.id = c.record_id
  left join stands_again r on r.kind = c.kind and r.record_id = c.record_id
  left join clients k on k.organization_id = $1 and k.id = (c.before ->> 'client_id')::uuid
    and c.before ->> 'lifecycle' <> 'released'
  where c.organization_id = $1 and c.import_job_id = $2 and c.kind = 'number'
    and (n.id is null or n.updated_at <> coalesce(r.at, c.changed_at) or k.archived_at is not null or exists (
      select from agent_phone_numbers a
      where a.organization_id = $1 and a.phone_number_id = n.id and a.ended_at is null
        and coalesce(c.before ->> 'lifecycle', 'released') = 'released'
        and not exists (
          select from import_changes o
          where o.organization_id = $1 and o.import_job_id = $2 and o.kind = 'assignment' and o.record_id = a.id)))
  union all
  select n.e164, null
  from import_changes c
  join agent_phone_numbers a on a.organization_id = $1 and a.id = c.record_id
  join phone_numbers n on n.organization_id = $1 and n.id = a.phone_number_id
  left join stands_again r on r.kind = c.kind and r.record_id = c.record_id
  left join called l on l.assignment_id = a.id
  where c.organization_id = $1 and c.import_job_id = $2 and c.kind = 'assignment'
    and (a.updated_at <> coalesce(r.at, c.changed_at) or a.ended_at is not null
      or a.calls_made_today <> coalesce((c.before ->> 'calls_made_today')::integer, 0)
      or a.last_reset_date <> coalesce((c.before ->> 'last_reset_date')::date, a.last_reset_date)
      or l.last_at > c.changed_at)
  limit 6`;

/**
 * Locks what an upload that deletes or unassigns is taken back on, in the order of assigning: agents, then numbers. An agent
 * that is deleted meanwhile waits, and so does a number that is assigned.
 */
export const LOCK_AGENTS_OF_ENDED = `
  select g.id from agents g
  where g.organization_id = $1 and g.id in (
    select (c.before ->> 'agent_id')::uuid from import_changes c
    where c.organization_id = $1 and c.import_job_id = $2 and c.kind = 'assignment')
  order by g.id for share`;
export const LOCK_NUMBERS_OF_ENDED = `
  select n.id from phone_numbers n
  where n.organization_id = $1 and n.id in (
    select coalesce((c.before ->> 'phone_number_id')::uuid, c.record_id) from import_changes c
    where c.organization_id = $1 and c.import_job_id = $2)
  order by n.id for no key update`;

/**
 * The first numbers that cannot be what they were before an upload that deletes or unassigns: added again, or taken by
 * another organization; assigned again, or of an agent that is deleted or has its one number; or what no number or agent
 * may be that one is assigned to, and was not before.
 */
export const FIND_REMOVAL_TOUCHED = `
  with recursive ${STANDS_AGAIN}
  select coalesce(n.e164, c.before ->> 'e164') as e164, case when k.archived_at is not null then 'client_archived' end as reason
  from import_changes c
  left join phone_numbers n on n.organization_id = $1 and n.id = c.record_id
  left join stands_again r on r.kind = c.kind and r.record_id = c.record_id
  left join clients k on k.organization_id = $1 and k.id = n.client_id
  where c.organization_id = $1 and c.import_job_id = $2 and c.kind = 'number'
    and (n.id is null or n.updated_at <> coalesce(r.at, c.changed_at) or k.archived_at is not null)
  union
  select taken.e164, null from taken_numbers(array(
    select c.before ->> 'e164' from import_changes c
    where c.organization_id = $1 and c.import_job_id = $2 and c.kind = 'number')) as taken(e164)
  union
  select found.e164, found.reason
  from (
    select n.e164,
      a.updated_at <> coalesce(r.at, c.changed_at) or n.lifecycle = 'released' or exists (
        select from agent_phone_numbers l
        where l.organization_id = $1 and l.phone_number_id = a.phone_number_id and l.ended_at is null) as is_touched,
      case
        when n.lifecycle = 'released' then null
        when g.deleted_at is not null then 'agent_deleted'
        when was.number_active and n.lifecycle <> 'active' then 'number_inactive'
        when was.number_can_call and not coalesce((n.capabilities ->> 'voice')::boolean, false) then 'number_cannot_call'
        when was.agent_active and g.status <> 'active' then 'agent_inactive'
        when o.numbers_per_agent = 'one' and exists (
          select from agent_phone_numbers l
          where l.organization_id = $1 and l.agent_id = a.agent_id and l.ended_at is null) then 'agent_has_number'
      end as reason
    from import_changes c
    cross join lateral jsonb_populate_record(null::agent_phone_numbers, c.before) was
    join agent_phone_numbers a on a.organization_id = $1 and a.id = c.record_id
    join phone_numbers n on n.organization_id = $1 and n.id = a.phone_number_id
    join agents g on g.organization_id = $1 and g.id = a.agent_id
    join organizations o on o.id = $1
    left join stands_again r on r.kind = c.kind and r.record_id = c.record_id
    where c.organization_id = $1 and c.import_job_id = $2 and c.kind = 'assignment'
  ) found
  where found.is_touched or found.reason is not null
  limit 6`;

/**
 * Ends the assignments that the import made, and gives the others their rules back. Counters stay. The rows are locked by
 * agent and number first, as the gate does. Subselects are always index look-ups; of a join of tables that were just filled,
 * the planner believes that it may read all for each row.
 */
export const UNDO_ASSIGNMENTS = `
  update agent_phone_numbers a set (ended_at, paused_at, daily_limit, allowed_countries) = (
    select case when c.before is null then now() else (c.before ->> 'ended_at')::timestamptz end,
      case when c.before is null then a.paused_at else (c.before ->> 'paused_at')::timestamptz end,
      coalesce((c.before ->> 'daily_limit')::integer, a.daily_limit),
      case when c.before is null then a.allowed_countries
        when jsonb_typeof(c.before -> 'allowed_countries') = 'array'
          then array(select jsonb_array_elements_text(c.before -> 'allowed_countries')) end
    from import_changes c
    where c.organization_id = $1 and c.import_job_id = $2 and c.kind = 'assignment' and c.record_id = a.id)
  where a.organization_id = $1 and a.id = any (array(
    select l.id from agent_phone_numbers l
    where l.organization_id = $1 and l.id = any (array(
      select c.record_id from import_changes c
      where c.organization_id = $1 and c.import_job_id = $2 and c.kind = 'assignment'))
    order by l.agent_id, l.phone_number_id for no key update))`;

/** Made numbers are released, as deleting them does. */
export const UNDO_CREATED = `
  update phone_numbers n set lifecycle = 'released'
  from import_changes c
  where c.organization_id = $1 and c.import_job_id = $2 and c.kind = 'number' and c.before is null
    and n.organization_id = $1 and n.id = c.record_id`;

export const UNDO_CHANGED = `
  update phone_numbers n set
    lifecycle = b.lifecycle, country_code = b.country_code, region = b.region, number_type = b.number_type,
    label = b.label, provider = b.provider, client_id = b.client_id, tags = b.tags, monthly_cost = b.monthly_cost,
    currency = b.currency, capabilities = b.capabilities, source = b.source, inbound_agent_id = b.inbound_agent_id
  from import_changes c
  cross join lateral jsonb_populate_record(null::phone_numbers, c.before) b
  where c.organization_id = $1 and c.import_job_id = $2 and c.kind = 'number' and c.before is not null
    and n.organization_id = $1 and n.id = c.record_id`;

export const MARK_UNDONE = `update import_jobs set undone_at = now() where organization_id = $1 and id = $2`;
