import { Injectable } from '@nestjs/common';
import type { PhoneNumberLifecycle, PhoneNumberView } from '#contracts';
import type { Transaction } from '../../../platform/database/database.js';
import { clientLimit, type RequestContext } from '../../tenancy/tenancy.public.js';
import { PhoneNumbersRepository } from '../inventory/phone-numbers.repository.js';
import { NumberLifecycleRepository } from '../lifecycle/number-lifecycle.repository.js';
import type { PoolQuota } from '../lifecycle/pool-quota.js';
import { phoneNumberFilterOf } from '../lists/phone-number-filter.js';
import { BULK_LIFECYCLE, BULK_TAG, BULK_UNTAG, IDS_OF_NUMBERS } from './sql/bulk-phone-numbers.sql.js';

const ORDER = { field: 'phoneNumber', direction: 'asc' } as const;

/** Many numbers at once, each step one statement. The caller has planned what happens to which number. */
@Injectable()
export class BulkPhoneNumbers {
  constructor(
    private readonly repository: PhoneNumbersRepository,
    private readonly lifecycle: NumberLifecycleRepository,
  ) {}

  /**
   * The ids that a filter of the list finds, in the order of the numbers.
   *
   * @throws ProblemError validation_failed for a wrong filter
   */
  async select(
    tx: Transaction,
    context: RequestContext,
    filter: Record<string, unknown>,
    limit: number,
  ): Promise<string[]> {
    const query = { filter, offset: 0, limit, sort: ORDER };
    const numbers = await this.repository.findMany(tx, context, phoneNumberFilterOf(query), limit);
    return numbers.map(({ id }) => id);
  }

  /** The ids of the numbers that the organization sees: its own, and the pool's. */
  async idsOf(tx: Transaction, e164s: readonly string[]): Promise<string[]> {
    const rows = await tx.query<{ id: string }>(IDS_OF_NUMBERS, [e164s]);
    return rows.map(({ id }) => id);
  }

  /** How much of the pool may be taken: locked, so that nothing else takes it meanwhile, or only read for a preview. */
  poolQuota(tx: Transaction, context: RequestContext, mode: 'lock' | 'read'): Promise<PoolQuota> {
    return mode === 'lock' ? this.lifecycle.lockPoolQuota(tx, context) : this.lifecycle.readPoolQuota(tx, context);
  }

  /** Locks those of the numbers that are the organization's own, and the caller's to change, in the order of their ids. */
  async lock(tx: Transaction, context: RequestContext, ids: readonly string[]): Promise<void> {
    const sql = `
      select from phone_numbers
      where organization_id = $1 and id = any ($2::uuid[]) and ($3::uuid[] is null or client_id = any ($3))
      order by id for no key update`;
    await tx.query(sql, [context.organizationId, ids, clientLimit(context)]);
  }

  /** The numbers that the caller may see, in the order of the numbers. */
  find(tx: Transaction, context: RequestContext, ids: readonly string[]): Promise<PhoneNumberView[]> {
    return this.repository.findMany(tx, context, { scope: 'visible', ids: [...ids] }, ids.length);
  }

  /** @returns the ids of the numbers that were still free */
  async claim(tx: Transaction, context: RequestContext, ids: readonly string[], clientId: string | null) {
    return (await this.lifecycle.claim(tx, context, ids, clientId)).map(({ id }) => id);
  }

  async release(tx: Transaction, context: RequestContext, ids: readonly string[]): Promise<void> {
    await this.lifecycle.release(tx, context, ids);
  }

  async archive(tx: Transaction, context: RequestContext, ids: readonly string[]): Promise<void> {
    await this.repository.archive(tx, context, ids);
  }

  async tag(tx: Transaction, context: RequestContext, ids: readonly string[], tags: readonly string[]): Promise<void> {
    await tx.query(BULK_TAG, [context.organizationId, ids, tags]);
  }

  async untag(
    tx: Transaction,
    context: RequestContext,
    ids: readonly string[],
    tags: readonly string[],
  ): Promise<void> {
    await tx.query(BULK_UNTAG, [context.organizationId, ids, tags]);
  }

  async setLifecycle(
    tx: Transaction,
    context: RequestContext,
    ids: readonly string[],
    lifecycle: PhoneNumberLifecycle,
  ): Promise<void> {
    await tx.query(BULK_LIFECYCLE, [context.organizationId, ids, lifecycle]);
  }
}
