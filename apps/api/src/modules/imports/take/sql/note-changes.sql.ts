/** What an import is about to change, written down for undoing it. $1 organization, $2 import, $3 ids of numbers. */

/** The numbers themselves. */
export const NOTE_NUMBERS = `
  insert into import_changes (organization_id, import_job_id, kind, record_id, before)
  select $1, $2, 'number', n.id, to_jsonb(n) from phone_numbers n
  where n.organization_id = $1 and n.id = any ($3::uuid[])`;

/** Their live assignments, locked by agent and number as the gate does, so that no setting changes after it is read. */
export const NOTE_LIVE_ASSIGNMENTS = `
  insert into import_changes (organization_id, import_job_id, kind, record_id, before)
  select $1, $2, 'assignment', live.id, live.before
  from (
    select a.id, to_jsonb(a) as before from agent_phone_numbers a
    where a.organization_id = $1 and a.phone_number_id = any ($3::uuid[]) and a.ended_at is null
    order by a.agent_id, a.phone_number_id for no key update
  ) live`;
