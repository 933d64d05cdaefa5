import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ClientRemovalListeners } from '../clients/clients.public.js';

/** The agents of a deleted client stay with the organization. */
@Injectable()
export class KeepAgentsOfRemovedClients implements OnModuleInit {
  constructor(private readonly removals: ClientRemovalListeners) {}

  onModuleInit(): void {
    this.removals.register(async (tx, context, clientId) => {
      const sql = 'update agents set client_id = null where organization_id = $1 and client_id = $2 returning name';
      const agents = await tx.query<{ name: string }>(sql, [context.organizationId, clientId]);
      return { agentsKept: agents.map(({ name }) => name) };
    });
  }
}
