import { Injectable } from '@nestjs/common';
import type { Transaction } from '../../platform/database/database.js';
import type { RequestContext } from '../tenancy/tenancy.public.js';

type AgentRemovalListener = (tx: Transaction, context: RequestContext, agentId: string) => Promise<void>;

/**
 * What else has to happen when an agent is deleted. Modules further up hold on to agents, and this one may not know
 * them: they register here what they let go of. Listeners run in the order of registration, in the transaction of the
 * removal, while the agent's row is locked; one that throws undoes all of it.
 */
@Injectable()
export class AgentRemovalListeners {
  private readonly listeners: AgentRemovalListener[] = [];

  register(listener: AgentRemovalListener): void {
    this.listeners.push(listener);
  }

  async notify(tx: Transaction, context: RequestContext, agentId: string): Promise<void> {
    for (const listener of this.listeners) await listener(tx, context, agentId);
  }
}
