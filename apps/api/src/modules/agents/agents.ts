import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '../../platform/database/database.js';
import { ProblemError } from '../../platform/http/problems/problem.error.js';
import { ownAgentsOnly, type RequestContext } from '../tenancy/tenancy.public.js';
import { AgentsRepository } from './agents.repository.js';

/** What other modules ask about agents. */
@Injectable()
export class Agents {
  constructor(
    private readonly repository: AgentsRepository,
    private readonly database: Database,
  ) {}

  /**
   * Makes sure that the agent is active and stays so until the transaction ends. Take this lock before those of phone
   * numbers and assignments: deleting an agent locks in the same order.
   *
   * @throws ProblemError record_not_found, agent_inactive
   */
  async lockActive(tx: Transaction, context: RequestContext, agentId: string): Promise<{ id: string; name: string }> {
    const agent = await this.repository.lockShared(tx, context, agentId);
    if (!agent) throw agentNotFound();
    if (agent.status !== 'active') {
      const detail = `The agent "${agent.name}" is not active. Activate it first, or choose another agent.`;
      throw new ProblemError('agent_inactive', detail, { errors: { agentId: 'is not active' } });
    }
    return { id: agent.id, name: agent.name };
  }

  /**
   * Makes sure that the caller may see the agent: there is one, and it is its own where the caller sees only those.
   *
   * @throws ProblemError record_not_found
   */
  async requireVisible(context: RequestContext, agentId: string): Promise<void> {
    const agent = await this.database.inTenant(context.organizationId, (tx) =>
      this.repository.findOne(tx, context, agentId, ownAgentsOnly(context)),
    );
    if (!agent) throw agentNotFound();
  }
}

/** The same words for an agent of another organization as for one that does not exist. */
export function agentNotFound(): ProblemError {
  return new ProblemError('record_not_found', 'There is no such agent. It may have been deleted.');
}
