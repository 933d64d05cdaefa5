import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { AgentAssignmentView, AgentPhoneNumbersView } from '#contracts';
import { Database, type Transaction } from '../../../platform/database/database.js';
import type { ListQuery, Page } from '../../../platform/http/lists/list-query.js';
import { ProblemError } from '../../../platform/http/problems/problem.error.js';
import { refuseReadOnlyChanges } from '../../../platform/http/problems/read-only-fields.js';
import { AgentRemovalListeners, Agents } from '../../agents/agents.public.js';
import { AuditLog } from '../../audit/audit.public.js';
import { ownAgentsOnly, type RequestContext } from '../../tenancy/tenancy.public.js';
import { AgentAssignmentsRepository, type AssignmentRules } from './agent-assignments.repository.js';
import { AssignmentPagesRepository } from '../lists/assignment-pages.repository.js';
import { assignmentFilterOf } from '../lists/assignment-filter.js';

/** Names and the like are not here: they may change while a user has the record open. */
const FIXED = ['id', 'agentId', 'phoneNumberId', 'phoneNumber', 'createdAt'] as const;

/** Lists, changes and ends assignments. */
@Injectable()
export class AgentAssignmentsService implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly repository: AgentAssignmentsRepository,
    private readonly pages: AssignmentPagesRepository,
    private readonly agents: Agents,
    private readonly agentRemovals: AgentRemovalListeners,
    private readonly audit: AuditLog,
  ) {}

  onModuleInit(): void {
    this.agentRemovals.register((tx, context, agentId) => this.endAllOfAgent(tx, context, agentId));
  }

  /** A user with the role `agent` sees only its own. @throws ProblemError validation_failed for a wrong filter */
  list(context: RequestContext, query: ListQuery): Promise<Page<AgentAssignmentView>> {
    const filter = assignmentFilterOf(context, query);
    return this.database.inTenant(context.organizationId, (tx) => this.pages.findPage(tx, context, filter, query));
  }

  /** @throws ProblemError record_not_found */
  get(context: RequestContext, id: string): Promise<AgentAssignmentView> {
    return this.database.inTenant(context.organizationId, (tx) => this.view(tx, context, id));
  }

  /** The numbers that an agent may call from, with what is left of today. @throws ProblemError record_not_found */
  async numbersOfAgent(context: RequestContext, agentId: string): Promise<AgentPhoneNumbersView> {
    await this.agents.requireVisible(context, agentId);
    const assignments = await this.database.inTenant(context.organizationId, (tx) =>
      this.repository.findAll(tx, context, { agentIds: [agentId] }),
    );
    return {
      phoneNumbers: assignments.map((assignment) => ({
        id: assignment.phoneNumberId,
        phoneNumber: assignment.phoneNumber,
        provider: assignment.provider,
        countryCode: assignment.countryCode,
        dailyLimit: assignment.dailyLimit,
        allowedCountries: assignment.allowedCountries,
        callsMadeToday: assignment.callsMadeToday,
        remaining: assignment.remaining,
        resetsAt: assignment.resetsAt,
      })),
    };
  }

  /** The numbers whose inbound calls an agent answers. @throws ProblemError record_not_found */
  async numbersAnsweredBy(context: RequestContext, agentId: string): Promise<AgentPhoneNumbersView> {
    await this.agents.requireVisible(context, agentId);
    const phoneNumbers = await this.database.inTenant(context.organizationId, (tx) =>
      this.repository.numbersAnsweredBy(tx, context, agentId),
    );
    return { phoneNumbers };
  }

  /**
   * Merges the changes into the assignment. Every later call is decided by them.
   *
   * @param changes what to set, and the fixed fields of the record, as far as they were sent
   * @throws ProblemError record_not_found, or validation_failed when a fixed field differs
   */
  async update(
    context: RequestContext,
    id: string,
    changes: Partial<AssignmentRules> & Partial<AgentAssignmentView>,
  ): Promise<AgentAssignmentView> {
    return this.database.inTenant(context.organizationId, async (tx) => {
      if (!(await this.repository.lockLive(tx, context, id))) throw assignmentNotFound();
      const current = await this.view(tx, context, id);
      refuseReadOnlyChanges(current, changes, FIXED);
      const from = rulesOf(current);
      const to = { ...from, ...given(changes) };
      const changed = (Object.keys(from) as (keyof AssignmentRules)[]).filter(
        (field) => JSON.stringify(from[field]) !== JSON.stringify(to[field]),
      );
      if (changed.length === 0) return current;
      await this.repository.update(tx, context, id, to);
      await this.audit.record(tx, context, {
        action: 'agent_assignment.updated',
        subjectType: 'agent_assignment',
        subjectId: id,
        relatedIds: [current.agentId, current.phoneNumberId],
        changes: Object.fromEntries(changed.map((field) => [field, { from: from[field], to: to[field] }])),
      });
      return this.view(tx, context, id);
    });
  }

  /** Ends the assignment. Its counter is kept for the case that it comes back. @throws ProblemError record_not_found */
  async end(context: RequestContext, id: string): Promise<AgentAssignmentView> {
    return this.database.inTenant(context.organizationId, async (tx) => {
      if (!(await this.repository.lockLive(tx, context, id))) throw assignmentNotFound();
      return this.endLocked(tx, context, id);
    });
  }

  /** Ends a live assignment whose row the transaction has locked, and answers it as it was. */
  async endLocked(tx: Transaction, context: RequestContext, id: string): Promise<AgentAssignmentView> {
    return this.endSeen(tx, context, await this.view(tx, context, id));
  }

  private async endSeen(
    tx: Transaction,
    context: RequestContext,
    assignment: AgentAssignmentView,
  ): Promise<AgentAssignmentView> {
    const { id } = assignment;
    await this.repository.end(tx, context, id);
    await this.audit.record(tx, context, {
      action: 'agent_assignment.ended',
      subjectType: 'agent_assignment',
      subjectId: id,
      relatedIds: [assignment.agentId, assignment.phoneNumberId],
      changes: {
        agent: { from: assignment.agentName, to: null },
        phoneNumber: { from: assignment.phoneNumber, to: null },
        dailyLimit: { from: assignment.dailyLimit, to: null },
        allowedCountries: { from: assignment.allowedCountries, to: null },
      },
    });
    return assignment;
  }

  /** The live assignment as the caller may see it. @throws ProblemError record_not_found */
  async view(tx: Transaction, context: RequestContext, id: string): Promise<AgentAssignmentView> {
    const ownedBy = ownAgentsOnly(context) ?? undefined;
    const [assignment] = await this.repository.findAll(tx, context, { ids: [id], ownedBy });
    if (!assignment) throw assignmentNotFound();
    return assignment;
  }

  /** An agent that is deleted calls from no number any more, whatever clients the user is limited to. */
  private async endAllOfAgent(tx: Transaction, context: RequestContext, agentId: string): Promise<void> {
    const ids = await this.repository.lockOfAgent(tx, context, agentId);
    const assignments = await this.repository.findAll(tx, context, { ids, clientIds: null });
    for (const assignment of assignments) await this.endSeen(tx, context, assignment);
  }
}

function rulesOf(view: AgentAssignmentView): AssignmentRules {
  return {
    dailyLimit: view.dailyLimit,
    allowedCountries: view.allowedCountries,
    allowedNumberTypes: view.allowedNumberTypes as AssignmentRules['allowedNumberTypes'],
    paused: view.paused,
  };
}

function given({ dailyLimit, allowedCountries, allowedNumberTypes, paused }: Partial<AssignmentRules>) {
  const rules = { dailyLimit, allowedCountries, allowedNumberTypes, paused };
  return Object.fromEntries(
    Object.entries(rules).filter(([, value]) => value !== undefined),
  ) as Partial<AssignmentRules>;
}

/** The same words for an assignment of another organization as for one that does not exist. */
function assignmentNotFound(): ProblemError {
  return new ProblemError('record_not_found', 'There is no such assignment. It may have ended.');
}
