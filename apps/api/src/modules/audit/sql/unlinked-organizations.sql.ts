/**
 * The organizations that have events without a link. It jumps along `audit_events_unlinked` from one organization to the
 * next, so that a backlog of a million events costs no more than one event.
 */
export const UNLINKED_ORGANIZATIONS = `
  with recursive found as (
    (select organization_id from audit_events where sequence is null order by organization_id limit 1)
    union all
    select (
      select e.organization_id from audit_events e
      where e.sequence is null and e.organization_id > found.organization_id
      order by e.organization_id limit 1
    ) from found where found.organization_id is not null
  )
  select organization_id as "organizationId" from found where organization_id is not null`;
