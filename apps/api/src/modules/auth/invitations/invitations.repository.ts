import { Injectable } from '@nestjs/common';
import type { InvitationStatus, InvitationView, Role } from '#contracts';
import type { Transaction } from '../../../platform/database/database.js';
import type { ListQuery, Page } from '../../../platform/http/lists/list-query.js';
import type { RequestContext } from '../../tenancy/tenancy.public.js';
import { INVITATION_VIEWS, type InvitationViewRow } from './sql/invitation-views.sql.js';

/** How long a link can be used, in days. */
const LIFETIME_DAYS = 7;

export interface InvitationFilter {
  ids?: string[];
  q?: string;
  statuses?: InvitationStatus[];
}

interface NewInvitation {
  email: string;
  role: Role;
  clientIds: readonly string[] | null;
  tokenHash: Buffer;
  invitedBy: string;
}

const SORT_COLUMNS: Record<string, string> = {
  id: 'id',
  email: 'email',
  role: 'role',
  expiresAt: '"expiresAt"',
  createdAt: '"createdAt"',
};

/** The invitations of one organization. All of it needs a transaction of the tenant, who sees no other people. */
@Injectable()
export class InvitationsRepository {
  async findPage(
    tx: Transaction,
    context: RequestContext,
    filter: InvitationFilter,
    { sort, limit, offset }: Pick<ListQuery, 'offset' | 'limit' | 'sort'>,
  ): Promise<Page<InvitationView>> {
    const from = `from (${INVITATION_VIEWS}) v
      where ($2::uuid[] is null or id = any ($2)) and ($3::text[] is null or status = any ($3))
        and ($4::text is null or position(lower($4) in email) > 0)`;
    const parameters = [context.organizationId, filter.ids ?? null, filter.statuses ?? null, filter.q ?? null];
    const [count] = await tx.query<{ total: number }>(`select count(*)::integer as total ${from}`, parameters);
    const rows = await tx.query<InvitationViewRow>(
      `select * ${from} order by ${SORT_COLUMNS[sort.field]} ${sort.direction}, id limit $5 offset $6`,
      [...parameters, limit, offset],
    );
    return { items: rows.map(toView), total: count!.total };
  }

  async findOne(tx: Transaction, context: RequestContext, id: string): Promise<InvitationView | null> {
    const [row] = await tx.query<InvitationViewRow>(`select * from (${INVITATION_VIEWS}) v where id = $2`, [
      context.organizationId,
      id,
    ]);
    return row ? toView(row) : null;
  }

  /** Keeps it from being accepted until the transaction ends. */
  async lock(tx: Transaction, context: RequestContext, id: string): Promise<void> {
    await tx.query('select from invitations where organization_id = $1 and id = $2 for update', [
      context.organizationId,
      id,
    ]);
  }

  async isMember(tx: Transaction, context: RequestContext, email: string): Promise<boolean> {
    const rows = await tx.query(
      `select from memberships m join users u on u.id = m.user_id
       where m.organization_id = $1 and lower(u.email) = lower($2)`,
      [context.organizationId, email],
    );
    return rows.length > 0;
  }

  /** Makes room for a new invitation of an e-mail whose last one has run out. */
  async closeExpired(tx: Transaction, context: RequestContext, email: string): Promise<void> {
    await tx.query(
      `update invitations set revoked_at = now()
       where organization_id = $1 and lower(email) = lower($2) and accepted_at is null and revoked_at is null
         and expires_at <= now()`,
      [context.organizationId, email],
    );
  }

  /** @returns the id of the new invitation */
  async insert(tx: Transaction, context: RequestContext, invitation: NewInvitation): Promise<string> {
    const { email, role, clientIds, tokenHash, invitedBy } = invitation;
    const [row] = await tx.query<{ id: string }>(
      `insert into invitations (organization_id, email, role, client_ids, token_hash, invited_by, expires_at)
       values ($1, $2, $3, $4, $5, $6, now() + make_interval(days => $7)) returning id`,
      [context.organizationId, email, role, clientIds, tokenHash, invitedBy, LIFETIME_DAYS],
    );
    return row!.id;
  }

  /**
   * Puts a new link in the place of the old one. Who sends it answers for it from now on.
   *
   * @returns false when the invitation is over
   */
  async renew(
    tx: Transaction,
    context: RequestContext,
    id: string,
    { tokenHash, invitedBy }: Pick<NewInvitation, 'tokenHash' | 'invitedBy'>,
  ): Promise<boolean> {
    const rows = await tx.query(
      `update invitations set token_hash = $3, invited_by = $4, expires_at = now() + make_interval(days => $5)
       where organization_id = $1 and id = $2 and accepted_at is null and revoked_at is null returning id`,
      [context.organizationId, id, tokenHash, invitedBy, LIFETIME_DAYS],
    );
    return rows.length > 0;
  }

  /** @returns false when the invitation is over */
  async revoke(tx: Transaction, context: RequestContext, id: string): Promise<boolean> {
    const rows = await tx.query(
      `update invitations set revoked_at = now()
       where organization_id = $1 and id = $2 and accepted_at is null and revoked_at is null returning id`,
      [context.organizationId, id],
    );
    return rows.length > 0;
  }
}

function toView({ expiresAt, createdAt, ...row }: InvitationViewRow): InvitationView {
  return { ...row, expiresAt: expiresAt.toISOString(), createdAt: createdAt.toISOString() };
}
