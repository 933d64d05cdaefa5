import { Injectable } from '@nestjs/common';
import type { UsageDailyView } from '#contracts';
import type { Transaction } from '../../platform/database/database.js';
import type { RequestContext } from '../tenancy/tenancy.public.js';
import { RESET_COUNTERS } from './sql/set-counters-back.sql.js';
import { USAGE_BY_COUNTRY, usageByDay } from './sql/usage-by-day.sql.js';
import { USAGE_DAY, type UsageDay } from './sql/usage-day.sql.js';
import {
  TODAYS_AGENTS,
  TODAYS_REFUSALS,
  TODAYS_TOTALS,
  type TodaysAgent,
  type TodaysRefusals,
  type TodaysTotals,
} from './sql/usage-summary.sql.js';

/** From the first to the last day, both included (YYYY-MM-DD). */
export interface DaySpan {
  from: string;
  to: string;
}

@Injectable()
export class UsageRepository {
  async usageDay(tx: Transaction, context: RequestContext): Promise<UsageDay> {
    const [day] = await tx.query<UsageDay>(USAGE_DAY, [context.organizationId]);
    return day!;
  }

  async totals(tx: Transaction, context: RequestContext, day: UsageDay): Promise<TodaysTotals> {
    const [totals] = await tx.query<TodaysTotals>(TODAYS_TOTALS, [context.organizationId, day.localDate]);
    return totals!;
  }

  agents(tx: Transaction, context: RequestContext, day: UsageDay): Promise<TodaysAgent[]> {
    return tx.query<TodaysAgent>(TODAYS_AGENTS, [context.organizationId, day.localDate]);
  }

  refusals(tx: Transaction, context: RequestContext, day: UsageDay): Promise<TodaysRefusals[]> {
    return tx.query<TodaysRefusals>(TODAYS_REFUSALS, [context.organizationId, day.localDate]);
  }

  byDay(
    tx: Transaction,
    context: RequestContext,
    span: DaySpan,
    day: UsageDay,
    groupBy: UsageDailyView['groupBy'],
  ): Promise<UsageDailyView['rows']> {
    const sql = groupBy === 'country' ? USAGE_BY_COUNTRY : usageByDay(groupBy);
    return tx.query(sql, [context.organizationId, span.from, span.to, day.rolledUpTo]);
  }

  /** @returns how many counters were set back */
  async reset(tx: Transaction, context: RequestContext, day: UsageDay, agentId: string | null): Promise<number> {
    const [row] = await tx.query<{ counters: number }>(RESET_COUNTERS, [
      context.organizationId,
      day.localDate,
      agentId,
    ]);
    return row!.counters;
  }
}
