import { Injectable } from '@nestjs/common';
import type { CorrectionView } from '#contracts';
import type { Transaction } from '../../../platform/database/database.js';
import { ownAgentsOnly, type RequestContext } from '../../tenancy/tenancy.public.js';
import { CORRECTIONS, type CorrectionRow, correctionView } from './sql/corrections.sql.js';
import type { DecisionFilter, IdRange } from './decision-log-filter.js';
import {
  decisionLogStep,
  LOGGED_AUTHORIZATION,
  type LoggedRow,
  type StepLine,
  WALK_BY_KEY,
} from './sql/decision-log.sql.js';

interface Step {
  /** At most as many as were wanted, the newest first. */
  rows: LoggedRow[];
  /** How many rows of the ledger were looked at. */
  examined: number;
  /** The oldest of them; null when there was none. */
  lastId: string | null;
}

/** Reads the ledger of decisions. */
@Injectable()
export class DecisionLogRepository {
  async find(tx: Transaction, context: RequestContext, id: string): Promise<LoggedRow | null> {
    const parameters = [context.organizationId, id, ownAgentsOnly(context)];
    const [row] = await tx.query<LoggedRow>(LOGGED_AUTHORIZATION, parameters);
    return row ?? null;
  }

  /** The corrections of an authorization that the caller may see. */
  async corrections(tx: Transaction, context: RequestContext, id: string): Promise<CorrectionView[]> {
    const rows = await tx.query<CorrectionRow>(CORRECTIONS, [context.organizationId, id]);
    return rows.map(correctionView);
  }

  /** Makes the steps of this transaction cost what they look at, whatever the statistics of the ledger say. */
  async beginWalk(tx: Transaction): Promise<void> {
    await tx.query(WALK_BY_KEY);
  }

  /** Looks at `most` rows of the range, from the newest on, and answers up to `wanted` that fit. */
  async step(
    tx: Transaction,
    context: RequestContext,
    filter: DecisionFilter,
    range: IdRange,
    { most, wanted }: { most: number; wanted: number },
  ): Promise<Step> {
    const { sql, values } = decisionLogStep(filter, ownAgentsOnly(context));
    const parameters = [context.organizationId, range.below, range.lowest, most, wanted, ...values];
    const lines = await tx.query<StepLine>(sql, parameters);
    const { examined, lastId } = lines[0]!;
    return { rows: lines.flatMap(loggedRow), examined, lastId };
  }
}

function loggedRow({ examined: _examined, lastId: _lastId, ...row }: StepLine): LoggedRow[] {
  return row.id === null ? [] : [row];
}
