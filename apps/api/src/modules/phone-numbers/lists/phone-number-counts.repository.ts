import { Injectable } from '@nestjs/common';
import type { PhoneNumberSummaryView } from '#contracts';
import type { Transaction } from '../../../platform/database/database.js';
import {
  availableTo,
  counterConditions,
  numberConditions,
  type PhoneNumberFacets,
  type PhoneNumberFilter,
  SqlParameters,
} from './phone-number-conditions.js';

import { clientLimit, PLATFORM_ORGANIZATION, type RequestContext } from '../../tenancy/tenancy.public.js';
import { SUMMARIZE_PHONE_NUMBERS } from './sql/summarize-phone-numbers.sql.js';

/** Up to here numbers are counted one by one where no counter says how many there are. */
export const MOST_COUNTED = 5_000;

export interface Total {
  total: number;
  /** False when there are more than were counted. */
  isExact: boolean;
}

/** How many numbers a filter finds: from the counters that the database keeps, else counted as far as that is quick. */
@Injectable()
export class PhoneNumberCountsRepository {
  /** Whether counters tell the total, which is then exact for any number of numbers. */
  isCounted(filter: PhoneNumberFilter): boolean {
    const { scope, ids, e164, text, label, agentId, tag, region, clientId, clientIds, within } = filter;
    const open = [tag, region, clientId ?? clientIds].filter((value) => value !== undefined);
    const others = [ids, e164, text, label, agentId, within].filter((value) => value !== undefined);
    return scope !== 'visible' && others.length === 0 && open.length <= 1;
  }

  /** The exact total of a filter that `isCounted`, among the facets of a part of the list. */
  async exactTotal(
    tx: Transaction,
    organizationId: string,
    filter: PhoneNumberFilter,
    part: PhoneNumberFacets = {},
  ): Promise<number> {
    if (filter.status === 'reserved') return this.reserved(tx, organizationId, filter, part);
    const sql = new SqlParameters();
    const [facet, values] = facetOf(filter);
    const conditions = [
      `c.organization_id = ${sql.parameter(organizationId)}`,
      `c.facet = ${sql.parameter(facet)}`,
      `c.value = any (${sql.parameter(values)}::text[])`,
      ...counterConditions(filter, sql),
      ...counterConditions({ ...part, scope: filter.scope }, sql),
    ];
    const [row] = await tx.query<{ total: number }>(
      `select coalesce(sum(c.numbers), 0)::integer as total from phone_number_counts c where ${conditions.join(' and ')}`,
      sql.values,
    );
    if (filter.status !== 'available') return row!.total;
    return row!.total - (await this.reservedByOthers(tx, organizationId, filter, part));
  }

  async summary(tx: Transaction, context: RequestContext): Promise<PhoneNumberSummaryView> {
    const clientIds = clientLimit(context);
    const [own] = await tx.query<Omit<PhoneNumberSummaryView, 'available'>>(SUMMARIZE_PHONE_NUMBERS, [
      context.organizationId,
      ...(clientIds === null ? ['', ['']] : ['client', clientIds]),
    ]);
    return { ...own!, available: await this.available(tx, context) };
  }

  /** How many numbers of the pool no other organization has reserved. */
  available(tx: Transaction, context: RequestContext): Promise<number> {
    return this.exactTotal(tx, PLATFORM_ORGANIZATION, availableTo(context));
  }

  /** Counts one by one, and no further than `MOST_COUNTED`. */
  async upTo(tx: Transaction, organizationIds: readonly string[], filter: PhoneNumberFilter): Promise<Total> {
    const sql = new SqlParameters();
    const conditions = [
      `n.organization_id = any (${sql.parameter(organizationIds)}::uuid[])`,
      ...numberConditions(filter, sql),
    ];
    const [row] = await tx.query<{ total: number }>(
      `select count(*)::integer as total from (
         select from phone_numbers n where ${conditions.join(' and ')} limit ${MOST_COUNTED + 1}) f`,
      sql.values,
    );
    return { total: Math.min(row!.total, MOST_COUNTED), isExact: row!.total <= MOST_COUNTED };
  }

  private async reservedByOthers(
    tx: Transaction,
    organizationId: string,
    filter: PhoneNumberFilter,
    part: PhoneNumberFacets,
  ): Promise<number> {
    const all = await this.reserved(tx, organizationId, filter, part);
    if (all === 0 || filter.viewer === undefined) return all;
    return all - (await this.reserved(tx, organizationId, { ...filter, reservedBy: filter.viewer }, part));
  }

  /** Reservations run out by the clock, which no trigger can tell; they are few and have an index of their own. */
  private async reserved(
    tx: Transaction,
    organizationId: string,
    filter: PhoneNumberFilter,
    part: PhoneNumberFacets,
  ): Promise<number> {
    const sql = new SqlParameters();
    const conditions = [
      `n.organization_id = ${sql.parameter(organizationId)}`,
      ...numberConditions({ ...filter, status: 'reserved' }, sql),
      ...numberConditions({ ...part, scope: filter.scope }, sql),
    ];
    const [row] = await tx.query<{ total: number }>(
      `select count(*)::integer as total from phone_numbers n where ${conditions.join(' and ')}`,
      sql.values,
    );
    return row!.total;
  }
}

function facetOf({ tag, region, clientId, clientIds }: PhoneNumberFilter): [facet: string, values: readonly string[]] {
  if (tag !== undefined) return ['tag', [tag]];
  if (region !== undefined) return ['region', [region]];
  if (clientId === undefined) return clientIds === undefined ? ['', ['']] : ['client', clientIds];
  const asked = clientId.toLowerCase();
  return ['client', clientIds === undefined || clientIds.includes(asked) ? [asked] : []];
}
