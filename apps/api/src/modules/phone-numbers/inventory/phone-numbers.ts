import { Injectable } from '@nestjs/common';
import type { PhoneNumberLifecycle, PhoneNumberProvider } from '#contracts';
import type { Transaction } from '../../../platform/database/database.js';
import { ProblemError } from '../../../platform/http/problems/problem.error.js';
import type { RequestContext } from '../../tenancy/tenancy.public.js';
import { NumberLifecycleRepository } from '../lifecycle/number-lifecycle.repository.js';
import { PhoneNumberCountsRepository } from '../lists/phone-number-counts.repository.js';
import { PhoneNumbersRepository } from './phone-numbers.repository.js';

interface AssignablePhoneNumber {
  id: string;
  e164: string;
  countryCode: string | null;
  provider: PhoneNumberProvider;
  lifecycle: PhoneNumberLifecycle;
  /** Whether it has voice. */
  canCall: boolean;
}

/** What other modules ask about phone numbers. */
@Injectable()
export class PhoneNumbers {
  constructor(
    private readonly repository: PhoneNumbersRepository,
    private readonly lifecycle: NumberLifecycleRepository,
    private readonly counts: PhoneNumberCountsRepository,
  ) {}

  /** How many numbers of the pool no other organization has reserved. */
  countAvailable(tx: Transaction, context: RequestContext): Promise<number> {
    return this.counts.available(tx, context);
  }

  /**
   * Locks one of the organization's own numbers, so that it is neither deleted nor assigned twice until the transaction
   * ends. Take this lock after the agent's and before an assignment's.
   *
   * @throws ProblemError record_not_found; numbers of the pool have to be claimed first
   */
  async lockAssignable(tx: Transaction, context: RequestContext, id: string): Promise<AssignablePhoneNumber> {
    const number = await this.repository.lockOwn(tx, context, id);
    if (!number) throw phoneNumberNotFound();
    const { e164, countryCode, provider, lifecycle, capabilities } = number;
    return { id: number.id, e164, countryCode, provider, lifecycle, canCall: capabilities.voice };
  }

  /** Locks all numbers of the organization, or of one of its clients, and answers their ids. */
  lockAll(tx: Transaction, context: RequestContext, clientId: string | null): Promise<string[]> {
    return this.repository.lockAll(tx, context, clientId);
  }

  /**
   * Lets go of numbers that the caller has locked and that no live assignment uses any more: those of the pool go back,
   * the others are archived. What answered their inbound calls is disconnected.
   *
   * @returns the numbers themselves
   */
  async retire(
    tx: Transaction,
    context: RequestContext,
    ids: readonly string[],
  ): Promise<{ archived: string[]; returned: string[] }> {
    const returned = await this.lifecycle.release(tx, context, ids);
    const archived = await this.repository.archive(tx, context, ids);
    return { archived, returned: returned.map(({ phoneNumber }) => phoneNumber) };
  }
}

/** The same words for a number of another organization as for one that does not exist. */
export function phoneNumberNotFound(): ProblemError {
  return new ProblemError('record_not_found', 'There is no such phone number. It may have been deleted.');
}
