/**
 * Agents that call from several numbers, or answer several. The caller has locked the organization: a transaction that assigns or
 * connects a number waits for that, so no agent joins them meanwhile. $1 organization.
 */
export const AGENTS_WITH_SEVERAL_NUMBERS = `
  select g.name from agents g
  where g.organization_id = $1 and g.id in (
    select agent_id from agent_phone_numbers
    where organization_id = $1 and ended_at is null group by agent_id having count(*) > 1
    union
    select inbound_agent_id from phone_numbers
    where organization_id = $1 and inbound_agent_id is not null group by inbound_agent_id having count(*) > 1)
  order by lower(g.name)
  limit 4`;
