import { Injectable } from '@nestjs/common';
import type { AgentAssignmentView, AgentPhoneNumbersView, RestrictedDestinationType } from '#contracts';
import type { Transaction } from '../../platform/database/database.js';
import type { ListQuery, Page } from '../../platform/http/list-query.js';
import { clientLimit, type RequestContext } from '../tenancy/tenancy.public.js';
import { assignmentConditions, type AssignmentFilter } from './assignment-conditions.js';
import { FIND_PHONE_NUMBERS, likePattern, PhoneNumberPlaces } from '../phone-numbers/phone-numbers.public.js';
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
import { ASSIGNMENT_COLUMNS, ASSIGNMENTS_FROM, type AssignmentViewRow } from './sql/assignment-views.sql.js';
import { LOCK_ASSIGNMENTS_OF_NUMBER, type LockedAssignment } from './sql/lock-assignments-of-number.sql.js';
import { IS_IN_POOL } from './sql/is-in-pool.sql.js';
import { type AnsweredNumberRow, NUMBERS_ANSWERED_BY } from './sql/numbers-answered-by.sql.js';
import { PUT_ASSIGNMENT } from './sql/put-assignment.sql.js';

/** What people may set of a live assignment. */
export interface AssignmentRules {
  dailyLimit: number;
  /** Null inherits the list of the organization; an empty list allows none. */
  allowedCountries: string[] | null;
  allowedNumberTypes: RestrictedDestinationType[];
  paused: boolean;
}

export interface NewAssignment {
  agentId: string;
  phoneNumberId: string;
  /** The organization's default when left out. */
  dailyLimit?: number;
  allowedCountries: string[] | null;
  allowedNumberTypes: RestrictedDestinationType[];
}

const SORT_COLUMNS: Record<string, string[]> = {
  agentName: ['lower(g.name)', 'n.id'],
  phoneNumber: ['n.e164', 'n.id'],
  createdAt: [],
};

/** Up to here assignments are counted one by one where no counter says how many there are. */
const MOST_COUNTED = 5_000;
const MOST_AGENTS = 500;
/** Up to here what words found is put in order as a whole; more of it is met soon enough on the way through the list. */
const MOST_SORTED = 20_000;

@Injectable()
export class AgentAssignmentsRepository {
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
    const place = await this.places.find(tx, context.organizationId, placed, direction, skip);
    const parameters = [...asked.parameters, take, skip - (place?.passed ?? 0)];
    const next = (value: unknown) => `$${parameters.push(value)}`;
    const cut: Cut = {
      conditions: place ? `${asked.conditions} and ${place.condition(next(place.value))}` : asked.conditions,
      page: `limit $${asked.parameters.length + 1} offset $${asked.parameters.length + 2}`,
      byAssignment: filter.paused !== undefined,
      direction,
    };
    const isLong = key !== undefined && isWide({ ...filter, found: undefined });
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
      return { ...filter, found: { phoneNumberIds, agentIds, callerIds: [...new Set([...agentIds, ...callers])] } };
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
    const { found } = filter;
    if (found !== undefined && isEverything({ ...filter, found: undefined, q: undefined, digits: undefined })) {
      const asked = [context.organizationId, found.agentIds, found.phoneNumberIds];
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
    const found = await tx.query<{ id: string }>(sql, [...parameters, most]);
    const ids = found.map(({ id }) => id);
    const rows = await tx.query<AssignmentViewRow>(ASSIGNMENTS_BY_ID, [context.organizationId, ids]);
    return rows.map(toView);
  }

  async findAll(tx: Transaction, context: RequestContext, asked: AssignmentFilter): Promise<AgentAssignmentView[]> {
    const filter = withinLimit(context, asked);
    const { conditions, parameters } = assignmentConditions(context.organizationId, filter);
    const rows = await tx.query<AssignmentViewRow>(
      `select ${ASSIGNMENT_COLUMNS} ${ASSIGNMENTS_FROM} ${conditions} order by n.e164, a.id`,
      parameters,
    );
    return rows.map(toView);
  }

  async numbersAnsweredBy(
    tx: Transaction,
    context: RequestContext,
    agentId: string,
  ): Promise<AgentPhoneNumbersView['phoneNumbers']> {
    const parameters = [context.organizationId, agentId, clientLimit(context)];
    const rows = await tx.query<AnsweredNumberRow>(NUMBERS_ANSWERED_BY, parameters);
    return rows.map((row) => ({ ...row, resetsAt: row.resetsAt.toISOString() }));
  }

  async isInPool(tx: Transaction, phoneNumberId: string): Promise<boolean> {
    return (await tx.query(IS_IN_POOL, [phoneNumberId])).length > 0;
  }

  /** Locks, in id order, the number's live assignment and, when an agent is named, the one that ties it to the agent. */
  lockOfNumber(
    tx: Transaction,
    context: RequestContext,
    phoneNumberId: string,
    agentId: string | null,
  ): Promise<LockedAssignment[]> {
    return tx.query<LockedAssignment>(LOCK_ASSIGNMENTS_OF_NUMBER, [context.organizationId, phoneNumberId, agentId]);
  }

  /** Locks a live assignment. False when there is none. */
  async lockLive(tx: Transaction, context: RequestContext, id: string): Promise<boolean> {
    const rows = await tx.query(
      `select from agent_phone_numbers where organization_id = $1 and id = $2 and ended_at is null for no key update`,
      [context.organizationId, id],
    );
    return rows.length > 0;
  }

  /** @returns the id of the assignment, new or brought back */
  async put(tx: Transaction, context: RequestContext, assignment: NewAssignment): Promise<string> {
    const { agentId, phoneNumberId, dailyLimit, allowedCountries, allowedNumberTypes } = assignment;
    const [row] = await tx.query<{ id: string }>(PUT_ASSIGNMENT, [
      context.organizationId,
      agentId,
      phoneNumberId,
      dailyLimit ?? null,
      allowedCountries,
      allowedNumberTypes,
    ]);
    return row!.id;
  }

  /** Sets the rules of a locked assignment. The gate locks these rows, so its next call goes by the new rules. */
  async update(tx: Transaction, context: RequestContext, id: string, rules: AssignmentRules): Promise<void> {
    await tx.query(
      `update agent_phone_numbers
       set daily_limit = $3, allowed_countries = $4::text[], allowed_number_types = $5::text[],
         paused_at = case when $6 then coalesce(paused_at, now()) end
       where organization_id = $1 and id = $2`,
      [context.organizationId, id, rules.dailyLimit, rules.allowedCountries, rules.allowedNumberTypes, rules.paused],
    );
  }

  async end(tx: Transaction, context: RequestContext, id: string): Promise<void> {
    await tx.query('update agent_phone_numbers set ended_at = now() where organization_id = $1 and id = $2', [
      context.organizationId,
      id,
    ]);
  }

  /** Locks every live assignment of an agent, in the order of the gate, and answers their ids. */
  async lockOfAgent(tx: Transaction, context: RequestContext, agentId: string): Promise<string[]> {
    const rows = await tx.query<{ id: string }>(
      `select id from agent_phone_numbers
       where organization_id = $1 and agent_id = $2 and ended_at is null order by phone_number_id for no key update`,
      [context.organizationId, agentId],
    );
    return rows.map(({ id }) => id);
  }
}

/** Ids of a page of a list that may be as long as all: each order and filter has its own shortest way to it. */
function longListSql(
  sortedBy: string,
  { found, paused }: AssignmentFilter,
  length: number | null,
  cut: Cut,
  place: (value: unknown) => string,
): string {
  const key = SORT_COLUMNS[sortedBy]![0]!;
  const byAgent = sortedBy === 'agentName';
  if (found && byAgent) return assignmentIdsOfAgents(place(found.callerIds), cut);
  if (found && length !== null && length <= MOST_SORTED) return assignmentIdsGathered(key, cut);
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
function isWide({ ids, agentIds, phoneNumberId, found, ownedBy }: AssignmentFilter): boolean {
  return [ids, agentIds, phoneNumberId, found, ownedBy].every((named) => named === undefined);
}

/** Whether the rows of numbers and agents alone do not tell what is asked for. */
function asksAssignments({ ids, agentIds, phoneNumberId, paused }: AssignmentFilter): boolean {
  return [ids, agentIds, phoneNumberId, paused].some((asked) => asked !== undefined);
}

/** Whether the rows of assignments alone tell what is asked for. */
function tellsAlone(filter: AssignmentFilter): boolean {
  return isWide(filter) && filter.q === undefined && filter.clientIds == null;
}

/** Assignments of numbers of the clients that the caller is limited to. */
function withinLimit(context: RequestContext, filter: AssignmentFilter): AssignmentFilter {
  const clientIds = clientLimit(context);
  return clientIds === null || filter.clientIds === null ? filter : { ...filter, clientIds };
}

function toView(row: AssignmentViewRow): AgentAssignmentView {
  return {
    ...row,
    resetsAt: row.resetsAt.toISOString(),
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}
