/**
 * Leaves an event about an account, with the account itself as the actor. Without an account or an organization it writes
 * nothing: the same statement runs whether there is an account or not, so that neither takes more work than the other.
 *
 * $1 uuid: account, or null. $2 uuid: organization, or null. $3 text: action. $4 jsonb: facts. $5 text: request.
 */
export const RECORD_EVENT_OF_ACCOUNT = `
  insert into audit_events
    (organization_id, actor_kind, actor_id, actor_label, action, subject_type, subject_id, changes, request_id)
  select $2, 'user', u.id, u.email, $3, 'user', u.id, $4, $5
  from users u
  where u.id = $1 and $2::uuid is not null
`;
