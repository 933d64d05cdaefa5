import { Injectable } from '@nestjs/common';
import type { PhoneNumberView } from '#contracts';
import type { Transaction } from '../../../platform/database/database.js';
import type { ListQuery, Page } from '../../../platform/http/lists/list-query.js';
import { PLATFORM_ORGANIZATION, type RequestContext } from '../../tenancy/tenancy.public.js';
import {
  EXPORTED_BY_ID,
  PHONE_NUMBERS_BY_ID,
  type PhoneNumberViewRow,
  toView,
} from '../inventory/sql/phone-number-views.sql.js';
import {
  alternativesOf,
  numberConditions,
  type PhoneNumberFacets,
  type PhoneNumberFilter,
  type PhoneNumberScope,
  SqlParameters,
  withinLimit,
} from './phone-number-conditions.js';
import { MOST_COUNTED, PhoneNumberCountsRepository } from './phone-number-counts.repository.js';
import { phoneNumberParts, SORTABLE } from './phone-number-order.js';
import { PhoneNumberPlaces } from './phone-number-places.js';
import { FIND_PHONE_NUMBERS, likePattern } from './sql/find-phone-numbers.sql.js';

interface AssignmentRules {
  dailyLimit: number | null;
  allowedCountries: string[] | null;
}

/** A number with the rules of its assignment. */
export type ExportedPhoneNumber = PhoneNumberView & AssignmentRules;

type PageQuery = Pick<ListQuery, 'offset' | 'limit' | 'sort'>;

/** A stretch of a list: where it starts and how many rows it has. `length` is null when they were not counted. */
interface Stretch {
  offset: number;
  limit: number;
  length: number | null;
}

/** A filter whose words were looked up, when few numbers have them. */
interface Narrowed {
  filter: PhoneNumberFilter;
  /** Whether it finds more than are counted: nothing else narrows words that so many have. */
  isFrequent: boolean;
}

/**
 * Pages of lists of numbers. A page costs about its own length, however many numbers there are: ids are read in the
 * order of an index and the records are looked up for one page of them. docs/adr/0011-lists-and-totals.md.
 */
@Injectable()
export class PhoneNumberPagesRepository {
  constructor(
    private readonly counts: PhoneNumberCountsRepository,
    private readonly places: PhoneNumberPlaces,
  ) {}

  async findPage(
    tx: Transaction,
    context: RequestContext,
    asked: PhoneNumberFilter,
    query: PageQuery,
  ): Promise<Page<PhoneNumberView>> {
    // Total and page are of one snapshot.
    await tx.query('set transaction isolation level repeatable read');
    const organizationIds = organizationsOf(context, asked.scope);
    const { filter, isFrequent } = await this.narrowed(tx, organizationIds, withinLimit(context, asked));
    if (this.counts.isCounted(filter)) return this.countedPage(tx, context, organizationIds[0]!, filter, query);
    const { total, isExact } = isFrequent
      ? { total: MOST_COUNTED, isExact: false }
      : await this.counts.upTo(tx, organizationIds, filter);
    const stretch = { offset: query.offset, limit: query.limit, length: isExact ? total : null };
    const ids = await this.idsOf(tx, organizationIds, filter, query, {}, stretch);
    return { items: await this.views(tx, context, ids), total, totalIsExact: isExact };
  }

  /** The numbers that were added after the one named, the oldest first, with the rules of their assignments. */
  async findAfter(
    tx: Transaction,
    context: RequestContext,
    asked: PhoneNumberFilter,
    after: string | null,
    most: number,
  ): Promise<ExportedPhoneNumber[]> {
    const organizationIds = organizationsOf(context, asked.scope);
    const { filter: narrow } = await this.narrowed(tx, organizationIds, withinLimit(context, asked));
    const sql = new SqlParameters();
    const conditions = [
      ownedBy(organizationIds, sql),
      ...(after === null ? [] : [`n.id > ${sql.parameter(after)}::uuid`]),
      ...numberConditions(narrow, sql),
    ];
    const rows = await tx.query<{ id: string }>(
      `select n.id from phone_numbers n where ${conditions.join(' and ')} order by n.id limit ${sql.parameter(most)}`,
      sql.values,
    );
    const exported = await tx.query<PhoneNumberViewRow & AssignmentRules>(EXPORTED_BY_ID, [rows.map(({ id }) => id)]);
    return exported.map(({ dailyLimit, allowedCountries, ...row }) => ({
      ...toView(context, row),
      dailyLimit,
      allowedCountries,
    }));
  }

  /** Fetches part after part of the list, as far as the page reaches into them. */
  private async countedPage(
    tx: Transaction,
    context: RequestContext,
    organizationId: string,
    filter: PhoneNumberFilter,
    query: PageQuery,
  ): Promise<Page<PhoneNumberView>> {
    const ids: string[] = [];
    let total = 0;
    for (const part of phoneNumberParts(query.sort, filter.scope)) {
      const length = await this.counts.exactTotal(tx, organizationId, filter, part);
      const offset = Math.max(query.offset - total, 0);
      const limit = Math.min(query.limit - ids.length, length - offset);
      total += length;
      if (limit <= 0) continue;
      ids.push(...(await this.idsOf(tx, [organizationId], filter, query, part, { offset, limit, length })));
    }
    return { items: await this.views(tx, context, ids), total, totalIsExact: true };
  }

  /** A list has two ends: what is far from the one is near to the other. */
  private async idsOf(
    tx: Transaction,
    organizationIds: readonly string[],
    filter: PhoneNumberFilter,
    { sort }: PageQuery,
    part: PhoneNumberFacets,
    { offset, limit, length }: Stretch,
  ): Promise<string[]> {
    const fromEnd = length !== null && offset > length / 2;
    const take = length === null ? limit : Math.min(limit, length - offset);
    if (take <= 0) return [];
    const skip = fromEnd ? length - offset - take : offset;
    const order = SORTABLE[sort.field]!;
    const sql = new SqlParameters();
    const direction = (sort.direction === 'asc') === fromEnd ? 'desc' : 'asc';
    const nulls = fromEnd ? 'first' : 'last';
    const isPlaced = organizationIds.length === 1 && isEverything(filter);
    const placed = (isPlaced && order.placed?.(part)) || null;
    const start = await this.places.find(tx, organizationIds[0]!, placed, direction, skip);
    const columns = order
      .columns(part)
      .map((column) => `${column} ${direction}${order.isNullable(part) ? ` nulls ${nulls}` : ''}`);
    const inOrder = order.key ? `${order.key} ${direction}` : [...columns, `n.id ${direction}`].join(', ');
    const page = `limit ${sql.parameter(take)} offset ${sql.parameter(skip - (start?.passed ?? 0))}`;
    const lists = (order.key ? alternativesOf(filter) : [filter]).map((each) => {
      const conditions = [
        ownedBy(organizationIds, sql),
        ...numberConditions(each, sql),
        ...numberConditions({ ...part, scope: filter.scope }, sql),
        ...(start ? [start.condition(sql.parameter(start.value))] : []),
      ];
      return `select ${order.key ?? 'n.id'} as id from phone_numbers n ${order.join(part)}
        where ${conditions.join(' and ')} order by ${inOrder}`;
    });
    const keys = `${lists.length === 1 ? lists[0] : merged(lists, skip + take, direction, sql)} ${page}`;
    const isKeyId = (order.key ?? 'n.id') === 'n.id';
    const rows = await tx.query<{ id: string }>(isKeyId ? keys : numbersOf(order.key!, keys, direction), sql.values);
    const ids = rows.map(({ id }) => id);
    return fromEnd ? ids.reverse() : ids;
  }

  /** Words that few numbers have are looked up first; those that many have are met on the way through the list. */
  private async narrowed(
    tx: Transaction,
    organizationIds: readonly string[],
    filter: PhoneNumberFilter,
  ): Promise<Narrowed> {
    const { text, digits, label, tag, ids, scope, ...rest } = filter;
    const asIs = { filter, isFrequent: false };
    if (ids !== undefined || scope === 'visible') return asIs;
    if (text === undefined && label === undefined) {
      if (tag === undefined) return asIs;
      const tagged = await this.counts.exactTotal(tx, organizationIds[0]!, { scope, tag });
      if (tagged > MOST_COUNTED) return asIs;
    }
    const matches = await tx.query<{ id: string }>(FIND_PHONE_NUMBERS, [
      organizationIds[0],
      digits ?? [],
      text === undefined ? null : likePattern(text),
      label === undefined ? null : likePattern(label),
      tag ?? null,
      MOST_COUNTED + 1,
    ]);
    if (matches.length > MOST_COUNTED) {
      return { filter, isFrequent: Object.values(rest).every((value) => value === undefined) };
    }
    return { filter: { ...rest, scope, ids: matches.map(({ id }) => id) }, isFrequent: false };
  }

  private async views(tx: Transaction, context: RequestContext, ids: readonly string[]): Promise<PhoneNumberView[]> {
    if (ids.length === 0) return [];
    const rows = await tx.query<PhoneNumberViewRow>(PHONE_NUMBERS_BY_ID, [ids]);
    return rows.map((row) => toView(context, row));
  }
}

function isEverything({ scope, ...others }: PhoneNumberFilter): boolean {
  return scope !== 'visible' && Object.values(others).every((value) => value === undefined);
}

function ownedBy(organizationIds: readonly string[], sql: SqlParameters): string {
  return organizationIds.length === 1
    ? `n.organization_id = ${sql.parameter(organizationIds[0])}`
    : `n.organization_id = any (${sql.parameter(organizationIds)}::uuid[])`;
}

/** Several lists in one order, of which no more is read than the page needs. */
function merged(lists: readonly string[], most: number, direction: 'asc' | 'desc', sql: SqlParameters): string {
  const parameter = sql.parameter(most);
  const all = lists.map((list) => `(${list} limit ${parameter})`).join(' union all ');
  return `select n.id from (${all}) n order by n.id ${direction}`;
}

/** Ids of the numbers of a page that was cut by another key: the index alone tells the keys that are passed. */
function numbersOf(key: string, keys: string, direction: 'asc' | 'desc'): string {
  return `select n.id from phone_numbers n where n.lifecycle <> 'released' and ${key} in (${keys})
    order by ${key} ${direction}`;
}

function organizationsOf({ organizationId }: RequestContext, scope: PhoneNumberScope): string[] {
  if (scope === 'own') return [organizationId];
  return scope === 'pool' ? [PLATFORM_ORGANIZATION] : [organizationId, PLATFORM_ORGANIZATION];
}
