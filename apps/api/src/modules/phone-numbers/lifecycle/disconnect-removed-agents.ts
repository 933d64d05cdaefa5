import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Transaction } from '../../../platform/database/database.js';
import { AgentRemovalListeners } from '../../agents/agents.public.js';
import { AuditLog } from '../../audit/audit.public.js';
import type { RequestContext } from '../../tenancy/tenancy.public.js';

/** Takes a deleted agent off the numbers whose inbound calls it answered, in the transaction that deletes it. */
@Injectable()
export class DisconnectRemovedAgents implements OnModuleInit {
  constructor(
    private readonly agentRemovals: AgentRemovalListeners,
    private readonly audit: AuditLog,
  ) {}

  onModuleInit(): void {
    this.agentRemovals.register((tx, context, agentId) => this.disconnect(tx, context, agentId));
  }

  private async disconnect(tx: Transaction, context: RequestContext, agentId: string): Promise<void> {
    const numbers = await tx.query<{ id: string }>(
      `update phone_numbers set inbound_agent_id = null where organization_id = $1 and inbound_agent_id = $2 returning id`,
      [context.organizationId, agentId],
    );
    for (const { id } of numbers) {
      await this.audit.record(tx, context, {
        action: 'phone_number.disconnected',
        subjectType: 'phone_number',
        subjectId: id,
        relatedIds: [agentId],
        changes: { inboundAgentId: { from: agentId, to: null } },
      });
    }
  }
}
