import { Injectable } from '@nestjs/common';
import { In, Not } from 'typeorm';
import type { PhoneNumberLifecycle, PhoneNumberView } from '#contracts';
import type { Transaction } from '../../../platform/database/database.js';
import { clientLimit, PLATFORM_ORGANIZATION, type RequestContext } from '../../tenancy/tenancy.public.js';
import {
  numberConditions,
  type PhoneNumberFilter,
  type PhoneNumberScope,
  SqlParameters,
  withinLimit,
} from '../lists/phone-number-conditions.js';
import { PhoneNumberEntity } from './phone-number.entity.js';
import {
  PHONE_NUMBER_VIEW,
  PHONE_NUMBERS_FROM,
  type PhoneNumberViewRow,
  toView,
} from './sql/phone-number-views.sql.js';

/** What people may change of a number. */
export type PhoneNumberFields = Pick<
  PhoneNumberEntity,
  'label' | 'region' | 'tags' | 'provider' | 'lifecycle' | 'monthlyCost' | 'currency' | 'capabilities' | 'clientId'
>;

/** A number whose row is locked. */
export type LockedPhoneNumber = PhoneNumberFields &
  Pick<PhoneNumberEntity, 'id' | 'e164' | 'countryCode' | 'inboundAgentId' | 'claimedFrom'>;

@Injectable()
export class PhoneNumbersRepository {
  /** The first number that the filter finds; null when there is none. */
  async findOne(tx: Transaction, context: RequestContext, filter: PhoneNumberFilter): Promise<PhoneNumberView | null> {
    const sql = new SqlParameters();
    const conditions = conditionsOf(context, filter, sql);
    const [row] = await tx.query<PhoneNumberViewRow>(
      `${PHONE_NUMBER_VIEW} ${PHONE_NUMBERS_FROM} and ${conditions} limit 1`,
      sql.values,
    );
    return row ? toView(context, row) : null;
  }

  /** The numbers that the filter finds, in the order of the numbers, up to a limit. */
  async findMany(
    tx: Transaction,
    context: RequestContext,
    filter: PhoneNumberFilter,
    limit: number,
  ): Promise<PhoneNumberView[]> {
    const sql = new SqlParameters();
    const conditions = conditionsOf(context, filter, sql);
    const rows = await tx.query<PhoneNumberViewRow>(
      `${PHONE_NUMBER_VIEW} ${PHONE_NUMBERS_FROM} and ${conditions} order by n.e164 limit ${sql.parameter(limit)}`,
      sql.values,
    );
    return rows.map((row) => toView(context, row));
  }

  /**
   * Locks one of the organization's own numbers until the transaction ends. Whoever assigns, connects or deletes a
   * number takes this lock first; the gate does not wait for it.
   */
  async lockOwn(tx: Transaction, context: RequestContext, id: string): Promise<LockedPhoneNumber | null> {
    const limit = clientLimit(context);
    return tx.manager.findOne(PhoneNumberEntity, {
      where: {
        organizationId: context.organizationId,
        id,
        lifecycle: Not<PhoneNumberLifecycle>('released'),
        ...(limit !== null && { clientId: In([...limit]) }),
      },
      lock: { mode: 'for_no_key_update' },
    });
  }

  async update(tx: Transaction, context: RequestContext, id: string, changes: Partial<PhoneNumberFields>) {
    await tx.manager.update(PhoneNumberEntity, { organizationId: context.organizationId, id }, changes);
  }

  /** Locks the numbers in the order of their ids. */
  async lockAll(tx: Transaction, context: RequestContext, clientId: string | null): Promise<string[]> {
    const rows = await tx.query<{ id: string }>(
      `select id from phone_numbers
       where organization_id = $1 and lifecycle <> 'released' and ($2::uuid is null or client_id = $2)
       order by id for no key update`,
      [context.organizationId, clientId],
    );
    return rows.map(({ id }) => id);
  }

  /** Marks locked numbers as released. @returns the numbers themselves */
  async archive(tx: Transaction, context: RequestContext, ids: readonly string[]): Promise<string[]> {
    const rows = await tx.query<{ e164: string }>(
      `update phone_numbers set lifecycle = 'released', inbound_agent_id = null
       where organization_id = $1 and id = any ($2::uuid[]) and lifecycle <> 'released' returning e164`,
      [context.organizationId, ids],
    );
    return rows.map(({ e164 }) => e164);
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

function conditionsOf(context: RequestContext, filter: PhoneNumberFilter, sql: SqlParameters): string {
  const ownership = `n.organization_id = any (${sql.parameter(scopeOf(context, filter.scope))}::uuid[])`;
  return [ownership, ...numberConditions(withinLimit(context, filter), sql)].join(' and ');
}
