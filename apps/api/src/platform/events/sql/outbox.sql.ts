/** Leaves an event for each of its consumers ($5), in the transaction of its caller. */
export const RECORD_EVENT = `
  insert into outbox_events (organization_id, type, subject_id, payload, consumer)
  select $1, $2, $3, $4, consumer from unnest($5::text[]) consumer`;

/**
 * Claims events that are due for a consumer ($1), at most so many ($2) and one of each subject, for so many seconds ($3).
 * Rows that another process is claiming are passed by. An event waits while an older one of its subject is open, so
 * events of a subject arrive in their order. What is claimed and not marked afterwards is due again when its time is over.
 * Reads the index of open events.
 */
export const CLAIM_EVENTS = `
  with due as materialized (
    select organization_id, id from outbox_events w
    where consumer = $1 and delivered_at is null and dead_at is null and due_at <= clock_timestamp()
      and not exists (
        select from outbox_events b
        where b.organization_id = w.organization_id and b.subject_id = w.subject_id and b.consumer = w.consumer
          and b.id < w.id and b.delivered_at is null and b.dead_at is null)
    order by due_at limit $2 for update skip locked
  )
  update outbox_events e
  set attempts = e.attempts + 1, due_at = clock_timestamp() + make_interval(secs => $3)
  from due where e.organization_id = due.organization_id and e.id = due.id
  returning e.organization_id as "organizationId", e.id, e.type, e.subject_id as "subjectId", e.payload,
    e.created_at as "createdAt", e.attempts`;

export interface ClaimedEventRow {
  organizationId: string;
  id: string;
  type: string;
  subjectId: string | null;
  payload: object;
  createdAt: Date;
  /** How often it has been claimed, this time included. */
  attempts: number;
}

/** $1 organization, $2 event. */
export const MARK_DELIVERED = `
  update outbox_events set delivered_at = clock_timestamp(), last_error = null
  where organization_id = $1 and id = $2 and delivered_at is null and dead_at is null`;

/** $1 organization, $2 event, $3 the attempt that failed, $4 seconds until the next, $5 why. Not when it was claimed again. */
export const MARK_FAILED = `
  update outbox_events set due_at = clock_timestamp() + make_interval(secs => $4), last_error = left($5, 500)
  where organization_id = $1 and id = $2 and attempts = $3 and delivered_at is null and dead_at is null`;

/** $1 organization, $2 event, $3 the last attempt, $4 why. */
export const MARK_DEAD = `
  update outbox_events set dead_at = clock_timestamp(), last_error = left($4, 500)
  where organization_id = $1 and id = $2 and attempts = $3 and delivered_at is null and dead_at is null`;

/** Deletes events that were delivered more than $1 days ago, or given up more than $2 days ago, at most $3 of them. */
export const PURGE_EVENTS = `
  delete from outbox_events
  where (organization_id, id) in (
    select organization_id, id from outbox_events
    where delivered_at < now() - make_interval(days => $1::integer) or dead_at < now() - make_interval(days => $2::integer)
    limit $3 for update skip locked)
  returning 1`;

/** What waits and what was given up, by consumer. Reads the index of events that are not delivered. */
export const COUNT_UNDELIVERED = `
  select consumer, count(*) filter (where dead_at is null)::integer as waiting,
    count(*) filter (where dead_at is not null)::integer as dead,
    coalesce(extract(epoch from clock_timestamp() - min(created_at) filter (where dead_at is null)), 0)::float8
      as "oldestSeconds"
  from outbox_events where delivered_at is null group by consumer`;

export interface UndeliveredRow {
  consumer: string;
  waiting: number;
  dead: number;
  oldestSeconds: number;
}
