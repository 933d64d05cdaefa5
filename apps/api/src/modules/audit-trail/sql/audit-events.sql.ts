/**
 * The imports that made or changed a record. An import leaves one event, whatever its length, and what it did stands in
 * its own table: one look-up there for each import of the organization, and no index that a million rows would pay for.
 */
const IMPORTS_OF_RECORD = `
  select j.id from import_jobs j
  where j.organization_id = $1 and not j.dry_run and exists (
    select from import_changes c
    where c.organization_id = $1 and c.import_job_id = j.id and c.kind in ('number', 'assignment') and c.record_id = $7)`;

/**
 * Audit events that fit, newest first along the primary key (ids are UUIDv7). Parameters: $1 organization, $2 ids, $3 who (id),
 * $4 who (a part of the name), $5 action, $6 record type, $7 record, $8 field, $9 and $10 time, $11 and $12
 * bounds of the ids that belong to the time.
 *
 * An event's id is made after its transaction began, which is its time: the ids from the span's beginning on hold all of
 * its events, and those of a day after its end hold what a long transaction wrote.
 */
const FITTING = `
  from audit_events e
  where e.organization_id = $1
    and ($2::uuid[] is null or e.id = any ($2))
    and ($3::uuid is null or e.actor_id = $3)
    and ($4::text is null or position(lower($4) in lower(e.actor_label)) > 0)
    and ($5::text is null or e.action = $5)
    and ($6::text is null or e.subject_type = $6)
    and ($7::uuid is null or e.subject_id = $7 or (e.related_ids @> array[$7::uuid] and e.related_ids <> '{}')
      or e.subject_id = any (array(${IMPORTS_OF_RECORD})))
    and ($8::text is null or (e.changes ? $8 and e.changes -> $8 ? 'to'))
    and ($9::timestamptz is null or e.occurred_at >= $9)
    and ($10::timestamptz is null or e.occurred_at < $10)
    and ($11::uuid is null or e.id >= $11)
    and ($12::uuid is null or e.id < $12)`;

/** Counts no further than $13: people do not turn so many pages, and an audit log only grows. */
export const COUNT_AUDIT_EVENTS = `select count(*)::integer as total from (select ${FITTING} limit $13) few`;

/** The name is looked up for the rows of the page alone, and so is where the record is found. */
export const AUDIT_EVENTS = (direction: 'asc' | 'desc') => `
  select p.*, case p."recordType"
      when 'phone_number' then (select n.e164 from phone_numbers n where n.id = p."recordId")
      when 'agent' then (select a.name from agents a where a.organization_id = $1 and a.id = p."recordId")
      when 'user' then (select u.name from users u where u.id = p."recordId")
      when 'invitation' then (select i.email from invitations i where i.organization_id = $1 and i.id = p."recordId")
      when 'api_key' then (select k.name from api_keys k where k.organization_id = $1 and k.id = p."recordId")
      when 'client' then (select c.name from clients c where c.organization_id = $1 and c.id = p."recordId")
      when 'import_job' then (select j.file_name from import_jobs j where j.organization_id = $1 and j.id = p."recordId")
      when 'organization' then (select o.name from organizations o where o.id = p."recordId")
      when 'agent_assignment' then (
        select a.name || ', ' || n.e164 from agent_phone_numbers l
        join agents a on a.organization_id = $1 and a.id = l.agent_id
        join phone_numbers n on n.id = l.phone_number_id
        where l.organization_id = $1 and l.id = p."recordId")
    end as "recordName",
    case p."recordType"
      when 'phone_number' then (
        select n.id from phone_numbers n
        where n.organization_id = $1 and n.id = p."recordId" and n.lifecycle <> 'released')
      when 'agent' then (
        select a.id from agents a where a.organization_id = $1 and a.id = p."recordId" and a.deleted_at is null)
      when 'agent_assignment' then (
        select l.agent_id from agent_phone_numbers l
        where l.organization_id = $1 and l.id = p."recordId" and l.ended_at is null)
      when 'client' then (select c.id from clients c where c.organization_id = $1 and c.id = p."recordId")
      when 'import_job' then (select j.id from import_jobs j where j.organization_id = $1 and j.id = p."recordId")
    end as "recordPageId"
  from (
    select e.id, e.occurred_at as "occurredAt", e.actor_kind as "actorKind", e.actor_id as "actorId",
      e.actor_label as actor, e.action, e.subject_type as "recordType", e.subject_id as "recordId", e.changes,
      e.request_id as "requestId", e.sequence::text, encode(e.hash, 'hex') as hash
    ${FITTING}
    order by e.id ${direction} limit $13 offset $14
  ) p order by p.id ${direction}`;

export interface AuditEventRow {
  id: string;
  occurredAt: Date;
  actorKind: 'user' | 'api_key' | 'system';
  actorId: string | null;
  actor: string;
  action: string;
  recordType: string;
  recordId: string | null;
  recordName: string | null;
  recordPageId: string | null;
  changes: Record<string, unknown>;
  requestId: string | null;
  sequence: string | null;
  hash: string | null;
}
