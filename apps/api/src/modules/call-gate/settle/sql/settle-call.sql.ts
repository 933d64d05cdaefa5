import { AUTHORIZATION_COLUMNS } from '../../decision-log/sql/authorization-view.sql.js';

/** One authorization ($2) of an organization ($1). */
export const AUTHORIZATION = `
  select ${AUTHORIZATION_COLUMNS}
  from (select ringfence_clock() as at) clock
  cross join call_authorizations l
  where l.organization_id = $1 and l.id = $2`;

/** Who asked for an authorization ($2), and who its agent signs in as. Neither is a fact that a settlement changes. */
export const PARTIES_OF_AUTHORIZATION = `
  select l.id, l.authorized_by as "authorizedBy", g.user_id as "agentUserId"
  from call_authorizations l
  left join agents g on g.organization_id = l.organization_id and g.id = l.agent_id and g.deleted_at is null
  where l.organization_id = $1 and l.id = $2`;

/** The same for the authorization that an Idempotency-Key ($2) was used for. */
export const PARTIES_OF_KEY = `
  select l.id, l.authorized_by as "authorizedBy", g.user_id as "agentUserId"
  from idempotency_keys k
  join call_authorizations l on l.organization_id = k.organization_id and l.id = k.authorization_id
  left join agents g on g.organization_id = l.organization_id and g.id = l.agent_id and g.deleted_at is null
  where k.organization_id = $1 and k.key = $2`;

export interface PartiesOfAuthorization {
  id: string;
  /** User or API key. */
  authorizedBy: string;
  agentUserId: string | null;
}

/** What the function locks, and which currency a cost without one is in, is told in its comment. */
export const COMPLETE_AUTHORIZATION = `
  select complete_authorization($1, $2, $3, $4, $5, $6, $7, $8::smallint, $9, $10::numeric, $11) as result`;

export type CompleteResult =
  'completed' | 'corrected' | 'repeated' | 'settled_otherwise' | 'too_many_corrections' | 'denied';

/** Gives one call back to its usage day, at most $5 seconds after the decision. */
export const VOID_AUTHORIZATION = `select void_authorization($1, $2, $3, $4, make_interval(secs => $5)) as result`;

export type VoidResult = 'voided' | 'repeated' | 'settled_otherwise' | 'expired' | 'too_late' | 'too_many' | 'denied';
