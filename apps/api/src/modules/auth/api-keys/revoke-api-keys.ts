import type { Transaction } from '../../../platform/database/database.js';

/** Revokes every key of an organization that is deleted, in its transaction. */
export async function revokeApiKeysOf(tx: Transaction, organizationId: string): Promise<void> {
  const sql = 'update api_keys set revoked_at = now() where organization_id = $1 and revoked_at is null';
  await tx.query(sql, [organizationId]);
}
