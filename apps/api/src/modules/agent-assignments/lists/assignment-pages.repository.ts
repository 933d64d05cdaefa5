import { Injectable } from '@nestjs/common';
import type { AgentAssignmentView } from '#contracts';
import type { Transaction } from '../../../platform/database/database.js';
import type { ListQuery, Page } from '../../../platform/http/lists/list-query.js';
import { FIND_PHONE_NUMBERS, likePattern, PhoneNumberPlaces } from '../../phone-numbers/phone-numbers.public.js';
import type { RequestContext } from '../../tenancy/tenancy.public.js';
import { assignmentConditions, type AssignmentFilter, withinLimit } from './assignment-conditions.js';
import {
  AGENTS_BY_NAME,
  AGENTS_OF_NUMBERS,
  ASSIGNED_NUMBERS,
  ASSIGNMENT_IDS,
  ASSIGNMENT_IDS_BY_AGE,
  assignmentIdsByNumbers,
  assignmentIdsGathered,
  assignmentIdsOfAgents,
  ASSIGNMENTS_BY_ID,
  COUNT_ASSIGNMENTS,
  COUNT_FOUND_ASSIGNMENTS,
  type Cut,
  PAUSED_ASSIGNMENTS,
  pausedAssignmentIdsByAgent,
} from './sql/assignment-pages.sql.js';
import { type AssignmentViewRow, toView } from './sql/assignment-views.sql.js';

const SORT_COLUMNS: Record<string, string[]> = {
  agentName: ['lower(g.name)', 'n.id'],
  phoneNumber: ['n.e164', 'n.id'],
  createdAt: [],
  id: [],
};

/** Up to here assignments are counted one by one where no counter says how many there are. */
const MOST_COUNTED = 5_000;
const MOST_AGENTS = 500;
/** Up to here what words found is put in order as a whole; more of it is met soon enough on the way through the list. */
const MOST_SORTED = 20_000;

/**
 * Pages of lists of assignments, with their totals. A page costs about its own length, however many assignments there are:
 * docs/adr/0011-lists-and-totals.md.
 */
@Injectable()
export class AssignmentPagesRepository {
  constructor(private readonly places: PhoneNumberPlaces) {}

  async findPage(
    tx: Transaction,
    context: RequestContext,
    asked: AssignmentFilter,
    query: Pick<ListQuery, 'offset' | 'limit' | 'sort'>,
  ): Promise<Page<AgentAssignmentView>> {
    // Total and page are of one snapshot.
    await tx.query('set transaction isolation level repeatable read');
    const visible = withinLimit(context, asked);
    const known = isCounted(visible) ? await this.count(tx, context, visible) : null;
    const filter = await this.narrowed(tx, context, visible, query.sort.field, known?.total);
    const { total, isExact } = known ?? (await this.count(tx, context, filter));
    const rows = await this.rowsOf(tx, context, filter, query, isExact ? total : null);
    return { items: rows.map(toView), total, totalIsExact: isExact };
  }

  /** A list has two ends: what is far from the one is near to the other. */
  private async rowsOf(
    tx: Transaction,
    context: RequestContext,
    filter: AssignmentFilter,
    { sort, offset, limit }: Pick<ListQuery, 'offset' | 'limit' | 'sort'>,
    length: number | null,
  ): Promise<AssignmentViewRow[]> {
    const columns = SORT_COLUMNS[sort.field]!;
    const byAge = columns.length === 0 && tellsAlone(filter);
    const asked = assignmentConditions(context.organizationId, filter, byAge ? 'a' : 'n');
    const fromEnd = length !== null && offset > length / 2;
    const take = length === null ? limit : Math.max(Math.min(limit, length - offset), 0);
    const skip = fromEnd ? Math.max(length - offset - take, 0) : offset;
    const direction = (sort.direction === 'asc') === fromEnd ? 'desc' : 'asc';
    const order = [...columns, 'a.id'].map((column) => `${column} ${direction}`).join(', ');
    const [key] = columns;
    const placed = sort.field === 'agentName' && isEverything(filter) ? 'agent' : null;
    const start = await this.places.find(tx, context.organizationId, placed, direction, skip);
    const parameters = [...asked.parameters, take, skip - (start?.passed ?? 0)];
    const next = (value: unknown) => `$${parameters.push(value)}`;
    const cut: Cut = {
      conditions: start ? `${asked.conditions} and ${start.condition(next(start.value))}` : asked.conditions,
      page: `limit $${asked.parameters.length + 1} offset $${asked.parameters.length + 2}`,
      byAssignment: filter.paused !== undefined,
      direction,
    };
    const isLong = key !== undefined && isWide({ ...filter, matches: undefined });
    const all = byAge ? ASSIGNMENT_IDS_BY_AGE : ASSIGNMENT_IDS;
    const sql = isLong
      ? longListSql(sort.field, filter, length, cut, next)
      : `${all} ${cut.conditions} order by ${order} ${cut.page}`;
    const ids = (await tx.query<{ id: string }>(sql, parameters)).map(({ id }) => id);
    if (fromEnd) ids.reverse();
    return ids.length === 0 ? [] : tx.query<AssignmentViewRow>(ASSIGNMENTS_BY_ID, [context.organizationId, ids]);
  }

  /** What few rows have is looked up first; what many have is met on the way through the list. */
  private async narrowed(
    tx: Transaction,
    context: RequestContext,
    filter: AssignmentFilter,
    sortedBy: string,
    total = 0,
  ): Promise<AssignmentFilter> {
    const { organizationId } = context;
    const idsBy = async (sql: string, parameters: unknown[]) =>
      (await tx.query<{ id: string }>(sql, [...parameters, MOST_COUNTED + 1])).map(({ id }) => id);
    if (filter.ids !== undefined) return filter;
    if (filter.q !== undefined) {
      const pattern = likePattern(filter.q);
      const phoneNumberIds = await idsBy(FIND_PHONE_NUMBERS, [organizationId, filter.digits, pattern, null, null]);
      const agentIds = await idsBy(AGENTS_BY_NAME, [organizationId, pattern]);
      if (phoneNumberIds.length > MOST_COUNTED || agentIds.length > MOST_AGENTS) return filter;
      const callers = phoneNumberIds.length > 0 ? await idsBy(AGENTS_OF_NUMBERS, [organizationId, phoneNumberIds]) : [];
      return {
        ...filter,
        matches: { phoneNumberIds, agentIds, callingAgentIds: [...new Set([...agentIds, ...callers])] },
      };
    }
    // By age and by agent, paused assignments have indexes.
    if (filter.paused !== true || sortedBy !== 'phoneNumber' || total > MOST_COUNTED) return filter;
    const ids = await idsBy(PAUSED_ASSIGNMENTS, [organizationId]);
    return ids.length > MOST_COUNTED ? filter : { ...filter, ids };
  }

  private async count(
    tx: Transaction,
    context: RequestContext,
    filter: AssignmentFilter,
  ): Promise<{ total: number; isExact: boolean }> {
    if (isCounted(filter)) {
      const { paused, provider, clientIds } = filter;
      const facet = clientIds == null ? ['', ['']] : ['client', clientIds];
      const figures = [context.organizationId, ...facet, provider ?? null];
      const [row] = await tx.query<{ live: number; paused: number }>(COUNT_ASSIGNMENTS, figures);
      const total = paused === undefined ? row!.live : paused ? row!.paused : row!.live - row!.paused;
      return { total, isExact: true };
    }
    const { matches } = filter;
    if (matches !== undefined && isEverything({ ...filter, matches: undefined, q: undefined, digits: undefined })) {
      const asked = [context.organizationId, matches.agentIds, matches.phoneNumberIds];
      const [row] = await tx.query<{ total: number }>(COUNT_FOUND_ASSIGNMENTS, asked);
      return { total: row!.total, isExact: true };
    }
    const alone = asksAssignments(filter) && tellsAlone(filter);
    const { conditions, parameters } = assignmentConditions(context.organizationId, filter, alone ? 'a' : 'n');
    const joined = asksAssignments(filter) ? ASSIGNMENT_IDS : ASSIGNED_NUMBERS;
    const from = alone ? ASSIGNMENT_IDS_BY_AGE : joined;
    const sql = `select count(*)::integer as total from (${from} ${conditions} limit ${MOST_COUNTED + 1}) f`;
    const [row] = await tx.query<{ total: number }>(sql, parameters);
    return { total: Math.min(row!.total, MOST_COUNTED), isExact: row!.total <= MOST_COUNTED };
  }

  /** The assignments that were made after the one named, the oldest first. */
  async findAfter(
    tx: Transaction,
    context: RequestContext,
    asked: AssignmentFilter,
    after: string | null,
    most: number,
  ): Promise<AgentAssignmentView[]> {
    const filter = await this.narrowed(tx, context, withinLimit(context, asked), 'createdAt');
    const byAge = tellsAlone(filter);
    const next = { ...filter, after };
    const { conditions, parameters } = assignmentConditions(context.organizationId, next, byAge ? 'a' : 'n');
    const sql = `${byAge ? ASSIGNMENT_IDS_BY_AGE : ASSIGNMENT_IDS} ${conditions} order by a.id limit $${parameters.length + 1}`;
    const matches = await tx.query<{ id: string }>(sql, [...parameters, most]);
    const ids = matches.map(({ id }) => id);
    const rows = await tx.query<AssignmentViewRow>(ASSIGNMENTS_BY_ID, [context.organizationId, ids]);
    return rows.map(toView);
  }
}

/** Ids of a page of a list that may be as long as all: each order and filter has its own shortest way to it. */
function longListSql(
  sortedBy: string,
  { matches, paused }: AssignmentFilter,
  length: number | null,
  cut: Cut,
  parameterFor: (value: unknown) => string,
): string {
  const key = SORT_COLUMNS[sortedBy]![0]!;
  const byAgent = sortedBy === 'agentName';
  if (matches && byAgent) return assignmentIdsOfAgents(parameterFor(matches.callingAgentIds), cut);
  if (matches && length !== null && length <= MOST_SORTED) return assignmentIdsGathered(key, cut);
  return paused && byAgent ? pausedAssignmentIdsByAgent(cut) : assignmentIdsByNumbers(key, cut);
}

/** Whether counters tell the total: they know providers and clients, and how many of all are paused. */
function isCounted({ paused, provider, clientIds, ...others }: AssignmentFilter): boolean {
  const both = paused !== undefined && (provider !== undefined || clientIds != null);
  return !both && Object.values(others).every((value) => value === undefined);
}

/** Whether nothing is asked, so that counters know where each agent's assignments stand. */
function isEverything(filter: AssignmentFilter): boolean {
  return Object.values(filter).every((asked) => asked === undefined || asked === null);
}

/** Whether nothing names the assignments, or the agents and numbers, so that there may be a million of them. */
function isWide({ ids, agentIds, phoneNumberId, matches, ownedBy }: AssignmentFilter): boolean {
  return [ids, agentIds, phoneNumberId, matches, ownedBy].every((named) => named === undefined);
}

/** Whether the rows of numbers and agents alone do not tell what is asked for. */
function asksAssignments({ ids, agentIds, phoneNumberId, paused }: AssignmentFilter): boolean {
  return [ids, agentIds, phoneNumberId, paused].some((asked) => asked !== undefined);
}

/** Whether the rows of assignments alone tell what is asked for. */
function tellsAlone(filter: AssignmentFilter): boolean {
  return isWide(filter) && filter.q === undefined && filter.clientIds == null;
}
