/**
 * Leaves a refused sign-in in the audit log of the organization that the session would have begun in. Without a user or an
 * organization it writes nothing: the same statement runs for every refusal, so that none takes more work than another.
 *
 * $1 uuid: user, or null. $2 uuid: organization, or null. $3 jsonb: facts. $4 text: request.
 */
export const RECORD_REFUSED_SIGN_IN = `
  insert into audit_events
    (organization_id, actor_kind, actor_id, actor_label, action, subject_type, subject_id, changes, request_id)
  select $2, 'user', u.id, u.email, 'session.refused', 'user', u.id, $3, $4
  from users u
  where u.id = $1 and $2::uuid is not null
`;
