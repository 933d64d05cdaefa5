import { Injectable } from '@nestjs/common';
import { Not } from 'typeorm';
import type { PhoneNumberLifecycle, PhoneNumberView } from '#contracts';
import type { Transaction } from '../../platform/database/database.js';
import type { RequestContext } from '../tenancy/tenancy.public.js';
import {
  numberConditions,
  type PhoneNumberFilter,
  type PhoneNumberScope,
  SqlParameters,
} from './phone-number-conditions.js';
import { PhoneNumberEntity } from './phone-number.entity.js';
import {
  PHONE_NUMBER_VIEW,
  PHONE_NUMBERS_FROM,
  type PhoneNumberViewRow,
  PLATFORM_ORGANIZATION,
  toView,
} from './sql/phone-number-views.sql.js';

/** What people may change of a number. */
export type PhoneNumberFields = Pick<
  PhoneNumberEntity,
  'label' | 'region' | 'tags' | 'provider' | 'lifecycle' | 'monthlyCost' | 'currency' | 'capabilities'
>;

/** A number whose row is locked. */
export type LockedPhoneNumber = PhoneNumberFields &
  Pick<PhoneNumberEntity, 'id' | 'e164' | 'countryCode' | 'inboundAgentId' | 'claimedFrom'>;

@Injectable()
export class PhoneNumbersRepository {
  /** The first number that the filter finds; null when there is none. */
  async findOne(tx: Transaction, context: RequestContext, filter: PhoneNumberFilter): Promise<PhoneNumberView | null> {
    const sql = new SqlParameters();
    const ownership = `n.organization_id = any (${sql.place(scopeOf(context, filter.scope))}::uuid[])`;
    const conditions = [ownership, ...numberConditions(filter, sql)].join(' and ');
    const [row] = await tx.query<PhoneNumberViewRow>(
      `${PHONE_NUMBER_VIEW} ${PHONE_NUMBERS_FROM} and ${conditions} limit 1`,
      sql.values,
    );
    return row ? toView(context, row) : null;
  }

  /**
   * Locks one of the organization's own numbers until the transaction ends. Whoever assigns, connects or deletes a
   * number takes this lock first; the gate does not wait for it.
   */
  async lockOwn(tx: Transaction, context: RequestContext, id: string): Promise<LockedPhoneNumber | null> {
    return tx.manager.findOne(PhoneNumberEntity, {
      where: { organizationId: context.organizationId, id, lifecycle: Not<PhoneNumberLifecycle>('released') },
      lock: { mode: 'for_no_key_update' },
    });
  }

  async update(tx: Transaction, context: RequestContext, id: string, changes: Partial<PhoneNumberFields>) {
    await tx.manager.update(PhoneNumberEntity, { organizationId: context.organizationId, id }, changes);
  }

  /** What a cost is in when nothing else is said. */
  async currencyOf(tx: Transaction, context: RequestContext): Promise<string> {
    const sql = 'select currency from organizations where id = $1';
    const [organization] = await tx.query<{ currency: string }>(sql, [context.organizationId]);
    return organization!.currency;
  }
}

function scopeOf({ organizationId }: RequestContext, scope: PhoneNumberScope): string[] {
  if (scope === 'own') return [organizationId];
  return scope === 'pool' ? [PLATFORM_ORGANIZATION] : [organizationId, PLATFORM_ORGANIZATION];
}
