import { Injectable } from '@nestjs/common';
import type { Role, UserView } from '#contracts';
import type { Transaction } from '../../../platform/database/database.js';
import type { ListQuery, Page } from '../../../platform/http/lists/list-query.js';
import type { RequestContext } from '../../tenancy/tenancy.public.js';
import { MEMBER_VIEWS, type MemberViewRow } from './sql/member-views.sql.js';

export interface UserFilter {
  ids?: string[];
  q?: string;
  role?: Role;
}

const SORT_COLUMNS: Record<string, string> = {
  id: 'id',
  name: 'lower(name)',
  email: 'lower(email)',
  role: 'role',
  createdAt: '"createdAt"',
};

/** Users and their memberships. Whatever writes needs a transaction of the system. */
@Injectable()
export class UsersRepository {
  async findPage(
    tx: Transaction,
    context: RequestContext,
    filter: UserFilter,
    { sort, limit, offset }: Pick<ListQuery, 'offset' | 'limit' | 'sort'>,
  ): Promise<Page<UserView>> {
    const from = `from (${MEMBER_VIEWS}) v
      where ($2::uuid[] is null or id = any ($2)) and ($3::text is null or role = $3)
        and ($4::text is null or position(lower($4) in lower(name)) > 0 or position(lower($4) in lower(email)) > 0)`;
    const parameters = [context.organizationId, filter.ids ?? null, filter.role ?? null, filter.q ?? null];
    const [count] = await tx.query<{ total: number }>(`select count(*)::integer as total ${from}`, parameters);
    const rows = await tx.query<MemberViewRow>(
      `select * ${from} order by ${SORT_COLUMNS[sort.field]} ${sort.direction}, id limit $5 offset $6`,
      [...parameters, limit, offset],
    );
    return { items: rows.map(toView), total: count!.total };
  }

  async findMember(tx: Transaction, context: RequestContext, userId: string): Promise<UserView | null> {
    const [row] = await tx.query<MemberViewRow>(`select * from (${MEMBER_VIEWS}) v where id = $2`, [
      context.organizationId,
      userId,
    ]);
    return row ? toView(row) : null;
  }

  async findIdByEmail(tx: Transaction, email: string): Promise<string | null> {
    const [row] = await tx.query<{ id: string }>('select id from users where lower(email) = lower($1)', [email]);
    return row?.id ?? null;
  }

  /**
   * Locks the memberships of the organization's owners, so that of two owners who demote each other at once one stays.
   *
   * @returns their user ids
   */
  async lockOwners(tx: Transaction, context: RequestContext): Promise<string[]> {
    const rows = await tx.query<{ user_id: string }>(
      `select user_id from memberships where organization_id = $1 and role = 'owner' order by user_id for update`,
      [context.organizationId],
    );
    return rows.map(({ user_id }) => user_id);
  }

  /** @returns the id of the new user */
  async insertUser(tx: Transaction, user: { email: string; name: string; passwordHash: string }): Promise<string> {
    const [row] = await tx.query<{ id: string }>(
      'insert into users (email, name, password_hash) values ($1, $2, $3) returning id',
      [user.email, user.name, user.passwordHash],
    );
    return row!.id;
  }

  async insertMembership(
    tx: Transaction,
    organizationId: string,
    userId: string,
    { role, clientIds }: { role: Role; clientIds: readonly string[] | null },
  ): Promise<void> {
    await tx.query('insert into memberships (organization_id, user_id, role, client_ids) values ($1, $2, $3, $4)', [
      organizationId,
      userId,
      role,
      clientIds,
    ]);
  }

  /** Locks the clients of the organization among the ids. Needs a transaction of the tenant. */
  async clientsAmong(tx: Transaction, context: RequestContext, ids: readonly string[]): Promise<string[]> {
    const rows = await tx.query<{ id: string }>(
      'select id from clients where organization_id = $1 and id = any ($2::uuid[]) and archived_at is null for share',
      [context.organizationId, ids],
    );
    return rows.map(({ id }) => id);
  }

  async limitToClients(
    tx: Transaction,
    context: RequestContext,
    userId: string,
    clientIds: readonly string[] | null,
  ): Promise<void> {
    await tx.query('update memberships set client_ids = $3 where organization_id = $1 and user_id = $2', [
      context.organizationId,
      userId,
      clientIds,
    ]);
  }

  async changeRole(tx: Transaction, context: RequestContext, userId: string, role: Role): Promise<void> {
    await tx.query('update memberships set role = $3 where organization_id = $1 and user_id = $2', [
      context.organizationId,
      userId,
      role,
    ]);
  }

  async deleteMembership(tx: Transaction, context: RequestContext, userId: string): Promise<void> {
    await tx.query('delete from memberships where organization_id = $1 and user_id = $2', [
      context.organizationId,
      userId,
    ]);
  }
}

function toView(row: MemberViewRow): UserView {
  return { ...row, createdAt: row.createdAt.toISOString(), updatedAt: row.updatedAt.toISOString() };
}
