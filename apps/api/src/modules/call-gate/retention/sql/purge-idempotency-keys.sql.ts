/** One process purges at a time: two of them would only wait for each other's rows. Held until the transaction ends. */
export const CLAIM_PURGE = `select pg_try_advisory_xact_lock(hashtext('ringfence.purge_idempotency_keys')) as claimed`;

/**
 * Deletes expired idempotency keys, at most $1 of them, so that no transaction is long. In the order of their index: the
 * planner does not know how few have expired, and would read the table instead.
 */
export const PURGE_IDEMPOTENCY_KEYS = `
  delete from idempotency_keys k
  using (
    select organization_id, key from idempotency_keys where expires_at <= (select ringfence_clock())
    order by expires_at limit $1
  ) expired
  where k.organization_id = expired.organization_id and k.key = expired.key
  returning 1`;
