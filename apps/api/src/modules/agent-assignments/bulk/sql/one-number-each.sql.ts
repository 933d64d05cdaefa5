/** How many live assignments each of the agents ($2) has, where the organization ($1) gives an agent one number only. */
export const AGENTS_WITH_THEIR_NUMBER = `
  select a.agent_id as "agentId", count(*)::integer as numbers
  from agent_phone_numbers a
  join organizations o on o.id = a.organization_id and o.numbers_per_agent = 'one'
  where a.organization_id = $1 and a.agent_id = any ($2::uuid[]) and a.ended_at is null
  group by a.agent_id`;

/** Whether the organization ($1) gives each agent one number only. The lock keeps it so until the transaction ends. */
export const GIVES_ONE_NUMBER = `
  select numbers_per_agent = 'one' as "oneNumber" from organizations where id = $1 for share`;
