import { Injectable } from '@nestjs/common';
import type { Transaction } from '../../platform/database/database.js';
import type { RequestContext } from '../tenancy/tenancy.public.js';

type OrganizationRemovalListener = (tx: Transaction, context: RequestContext) => Promise<object>;

/** What else has to happen when an organization is deleted. Listeners run in a transaction of that organization. */
@Injectable()
export class OrganizationRemovalListeners {
  private readonly listeners: OrganizationRemovalListener[] = [];

  register(listener: OrganizationRemovalListener): void {
    this.listeners.push(listener);
  }

  /** @returns what the listeners did */
  async notify(tx: Transaction, context: RequestContext): Promise<object> {
    const done: object[] = [];
    for (const listener of this.listeners) done.push(await listener(tx, context));
    return Object.assign({}, ...done) as object;
  }
}
