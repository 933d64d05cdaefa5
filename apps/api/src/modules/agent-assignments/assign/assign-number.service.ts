import { Injectable } from '@nestjs/common';
import type { AgentAssignmentView } from '#contracts';
import { Database, type Transaction } from '../../../platform/database/database.js';
import { isUniqueViolation } from '../../../platform/database/sqlstate.js';
import { ProblemError } from '../../../platform/http/problems/problem.error.js';
import { Agents } from '../../agents/agents.public.js';
import { AuditLog } from '../../audit/audit.public.js';
import { NumberSteps, PhoneNumbers } from '../../phone-numbers/phone-numbers.public.js';
import type { RequestContext } from '../../tenancy/tenancy.public.js';
import { AgentAssignmentRows, type NewRules } from './agent-assignment-rows.js';
import { AgentAssignmentsRepository } from './agent-assignments.repository.js';
import { AgentAssignmentsService } from './agent-assignments.service.js';

export interface NewAssignment extends NewRules {
  agentId: string;
  phoneNumberId: string;
}

/** Assigns numbers to agents and takes them back. Locks are taken in this order: agent, number, assignments by agent. */
@Injectable()
export class AssignNumberService {
  constructor(
    private readonly database: Database,
    private readonly repository: AgentAssignmentsRepository,
    private readonly rows: AgentAssignmentRows,
    private readonly assignments: AgentAssignmentsService,
    private readonly agents: Agents,
    private readonly phoneNumbers: PhoneNumbers,
    private readonly audit: AuditLog,
  ) {}

  /**
   * Lets the agent call from the number. The same agent and number get the same assignment as before, with its counter.
   *
   * @param options.reassign takes the number from the agent that has it; without, that is a refusal
   * @throws ProblemError record_not_found, agent_inactive, phone_number_assigned, agent_has_number, number_cannot_call, or conflict for a number of the pool
   */
  async assign(
    context: RequestContext,
    assignment: NewAssignment,
    options: { reassign: boolean },
  ): Promise<AgentAssignmentView> {
    try {
      return await this.database.inTenant(context.organizationId, async (tx) => {
        const agent = await this.agents.lockActive(tx, context, assignment.agentId);
        const { e164: phoneNumber, canCall } = await this.lockNumber(tx, context, assignment.phoneNumberId);
        NumberSteps.requireVoice({ phoneNumber, canCall });
        const locked = await this.repository.lockOfNumber(tx, context, assignment.phoneNumberId, agent.id);
        const holder = locked.find(({ live }) => live);
        if (holder && !options.reassign) throw alreadyAssigned(holder.agentName);
        if (holder) await this.assignments.endLocked(tx, context, holder.id);
        return this.put(tx, context, assignment);
      });
    } catch (error) {
      if (isUniqueViolation(error, 'one_live_assignment_per_number')) throw alreadyAssigned(null);
      if (isUniqueViolation(error, 'one_number_per_agent'))
        throw await this.agentHasNumber(context, assignment.agentId);
      throw error;
    }
  }

  /**
   * Ends the number's live assignment and answers it as it was.
   *
   * @throws ProblemError record_not_found, or conflict when the number is not assigned
   */
  async unassign(context: RequestContext, phoneNumberId: string): Promise<AgentAssignmentView> {
    return this.database.inTenant(context.organizationId, async (tx) => {
      await this.lockNumber(tx, context, phoneNumberId);
      const [live] = await this.repository.lockOfNumber(tx, context, phoneNumberId, null);
      if (!live)
        throw new ProblemError('conflict', 'The phone number is not assigned to an agent. Nothing to unassign.');
      return this.assignments.endLocked(tx, context, live.id);
    });
  }

  private async put(tx: Transaction, context: RequestContext, assignment: NewAssignment): Promise<AgentAssignmentView> {
    const [id] = await this.rows.putPairs(tx, context, [assignment], assignment);
    const view = await this.assignments.view(tx, context, id!);
    await this.audit.record(tx, context, {
      action: 'agent_assignment.created',
      subjectType: 'agent_assignment',
      subjectId: view.id,
      relatedIds: [view.agentId, view.phoneNumberId],
      changes: {
        agent: { from: null, to: view.agentName },
        phoneNumber: { from: null, to: view.phoneNumber },
        dailyLimit: { from: null, to: view.dailyLimit },
        allowedCountries: { from: null, to: view.allowedCountries },
        allowedNumberTypes: { from: null, to: view.allowedNumberTypes },
      },
    });
    return view;
  }

  /** Names the number that the agent has, for an organization that gives each agent one. */
  private async agentHasNumber(context: RequestContext, agentId: string): Promise<ProblemError> {
    const { phoneNumbers } = await this.assignments.numbersOfAgent(context, agentId);
    const held = phoneNumbers[0]?.phoneNumber ?? 'another number';
    const detail = `The agent calls from ${held}, and the organization gives each agent one number. Unassign ${held} first, or choose another agent.`;
    return new ProblemError('agent_has_number', detail, { errors: { agentId: `calls from ${held}` } });
  }

  private async lockNumber(tx: Transaction, context: RequestContext, phoneNumberId: string) {
    if (await this.repository.isInPool(tx, phoneNumberId)) {
      const detail = 'The phone number is in the pool. Claim it for your organization first, then assign it.';
      throw new ProblemError('conflict', detail, { errors: { phoneNumberId: 'is in the pool' } });
    }
    return this.phoneNumbers.lockAssignable(tx, context, phoneNumberId);
  }
}

/** @param agentName the agent that has the number; null when another transaction assigned it at the same moment */
function alreadyAssigned(agentName: string | null): ProblemError {
  const holder = agentName === null ? 'another agent' : `the agent '${agentName}'`;
  const detail = `The phone number is assigned. Unassign it from ${holder} first, or take it away from that agent (reassign: true).`;
  return new ProblemError('phone_number_assigned', detail, { errors: { phoneNumberId: `is assigned to ${holder}` } });
}
