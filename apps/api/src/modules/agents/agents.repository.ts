import { Injectable } from '@nestjs/common';
import { In, IsNull } from 'typeorm';
import type { AgentKind, AgentStatus, AgentView } from '#contracts';
import type { Transaction } from '../../platform/database/database.js';
import type { ListQuery, Page } from '../../platform/http/lists/list-query.js';
import { clientLimit, type RequestContext } from '../tenancy/tenancy.public.js';
import { AgentEntity } from './agent.entity.js';
import { AGENTS_FROM, agentViews, type AgentViewRow } from './sql/agent-views.sql.js';

/** What people may set of an agent. */
export interface AgentFields {
  name: string;
  kind: AgentKind;
  status: AgentStatus;
  userId: string | null;
  externalId: string | null;
  clientId: string | null;
}

/** An agent that a name leads to. */
export interface FoundAgent extends AgentFields {
  id: string;
  /** False for an agent of a client that the caller is not limited to. */
  isReachable: boolean;
}

export interface AgentFilter {
  clientId?: string;
  ids?: string[];
  q?: string;
  kind?: AgentKind;
  status?: AgentStatus;
  userId?: string;
  /** Only the agents that this user signs in as. */
  ownedBy?: string;
}

const SORT_COLUMNS: Record<string, string> = {
  id: 'g.id',
  name: 'lower(g.name)',
  createdAt: 'g.created_at',
  kind: 'g.kind',
  status: 'g.status',
};

@Injectable()
export class AgentsRepository {
  async findPage(
    tx: Transaction,
    context: RequestContext,
    filter: AgentFilter,
    query: Pick<ListQuery, 'offset' | 'limit' | 'sort'>,
  ): Promise<Page<AgentView>> {
    const { conditions, parameters, clients } = conditionsOf(context, filter);
    const from = `${AGENTS_FROM} ${conditions}`;
    const [count] = await tx.query<{ total: number }>(`select count(*)::integer as total ${from}`, parameters);
    const order = `${SORT_COLUMNS[query.sort.field]} ${query.sort.direction}, g.id`;
    const page = `select g.id, row_number() over (order by ${order}) as place ${from}
      order by ${order} limit $${parameters.length + 1} offset $${parameters.length + 2}`;
    const rows = await tx.query<AgentViewRow>(agentViews(page, clients), [...parameters, query.limit, query.offset]);
    return { items: rows.map(toView), total: count!.total };
  }

  /** The agent, or null when there is none in the organization, or when it is not the user's own. */
  async findOne(
    tx: Transaction,
    context: RequestContext,
    id: string,
    ownedBy: string | null,
  ): Promise<AgentView | null> {
    const filter = { ids: [id], ...(ownedBy !== null && { ownedBy }) };
    const { conditions, parameters, clients } = conditionsOf(context, filter);
    const page = `select g.id, 1 as place ${AGENTS_FROM} ${conditions}`;
    const [row] = await tx.query<AgentViewRow>(agentViews(page, clients), parameters);
    return row ? toView(row) : null;
  }

  /** Locks the agent against every other change and answers what people may set of it. */
  async lock(tx: Transaction, context: RequestContext, id: string): Promise<AgentFields | null> {
    return tx.manager.findOne(AgentEntity, {
      select: { id: true, name: true, kind: true, status: true, userId: true, externalId: true, clientId: true },
      where: { organizationId: context.organizationId, id, deletedAt: IsNull(), ...withinLimit(context) },
      lock: { mode: 'for_no_key_update' },
    });
  }

  /** Keeps the agent from being changed or deleted until the transaction ends; others may do the same meanwhile. */
  async lockShared(
    tx: Transaction,
    context: RequestContext,
    id: string,
  ): Promise<{ id: string; name: string; status: AgentStatus } | null> {
    const [row] = await tx.query<{ id: string; name: string; status: AgentStatus }>(
      `select id, name, status from agents
       where organization_id = $1 and id = $2 and deleted_at is null and ($3::uuid[] is null or client_id = any ($3))
       for share`,
      [context.organizationId, id, clientLimit(context)],
    );
    return row ?? null;
  }

  /** Locks the agents with these names, in any case, against every other change. */
  lockByName(tx: Transaction, context: RequestContext, names: string[]): Promise<FoundAgent[]> {
    return tx.query<FoundAgent>(
      `select id, name, kind, status, user_id as "userId", external_id as "externalId", client_id as "clientId",
         ($3::uuid[] is null or client_id = any ($3)) is true as "isReachable"
       from agents
       where organization_id = $1 and lower(name) = any (array(select lower(n) from unnest($2::text[]) n)) and deleted_at is null
       order by id for no key update`,
      [context.organizationId, names, clientLimit(context)],
    );
  }

  /** Those of the external ids that an agent has. */
  async takenExternalIds(tx: Transaction, context: RequestContext, externalIds: string[]): Promise<string[]> {
    const rows = await tx.query<{ externalId: string }>(
      `select external_id as "externalId" from agents
       where organization_id = $1 and external_id = any ($2::text[]) and deleted_at is null`,
      [context.organizationId, externalIds],
    );
    return rows.map(({ externalId }) => externalId);
  }

  async isMember(tx: Transaction, context: RequestContext, userId: string): Promise<boolean> {
    const rows = await tx.query('select from memberships where organization_id = $1 and user_id = $2', [
      context.organizationId,
      userId,
    ]);
    return rows.length > 0;
  }

  /** @returns the id of the new agent */
  async insert(tx: Transaction, context: RequestContext, fields: AgentFields): Promise<string> {
    const result = await tx.manager.insert(AgentEntity, { ...fields, organizationId: context.organizationId });
    return (result.identifiers[0] as { id: string }).id;
  }

  async update(tx: Transaction, context: RequestContext, id: string, changes: Partial<AgentFields>): Promise<void> {
    await tx.manager.update(AgentEntity, { organizationId: context.organizationId, id }, changes);
  }

  async markDeleted(tx: Transaction, context: RequestContext, id: string): Promise<void> {
    await tx.query('update agents set deleted_at = now() where organization_id = $1 and id = $2', [
      context.organizationId,
      id,
    ]);
  }
}

interface AgentConditions {
  conditions: string;
  parameters: unknown[];
  /** The parameter with the clients that the caller is limited to; null when nothing limits. */
  clients: string | null;
}

function conditionsOf(context: RequestContext, filter: AgentFilter): AgentConditions {
  const parameters: unknown[] = [context.organizationId];
  const conditions: string[] = [];
  const add = (condition: (parameter: string) => string, value: unknown): void => {
    if (value === undefined) return;
    parameters.push(value);
    conditions.push(`and ${condition(`$${parameters.length}`)}`);
  };
  add((parameter) => `g.id = any (${parameter}::uuid[])`, filter.ids);
  add((parameter) => `g.client_id = ${parameter}`, filter.clientId);
  const limit = clientLimit(context);
  add((parameter) => `g.client_id = any (${parameter}::uuid[])`, limit ?? undefined);
  const clients = limit === null ? null : `$${parameters.length}`;
  add((parameter) => `g.kind = ${parameter}`, filter.kind);
  add((parameter) => `g.status = ${parameter}`, filter.status);
  add((parameter) => `g.user_id = ${parameter}`, filter.userId);
  add((parameter) => `g.user_id = ${parameter}`, filter.ownedBy);
  add(
    (parameter) =>
      `(position(lower(${parameter}) in lower(g.name)) > 0 or position(${parameter} in g.external_id) > 0)`,
    filter.q,
  );
  return { conditions: conditions.join(' '), parameters, clients };
}

/** Agents of the clients that the caller is limited to. */
function withinLimit(context: RequestContext) {
  const limit = clientLimit(context);
  return limit === null ? {} : { clientId: In([...limit]) };
}

function toView(row: AgentViewRow): AgentView {
  return { ...row, createdAt: row.createdAt.toISOString(), updatedAt: row.updatedAt.toISOString() };
}
