/**
 * A stretch of a chain, in its order, by the index of its unique constraint. $1 is the organization, $2 the place after
 * which it begins, $3 the last place, $4 how many rows.
 *
 * The text that the hash is of is put together here and not by the database's own `audit_event_text`: whoever can change
 * events might have changed that function as well.
 */
export const CHAIN_LINKS = `
  select sequence::text as position, id, previous_hash as "previousHash", hash,
    jsonb_build_array('ringfence-audit-1', organization_id, sequence, id,
      (extract(epoch from occurred_at) * 1000000)::bigint, actor_kind, actor_id, actor_label,
      action, subject_type, subject_id, to_jsonb(related_ids), changes, request_id)::text as text
  from audit_events
  where organization_id = $1 and sequence > $2 and sequence <= $3
  order by sequence limit $4`;

export interface ChainLinkRow {
  position: string;
  id: string;
  previousHash: Buffer;
  hash: Buffer;
  text: string;
}

/**
 * What a chain claims to be: the head that its linker left, the last place that an event carries, and what waits for its
 * link. One statement, so that a linker at work cannot come between. $1 is the organization.
 */
export const CHAIN_CLAIM = `
  select coalesce(h.sequence, 0)::text as sequence, coalesce(h.hash, decode(repeat('00', 32), 'hex')) as hash,
    coalesce((select max(e.sequence) from audit_events e where e.organization_id = $1), 0)::text as last,
    (select count(*) from audit_events e where e.organization_id = $1 and e.sequence is null)::integer as unlinked
  from (select) one left join audit_chain_heads h on h.organization_id = $1`;

export interface ChainClaimRow {
  sequence: string;
  hash: Buffer;
  last: string;
  unlinked: number;
}
