/**
 * Locks the live assignment of a number ($2) and the one that ties it to the agent ($3), ended or not, by agent as the
 * gate does, so that neither waits for the other in a circle. The ids are found first and locked by primary key: the
 * planner would read every assignment of the organization for an OR of the two conditions.
 */
export const LOCK_ASSIGNMENTS_OF_NUMBER = `
  select a.id, a.agent_id as "agentId", g.name as "agentName", a.ended_at is null as live
  from agent_phone_numbers a
  join agents g on g.organization_id = a.organization_id and g.id = a.agent_id
  where (a.organization_id, a.id) in (
    select organization_id, id from agent_phone_numbers
    where organization_id = $1 and phone_number_id = $2 and ended_at is null
    union
    select organization_id, id from agent_phone_numbers
    where organization_id = $1 and phone_number_id = $2 and agent_id = $3)
  order by a.agent_id
  for no key update of a`;

export interface LockedAssignment {
  id: string;
  agentId: string;
  agentName: string;
  live: boolean;
}
