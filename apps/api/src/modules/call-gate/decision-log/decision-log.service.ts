import { Injectable } from '@nestjs/common';
import { type DecisionDetailView, type DecisionPageView, type DecisionView, reasonText } from '#contracts';
import { Database, type Transaction } from '../../../platform/database/database.js';
import { ProblemError } from '../../../platform/http/problems/problem.error.js';
import type { RequestContext } from '../../tenancy/tenancy.public.js';
import { cursorAfter, idOfCursor } from './decision-log-cursor.js';
import { type DecisionFilter, type IdRange, idRangeOf, instantOf, newestDays } from './decision-log-filter.js';
import { DecisionLogRepository } from './decision-log.repository.js';
import { authorizationView } from './sql/authorization-view.sql.js';
import type { LoggedRow } from './sql/decision-log.sql.js';

/**
 * What one request may look at: whatever comes first ends it, and the cursor goes on from there. The time counts once a
 * first step's worth of rows was looked at.
 */
const MOST_ROWS = 50_000;
const MOST_MS = 150;

/** The steps grow, so that a page that fits at once costs little, and a rare filter needs few round trips. */
const FIRST_STEP_ROWS = 512;
const LARGEST_STEP_ROWS = 8_192;
const STEP_GROWTH = 4;
/** How many days a step reaches back when those before hold nothing more: most pages are full with the newest. */
const REACHES = [1, 30, Infinity] as const;

const EXPORTED_AT_ONCE = 1_000;

/** A walk through a part of the ledger that ended: with enough rows, at its bound, or at the end of the range. */
interface Walk {
  rows: LoggedRow[];
  /** The id to go on below; null when the range holds nothing more. */
  next: string | null;
}

/** The decision log: what the gate decided, the newest first, and what became of it. */
@Injectable()
export class DecisionLogService {
  constructor(
    private readonly database: Database,
    private readonly repository: DecisionLogRepository,
  ) {}

  /** @throws ProblemError record_not_found, also for calls of agents that are not the caller's own */
  get(context: RequestContext, id: string): Promise<DecisionDetailView> {
    return this.database.inTenant(context.organizationId, async (tx) => {
      const row = await this.repository.find(tx, context, id);
      if (row === null) throw new ProblemError('record_not_found', 'There is no such authorization.');
      const corrections = row.correctionCount > 0 ? await this.repository.corrections(tx, context, id) : [];
      return { ...viewOf(row), corrections };
    });
  }

  /**
   * One page. It may hold fewer than `limit`, and even none, although there are more: nextCursor says so.
   *
   * @throws ProblemError validation_failed when the cursor is none of this filter
   */
  async page(
    context: RequestContext,
    filter: DecisionFilter,
    limit: number,
    cursor: string | null,
  ): Promise<DecisionPageView> {
    const range = idRangeOf(filter);
    if (cursor !== null) range.below = lower(idOfCursor(cursor, filter), range.below);
    const { rows, next } = await this.walk(context, filter, range, limit);
    return {
      items: rows.map(viewOf),
      nextCursor: next === null ? null : cursorAfter(next, filter),
      scannedTo: next === null ? (filter.from?.toISOString() ?? null) : instantOf(next).toISOString(),
    };
  }

  /**
   * Everything that fits, chunk by chunk, each read in a short transaction of its own when the chunk before is taken. A
   * chunk may be empty: then the walk came to its bound, and whoever has lost interest can stop it there.
   */
  async *all(context: RequestContext, filter: DecisionFilter): AsyncGenerator<DecisionView[]> {
    const range = idRangeOf(filter);
    for (let next: string | null = range.below; next !== null;) {
      const walk: Walk = await this.walk(context, filter, { ...range, below: next }, EXPORTED_AT_ONCE);
      yield walk.rows.map(viewOf);
      next = walk.next;
    }
  }

  private walk(context: RequestContext, filter: DecisionFilter, range: IdRange, limit: number): Promise<Walk> {
    return this.database.inTenant(context.organizationId, (tx) => this.walkIn(tx, context, filter, range, limit));
  }

  private async walkIn(
    tx: Transaction,
    context: RequestContext,
    filter: DecisionFilter,
    { below, lowest }: IdRange,
    limit: number,
  ): Promise<Walk> {
    const startedAt = performance.now();
    await this.repository.beginWalk(tx);
    const rows: LoggedRow[] = [];
    let examined = 0;
    let reach = 0;
    for (let next = below, most = FIRST_STEP_ROWS; ; most = Math.min(most * STEP_GROWTH, LARGEST_STEP_ROWS)) {
      // One more than is wanted tells whether there is a next page.
      const wanted = limit + 1 - rows.length;
      const part = newestDays({ below: next, lowest }, REACHES[reach]!, Date.now());
      const step = await this.repository.step(tx, context, filter, part, { most, wanted });
      rows.push(...step.rows);
      examined += step.examined;
      if (rows.length > limit) return { rows: rows.slice(0, limit), next: rows[limit - 1]!.id };
      if (step.lastId === null || step.examined < most) {
        if (part.lowest === lowest) return { rows, next: null };
        next = part.lowest;
        reach = Math.min(reach + 1, REACHES.length - 1);
      } else {
        next = step.lastId;
      }
      if (examined >= MOST_ROWS) return { rows, next };
      if (examined >= FIRST_STEP_ROWS && performance.now() - startedAt >= MOST_MS) return { rows, next };
    }
  }
}

/** UUIDs in lower case sort like their text. */
const lower = (a: string, b: string): string => (a < b ? a : b);

function viewOf({ agentName, ...row }: LoggedRow): DecisionView {
  return { ...authorizationView(row), message: reasonText(row.reasonCode).message, agentName };
}
