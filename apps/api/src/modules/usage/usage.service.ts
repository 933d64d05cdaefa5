import { Injectable } from '@nestjs/common';
import type { UsageDailyView, UsageSummaryView } from '#contracts';
import { Database } from '../../platform/database/database.js';
import { ProblemError } from '../../platform/http/problems/problem.error.js';
import { Agents } from '../agents/agents.public.js';
import { AuditLog } from '../audit/audit.public.js';
import { PhoneNumbers } from '../phone-numbers/phone-numbers.public.js';
import type { RequestContext } from '../tenancy/tenancy.public.js';
import type { TodaysRefusals } from './sql/usage-summary.sql.js';
import { type DaySpan, UsageRepository } from './usage.repository.js';

const DAY_MS = 86_400_000;
const DEFAULT_SPAN_DAYS = 14;
const MAX_SPAN_DAYS = 366;
/** Refusals by country are read from the ledger, call by call. */
const MAX_SPAN_BY_COUNTRY_DAYS = 31;

/** What is asked of the daily usage. Days are YYYY-MM-DD and both included. */
interface DailyQuestion extends Partial<DaySpan> {
  groupBy: UsageDailyView['groupBy'];
}

@Injectable()
export class UsageService {
  constructor(
    private readonly database: Database,
    private readonly repository: UsageRepository,
    private readonly agents: Agents,
    private readonly phoneNumbers: PhoneNumbers,
    private readonly audit: AuditLog,
  ) {}

  /** The organization's usage day so far. */
  async summary(context: RequestContext): Promise<UsageSummaryView> {
    return this.database.inTenant(context.organizationId, async (tx) => {
      const day = await this.repository.usageDay(tx, context);
      const totals = await this.repository.totals(tx, context, day);
      const agents = await this.repository.agents(tx, context, day);
      const refusals = await this.repository.refusals(tx, context, day);
      const deniedByAgent = sums(refusals, ({ agentId }) => agentId ?? '');
      const deniedByReason = sums(refusals, ({ reasonCode }) => reasonCode);
      return {
        localDate: day.localDate,
        timeZone: day.timeZone,
        resetsAt: day.resetsAt.toISOString(),
        callsAllowed: totals.callsAllowed,
        callsDenied: refusals.reduce((sum, { count }) => sum + count, 0),
        dailyCapacity: agents.reduce((sum, { dailyLimit }) => sum + dailyLimit, 0),
        callsMadeToday: agents.reduce((sum, { callsMadeToday }) => sum + callsMadeToday, 0),
        phoneNumbers: {
          total: totals.numbers,
          assigned: totals.assigned,
          unassigned: totals.numbers - totals.assigned,
          pool: await this.phoneNumbers.countAvailable(tx, context),
        },
        agents: { total: totals.agents, active: totals.activeAgents },
        perAgent: agents.map((agent) => ({ ...agent, callsDenied: deniedByAgent.get(agent.agentId) ?? 0 })),
        refusals: [...deniedByReason]
          .map(([reasonCode, count]) => ({ reasonCode, count }))
          .sort((a, b) => b.count - a.count || a.reasonCode.localeCompare(b.reasonCode)),
      };
    });
  }

  /**
   * Usage by day, the last 14 days when no span is given. Days without calls are left out.
   *
   * @throws ProblemError validation_failed when the span is turned around or too long
   */
  async daily(context: RequestContext, question: DailyQuestion): Promise<UsageDailyView> {
    return this.database.inTenant(context.organizationId, async (tx) => {
      const day = await this.repository.usageDay(tx, context);
      const span = spanOf(question, day.localDate);
      const rows = await this.repository.byDay(tx, context, span, day, question.groupBy);
      return { ...span, groupBy: question.groupBy, rows };
    });
  }

  /**
   * Sets today's counters back to 0, of all agents or of one. What they held goes to the archive of the day.
   *
   * @returns how many counters held something
   * @throws ProblemError record_not_found when there is no such agent
   */
  async reset(context: RequestContext, agentId: string | null): Promise<{ resetCount: number }> {
    if (agentId !== null) await this.agents.requireVisible(context, agentId);
    return this.database.inTenant(context.organizationId, async (tx) => {
      const day = await this.repository.usageDay(tx, context);
      const resetCount = await this.repository.reset(tx, context, day, agentId);
      await this.audit.record(tx, context, {
        action: 'usage.reset',
        subjectType: agentId === null ? 'organization' : 'agent',
        subjectId: agentId ?? context.organizationId,
        facts: { localDate: day.localDate, resetCount },
      });
      return { resetCount };
    });
  }
}

function sums(refusals: TodaysRefusals[], keyOf: (refusal: TodaysRefusals) => string): Map<string, number> {
  const result = new Map<string, number>();
  for (const refusal of refusals) result.set(keyOf(refusal), (result.get(keyOf(refusal)) ?? 0) + refusal.count);
  return result;
}

function spanOf({ from, to, groupBy }: DailyQuestion, today: string): DaySpan {
  const last = to ?? (from !== undefined && from > today ? from : today);
  const first = from ?? new Date(Date.parse(last) - (DEFAULT_SPAN_DAYS - 1) * DAY_MS).toISOString().slice(0, 10);
  const days = (Date.parse(last) - Date.parse(first)) / DAY_MS + 1;
  const longest = groupBy === 'country' ? MAX_SPAN_BY_COUNTRY_DAYS : MAX_SPAN_DAYS;
  if (days < 1) throw invalidSpan('from', 'must not be later than to');
  if (days > longest) {
    const grouped = groupBy === 'country' ? ' when grouped by country' : '';
    throw invalidSpan('from', `must be at most ${longest} days before to${grouped}, both days counted`);
  }
  return { from: first, to: last };
}

function invalidSpan(field: string, message: string): ProblemError {
  return new ProblemError('validation_failed', `${field}: ${message}`, { errors: { [field]: message } });
}
