/**
 * Whether the call is placed by an agent that the user signs in as. `$2` and `$3` are the agent and the assignment of
 * the request; whichever is given must belong to the user ($1). Read outside the gate's statement on purpose: only people
 * who dial by hand take this way, and who an agent belongs to is a permission, not a fact of the decision.
 */
export const IS_OWN_CALL = `
  select
    ($2::uuid is null or exists (
      select from agents g where g.id = $2 and g.user_id = $1 and g.deleted_at is null))
    and ($3::uuid is null or exists (
      select from agent_phone_numbers a
      join agents g on g.organization_id = a.organization_id and g.id = a.agent_id
      where a.id = $3 and g.user_id = $1 and g.deleted_at is null)) as own`;
