/**
 * Ends the live assignments of numbers ($2), which the caller has locked. The rows are locked by agent and number first,
 * as the gate does. $1 organization.
 */
export const END_ASSIGNMENTS_OF_NUMBERS = `
  with live as materialized (
    select a.id from agent_phone_numbers a
    where a.organization_id = $1 and a.phone_number_id = any ($2::uuid[]) and a.ended_at is null
    order by a.agent_id, a.phone_number_id for no key update
  )
  update agent_phone_numbers a set ended_at = now()
  from live where a.organization_id = $1 and a.id = live.id
  returning a.phone_number_id as id`;
