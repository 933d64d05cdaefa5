/**
 * Whether the call is placed by an agent that the user signs in as. `$2` and `$3` are the agent and the assignment of
 * the request; whichever is given must belong to the user ($1). Read outside the gate's statement on purpose: only people
 * who dial by hand take this way, and who an agent belongs to is a permission, not a fact of the decision.
 *
 * The user's own records are looked up and not those of the request, so that an assignment of another user takes as long
 * as one that does not exist.
 */
export const IS_OWN_CALL = `
  select ($2::uuid is null or $2 = any (own.agents))
    and ($3::uuid is null or $3 = any (array(
      select a.id from agent_phone_numbers a where a.agent_id = any (own.agents)))) as own
  from (
    select array(select g.id from agents g where g.user_id = $1 and g.deleted_at is null) as agents offset 0
  ) own`;
