import { Injectable } from '@nestjs/common';
import type { Transaction } from '../../platform/database/database.js';
import type { RequestContext } from '../tenancy/tenancy.public.js';

type ClientRemovalListener = (tx: Transaction, context: RequestContext, clientId: string) => Promise<object>;

/**
 * What else has to happen when a client is deleted, as with agents: modules further up register what they let go of. A
 * listener runs in the transaction of the removal, while the client's row is locked, and answers what it did.
 */
@Injectable()
export class ClientRemovalListeners {
  private readonly listeners: ClientRemovalListener[] = [];

  register(listener: ClientRemovalListener): void {
    this.listeners.push(listener);
  }

  async notify(tx: Transaction, context: RequestContext, clientId: string): Promise<object> {
    const done: object[] = [];
    for (const listener of this.listeners) done.push(await listener(tx, context, clientId));
    return Object.assign({}, ...done) as object;
  }
}
