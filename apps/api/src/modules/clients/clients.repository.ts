import { Injectable } from '@nestjs/common';
import type { ClientView } from '#contracts';
import type { Transaction } from '../../platform/database/database.js';
import type { ListQuery, Page } from '../../platform/http/lists/list-query.js';
import type { RequestContext } from '../tenancy/tenancy.public.js';

interface ClientRow extends Omit<ClientView, 'createdAt' | 'updatedAt'> {
  createdAt: Date;
  updatedAt: Date;
}

export interface ClientFilter {
  ids?: string[];
  q?: string;
  /** The clients that the caller is limited to; null for all of them. */
  limit: readonly string[] | null;
}

const SORT_COLUMNS: Record<string, string> = { id: 'c.id', name: 'lower(c.name)', createdAt: 'c.created_at' };

const FROM = `
  from clients c
  where c.organization_id = $1 and c.archived_at is null
    and ($2::uuid[] is null or c.id = any ($2)) and ($3::uuid[] is null or c.id = any ($3))
    and ($4::text is null or position(lower($4) in lower(c.name)) > 0)`;

const VIEW = `
  select c.id, c.name, c.created_at as "createdAt", c.updated_at as "updatedAt",
    (select count(*)::integer from phone_numbers n
     where n.organization_id = c.organization_id and n.client_id = c.id and n.lifecycle <> 'released') as numbers,
    (select count(*)::integer from agents g
     where g.organization_id = c.organization_id and g.client_id = c.id and g.deleted_at is null) as agents`;

@Injectable()
export class ClientsRepository {
  async findPage(
    tx: Transaction,
    context: RequestContext,
    filter: ClientFilter,
    { sort, limit, offset }: Pick<ListQuery, 'offset' | 'limit' | 'sort'>,
  ): Promise<Page<ClientView>> {
    const parameters = parametersOf(context, filter);
    const [count] = await tx.query<{ total: number }>(`select count(*)::integer as total ${FROM}`, parameters);
    const rows = await tx.query<ClientRow>(
      `${VIEW} ${FROM} order by ${SORT_COLUMNS[sort.field]} ${sort.direction}, c.id limit $5 offset $6`,
      [...parameters, limit, offset],
    );
    return { items: rows.map(toView), total: count!.total };
  }

  async findOne(tx: Transaction, context: RequestContext, filter: ClientFilter): Promise<ClientView | null> {
    const [row] = await tx.query<ClientRow>(`${VIEW} ${FROM}`, parametersOf(context, filter));
    return row ? toView(row) : null;
  }

  /** Locks the client against every change until the transaction ends. */
  async lock(tx: Transaction, context: RequestContext, id: string, mode: 'share' | 'no key update'): Promise<boolean> {
    const rows = await tx.query(
      `select from clients where organization_id = $1 and id = $2 and archived_at is null for ${mode}`,
      [context.organizationId, id],
    );
    return rows.length > 0;
  }

  /** @returns the id of the new client */
  async insert(tx: Transaction, context: RequestContext, name: string): Promise<string> {
    const sql = 'insert into clients (organization_id, name) values ($1, $2) returning id';
    const [row] = await tx.query<{ id: string }>(sql, [context.organizationId, name]);
    return row!.id;
  }

  async rename(tx: Transaction, context: RequestContext, id: string, name: string): Promise<void> {
    const sql = 'update clients set name = $3 where organization_id = $1 and id = $2';
    await tx.query(sql, [context.organizationId, id, name]);
  }

  async archive(tx: Transaction, context: RequestContext, id: string): Promise<void> {
    const sql = 'update clients set archived_at = now() where organization_id = $1 and id = $2';
    await tx.query(sql, [context.organizationId, id]);
  }
}

function parametersOf(context: RequestContext, filter: ClientFilter): unknown[] {
  return [context.organizationId, filter.ids ?? null, filter.limit, filter.q ?? null];
}

function toView(row: ClientRow): ClientView {
  return { ...row, createdAt: row.createdAt.toISOString(), updatedAt: row.updatedAt.toISOString() };
}
