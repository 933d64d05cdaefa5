import { Injectable } from '@nestjs/common';
import type { ApiKeyScope, ApiKeyStatus, ApiKeyView } from '#contracts';
import type { Transaction } from '../../../platform/database/database.js';
import type { ListQuery, Page } from '../../../platform/http/lists/list-query.js';
import type { RequestContext } from '../../tenancy/tenancy.public.js';
import { ApiKeyEntity } from './api-key.entity.js';
import { API_KEY_VIEWS, type ApiKeyViewRow } from './sql/api-key-views.sql.js';

export interface ApiKeyFields {
  name: string;
  scopes: ApiKeyScope[];
  expiresAt: Date | null;
}

export interface ApiKeyFilter {
  ids?: string[];
  q?: string;
  status?: ApiKeyStatus;
}

const SORT_COLUMNS: Record<string, string> = {
  id: 'id',
  name: 'lower(name)',
  createdAt: '"createdAt"',
  lastUsedAt: '"lastUsedAt"',
  expiresAt: '"expiresAt"',
};

@Injectable()
export class ApiKeysRepository {
  async findPage(
    tx: Transaction,
    context: RequestContext,
    filter: ApiKeyFilter,
    { sort, limit, offset }: Pick<ListQuery, 'offset' | 'limit' | 'sort'>,
  ): Promise<Page<ApiKeyView>> {
    const from = `from (${API_KEY_VIEWS}) v
      where ($2::uuid[] is null or id = any ($2)) and ($3::text is null or status = $3)
        and ($4::text is null or position(lower($4) in lower(name)) > 0 or position($4 in prefix) > 0)`;
    const parameters = [context.organizationId, filter.ids ?? null, filter.status ?? null, filter.q ?? null];
    const [count] = await tx.query<{ total: number }>(`select count(*)::integer as total ${from}`, parameters);
    const rows = await tx.query<ApiKeyViewRow>(
      `select * ${from} order by ${SORT_COLUMNS[sort.field]} ${sort.direction} nulls last, id limit $5 offset $6`,
      [...parameters, limit, offset],
    );
    return { items: rows.map(toView), total: count!.total };
  }

  async findOne(tx: Transaction, context: RequestContext, id: string): Promise<ApiKeyView | null> {
    const [row] = await tx.query<ApiKeyViewRow>(`select * from (${API_KEY_VIEWS}) v where id = $2`, [
      context.organizationId,
      id,
    ]);
    return row ? toView(row) : null;
  }

  /** @returns the id of the new key */
  async insert(
    tx: Transaction,
    context: RequestContext,
    key: ApiKeyFields & { prefix: string; keyHash: Buffer; createdBy: string | null },
  ): Promise<string> {
    const result = await tx.manager.insert(ApiKeyEntity, { ...key, organizationId: context.organizationId });
    return (result.identifiers[0] as { id: string }).id;
  }

  async rename(tx: Transaction, context: RequestContext, id: string, name: string): Promise<void> {
    await tx.manager.update(ApiKeyEntity, { organizationId: context.organizationId, id }, { name });
  }

  /**
   * Marks the key as revoked, unless it is already.
   *
   * @returns the hash of the key that was revoked just now, else null
   */
  async revoke(tx: Transaction, context: RequestContext, id: string): Promise<Buffer | null> {
    const [row] = await tx.query<{ key_hash: Buffer }>(
      `update api_keys set revoked_at = now()
       where organization_id = $1 and id = $2 and revoked_at is null returning key_hash`,
      [context.organizationId, id],
    );
    return row?.key_hash ?? null;
  }
}

function toView(row: ApiKeyViewRow): ApiKeyView {
  return {
    ...row,
    expiresAt: row.expiresAt?.toISOString() ?? null,
    revokedAt: row.revokedAt?.toISOString() ?? null,
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
  };
}
