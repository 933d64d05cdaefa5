/**
 * Whether the call is placed by an agent that the user signs in as, and which agent an external id names. `$2` and `$3` are
 * the agent and the assignment of the request, `$4` the external id of the agent; whichever is given must belong to the
 * user ($1). Read outside the gate's statement on purpose: only people who dial by hand take this way, and who an agent
 * belongs to is a permission, not a fact of the decision.
 *
 * The user's own records are looked up and not those of the request, so that an assignment of another user takes as long
 * as one that does not exist.
 */
export const IS_OWN_CALL = `
  select ($2::uuid is null or $2 = any (own.agents))
    and ($3::uuid is null or $3 = any (array(
      select a.id from agent_phone_numbers a where a.agent_id = any (own.agents))))
    and ($4::text is null or own.named is not null) as own, own.named
  from (
    select array_agg(g.id) as agents, min(g.id::text) filter (where g.external_id = $4) as named
    from agents g where g.user_id = $1 and g.deleted_at is null
  ) own`;

export interface OwnCallRow {
  own: boolean | null;
  /** The user's agent with the external id. */
  named: string | null;
}
