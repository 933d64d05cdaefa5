import { Injectable } from '@nestjs/common';
import { Not } from 'typeorm';
import type { PhoneNumberLifecycle, PhoneNumberProvider, PhoneNumberStatus, PhoneNumberView } from '#contracts';
import type { Transaction } from '../../platform/database/database.js';
import type { ListQuery, Page } from '../../platform/http/list-query.js';
import type { RequestContext } from '../tenancy/tenancy.public.js';
import { PhoneNumberEntity } from './phone-number.entity.js';
import {
  PHONE_NUMBER_VIEW,
  PHONE_NUMBERS_FROM,
  type PhoneNumberViewRow,
  PLATFORM_ORGANIZATION,
  STATUS_SQL,
} from './sql/phone-number-views.sql.js';

/** Whose numbers: the organization's own, the pool's, or both. */
export type PhoneNumberScope = 'own' | 'pool' | 'visible';

export interface PhoneNumberFilter {
  scope: PhoneNumberScope;
  ids?: string[];
  e164?: string;
  /** Part of the label. */
  text?: string;
  /** Parts of the number, any of them. */
  digits?: string[];
  status?: PhoneNumberStatus;
  lifecycle?: PhoneNumberLifecycle;
  assigned?: boolean;
  countryCodes?: string[];
  provider?: PhoneNumberProvider;
  agentId?: string;
  tag?: string;
}

/** What people may change of a number. */
export type PhoneNumberFields = Pick<
  PhoneNumberEntity,
  'label' | 'region' | 'tags' | 'provider' | 'lifecycle' | 'monthlyCost' | 'currency' | 'capabilities'
>;

/** A number whose row is locked. */
export type LockedPhoneNumber = PhoneNumberFields &
  Pick<PhoneNumberEntity, 'id' | 'e164' | 'countryCode' | 'inboundAgentId' | 'claimedFrom'>;

const SORT_COLUMNS: Record<string, string> = {
  phoneNumber: 'n.e164',
  createdAt: 'n.created_at',
  countryCode: 'n.country_code',
  provider: 'n.provider',
  label: 'lower(n.label)',
  lifecycle: 'n.lifecycle',
  status: STATUS_SQL,
  agentName: 'lower(g.name)',
};

@Injectable()
export class PhoneNumbersRepository {
  async findPage(
    tx: Transaction,
    context: RequestContext,
    filter: PhoneNumberFilter,
    { sort, limit, offset }: Pick<ListQuery, 'offset' | 'limit' | 'sort'>,
  ): Promise<Page<PhoneNumberView>> {
    const { conditions, parameters } = conditionsOf(context, filter);
    const from = `${PHONE_NUMBERS_FROM} ${conditions}`;
    const [count] = await tx.query<{ total: number }>(`select count(*)::integer as total ${from}`, parameters);
    const rows = await tx.query<PhoneNumberViewRow>(
      `${PHONE_NUMBER_VIEW} ${from}
       order by ${SORT_COLUMNS[sort.field]} ${sort.direction} nulls last, n.id ${sort.direction}
       limit $${parameters.length + 1} offset $${parameters.length + 2}`,
      [...parameters, limit, offset],
    );
    return { items: rows.map((row) => toView(context, row)), total: count!.total };
  }

  /** The first number that the filter finds; null when there is none. */
  async findOne(tx: Transaction, context: RequestContext, filter: PhoneNumberFilter): Promise<PhoneNumberView | null> {
    const { conditions, parameters } = conditionsOf(context, filter);
    const sql = `${PHONE_NUMBER_VIEW} ${PHONE_NUMBERS_FROM} ${conditions} limit 1`;
    const [row] = await tx.query<PhoneNumberViewRow>(sql, parameters);
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

function conditionsOf(
  context: RequestContext,
  filter: PhoneNumberFilter,
): { conditions: string; parameters: unknown[] } {
  const parameters: unknown[] = [];
  const conditions: string[] = [];
  const place = (value: unknown): string => `$${parameters.push(value)}`;
  const add = <T>(value: T | undefined, condition: (given: T) => string): void => {
    if (value !== undefined) conditions.push(`and ${condition(value)}`);
  };
  add(scopeOf(context, filter.scope), (ids) => `n.organization_id = any (${place(ids)}::uuid[])`);
  add(filter.ids, (ids) => `n.id = any (${place(ids)}::uuid[])`);
  add(filter.e164, (e164) => `n.e164 = ${place(e164)}`);
  add(filter.status, (status) => `${STATUS_SQL} = ${place(status)}`);
  add(filter.lifecycle, (lifecycle) => `n.lifecycle = ${place(lifecycle)}`);
  add(filter.assigned, (assigned) => `a.id is ${assigned ? 'not null' : 'null'}`);
  add(filter.countryCodes, (codes) => `n.country_code = any (${place(codes)}::text[])`);
  add(filter.provider, (provider) => `n.provider = ${place(provider)}`);
  add(filter.agentId, (agentId) => `a.agent_id = ${place(agentId)}::uuid`);
  add(filter.tag, (tag) => `n.tags @> array[${place(tag)}::text]`);
  // position() instead of LIKE: what people type has no wildcards.
  add(filter.text, (text) => {
    const inNumber = (filter.digits ?? []).map((digits) => `position(${place(digits)} in n.e164) > 0`);
    return `(${[`position(lower(${place(text)}) in lower(n.label)) > 0`, ...inNumber].join(' or ')})`;
  });
  return { conditions: conditions.join(' '), parameters };
}

function scopeOf({ organizationId }: RequestContext, scope: PhoneNumberScope): string[] {
  if (scope === 'own') return [organizationId];
  return scope === 'pool' ? [PLATFORM_ORGANIZATION] : [organizationId, PLATFORM_ORGANIZATION];
}

/** Whose a reservation is, others are not told. */
function toView(context: RequestContext, row: PhoneNumberViewRow): PhoneNumberView {
  const { voice, sms, reservedBy, ...fields } = row;
  return {
    ...fields,
    capabilities: { voice, sms },
    reservedUntil: row.reservedUntil?.toISOString() ?? null,
    reservedByUs: row.reservedUntil !== null && reservedBy === context.organizationId,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}
