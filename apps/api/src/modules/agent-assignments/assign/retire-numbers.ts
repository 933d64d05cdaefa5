import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Transaction } from '../../../platform/database/database.js';
import { ClientRemovalListeners } from '../../clients/clients.public.js';
import { OrganizationRemovalListeners } from '../../organizations/organizations.public.js';
import { PhoneNumbers } from '../../phone-numbers/phone-numbers.public.js';
import type { RequestContext } from '../../tenancy/tenancy.public.js';
import { END_ASSIGNMENTS_OF_NUMBERS } from './sql/end-assignments-of-numbers.sql.js';

/** Lets go of the numbers of a deleted client or organization, in the transaction that deletes it. */
@Injectable()
export class RetireNumbers implements OnModuleInit {
  constructor(
    private readonly phoneNumbers: PhoneNumbers,
    private readonly clientRemovals: ClientRemovalListeners,
    private readonly organizationRemovals: OrganizationRemovalListeners,
  ) {}

  onModuleInit(): void {
    this.clientRemovals.register((tx, context, clientId) => this.retire(tx, context, clientId));
    this.organizationRemovals.register((tx, context) => this.retire(tx, context, null));
  }

  /** @param clientId whose numbers; null for all of the organization's */
  private async retire(tx: Transaction, context: RequestContext, clientId: string | null): Promise<object> {
    const ids = await this.phoneNumbers.lockAll(tx, context, clientId);
    const ended = await tx.query<{ id: string }>(END_ASSIGNMENTS_OF_NUMBERS, [context.organizationId, ids]);
    const { archived, returned } = await this.phoneNumbers.retire(tx, context, ids);
    return { assignmentsEnded: ended.length, numbersArchived: archived, numbersReturned: returned };
  }
}
