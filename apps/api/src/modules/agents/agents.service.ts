import { Injectable } from '@nestjs/common';
import { agentKinds, agentStatuses, type AgentView } from '#contracts';
import { Database, type Transaction } from '../../platform/database/database.js';
import { idsOf, oneOf, textOf, uuidOf } from '../../platform/http/lists/list-filter.js';
import type { ListQuery, Page } from '../../platform/http/lists/list-query.js';
import { refuseReadOnlyChanges } from '../../platform/http/problems/read-only-fields.js';
import { AuditLog, fieldsCleared, fieldsSet } from '../audit/audit.public.js';
import { Clients } from '../clients/clients.public.js';
import { ownAgentsOnly, type RequestContext } from '../tenancy/tenancy.public.js';
import { AgentRemovalListeners } from './agent-removal-listeners.js';
import { agentNotFound } from './agents.js';
import { type AgentFields, AgentsRepository } from './agents.repository.js';
import { notMember, tellingWhatIsTaken, unlinkable } from './taken-agent-fields.js';

const EDITABLE = ['name', 'kind', 'status', 'userId', 'externalId', 'clientId'] as const;

@Injectable()
export class AgentsService {
  constructor(
    private readonly database: Database,
    private readonly repository: AgentsRepository,
    private readonly listeners: AgentRemovalListeners,
    private readonly clients: Clients,
    private readonly audit: AuditLog,
  ) {}

  /** A user with the role `agent` sees only its own agents. @throws ProblemError validation_failed for a wrong filter */
  list(context: RequestContext, query: ListQuery): Promise<Page<AgentView>> {
    const filter = {
      ids: idsOf(query),
      q: textOf(query, 'q'),
      kind: oneOf(query, 'kind', agentKinds),
      status: oneOf(query, 'status', agentStatuses),
      clientId: uuidOf(query, 'clientId'),
      userId: uuidOf(query, 'userId'),
      ownedBy: ownAgentsOnly(context) ?? undefined,
    };
    return this.database.inTenant(context.organizationId, (tx) => this.repository.findPage(tx, context, filter, query));
  }

  /** @throws ProblemError record_not_found */
  get(context: RequestContext, id: string): Promise<AgentView> {
    return this.database.inTenant(context.organizationId, (tx) => this.view(tx, context, id));
  }

  /** @throws ProblemError conflict when name, user or external id is taken; validation_failed for a user who cannot be linked */
  async create(context: RequestContext, fields: AgentFields): Promise<AgentView> {
    return tellingWhatIsTaken(() =>
      this.database.inTenant(context.organizationId, async (tx) => {
        await this.checkUser(tx, context, fields);
        const clientId = await this.clients.choose(tx, context, fields.clientId);
        const id = await this.repository.insert(tx, context, { ...fields, clientId });
        await this.audit.record(tx, context, {
          action: 'agent.created',
          subjectType: 'agent',
          subjectId: id,
          changes: fieldsSet(fields),
        });
        return this.view(tx, context, id);
      }),
    );
  }

  /**
   * Merges the changes into the agent.
   *
   * @param changes what to set, and the fixed fields of the record, as far as they were sent
   * @throws ProblemError record_not_found, conflict, or validation_failed when a fixed field differs
   */
  async update(
    context: RequestContext,
    id: string,
    changes: Partial<AgentFields> & Partial<Pick<AgentView, 'id' | 'createdAt'>>,
  ): Promise<AgentView> {
    return tellingWhatIsTaken(() =>
      this.database.inTenant(context.organizationId, async (tx) => {
        const current = await this.repository.lock(tx, context, id);
        if (!current) throw agentNotFound();
        refuseReadOnlyChanges(await this.view(tx, context, id), changes, ['id', 'createdAt']);
        const changed = differences(current, changes);
        if (changed.length > 0) {
          const next = Object.fromEntries(changed.map((field) => [field, changes[field]])) as Partial<AgentFields>;
          await this.checkUser(tx, context, { ...current, ...next });
          if (next.clientId !== undefined) next.clientId = await this.clients.choose(tx, context, next.clientId);
          await this.repository.update(tx, context, id, next);
          await this.audit.record(tx, context, {
            action: 'agent.updated',
            subjectType: 'agent',
            subjectId: id,
            changes: Object.fromEntries(
              changed.map((field) => [field, { from: current[field], to: changes[field] ?? null }]),
            ),
          });
        }
        return this.view(tx, context, id);
      }),
    );
  }

  /**
   * Deletes the agent, ends its assignments and disconnects it.
   *
   * @returns the agent as it was
   * @throws ProblemError record_not_found
   */
  async remove(context: RequestContext, id: string): Promise<AgentView> {
    return this.database.inTenant(context.organizationId, async (tx) => {
      if (!(await this.repository.lock(tx, context, id))) throw agentNotFound();
      const agent = await this.view(tx, context, id);
      await this.listeners.notify(tx, context, id);
      await this.repository.markDeleted(tx, context, id);
      await this.audit.record(tx, context, {
        action: 'agent.deleted',
        subjectType: 'agent',
        subjectId: id,
        changes: fieldsCleared(Object.fromEntries(EDITABLE.map((field) => [field, agent[field]]))),
      });
      return agent;
    });
  }

  private async view(tx: Transaction, context: RequestContext, id: string): Promise<AgentView> {
    const agent = await this.repository.findOne(tx, context, id, ownAgentsOnly(context));
    if (!agent) throw agentNotFound();
    return agent;
  }

  private async checkUser(tx: Transaction, context: RequestContext, { kind, userId }: AgentFields): Promise<void> {
    if (userId === null) return;
    if (kind !== 'human') throw unlinkable('belongs to a human agent only; send null, or the kind human');
    if (!(await this.repository.isMember(tx, context, userId))) throw notMember();
  }
}

function differences(current: AgentFields, changes: Partial<AgentFields>): (keyof AgentFields)[] {
  return EDITABLE.filter((field) => changes[field] !== undefined && changes[field] !== current[field]);
}
